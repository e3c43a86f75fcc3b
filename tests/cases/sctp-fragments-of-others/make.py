#!/usr/bin/env python3
"""What is not SS7 (Diameter, payload protocol identifier 46) is not read, so its fragments do not wait for each other: its sender may wait
for their acknowledgement before it sends the last. Each leaves at its time, before what comes next."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

def fragment(number, flags):
    return ethernet(ipv4(sctp(data_chunk(bytes([number]) * 500, number, ppid=46, flags=flags), ports=(3868, 3868)), 132))


frames = [(0, fragment(1, 2)), (10, SOMETHING), (20, fragment(2, 0)), (30, SOMETHING), (100, SOMETHING), (110, fragment(3, 0)), (4_000, SOMETHING),
          (4_010, fragment(4, 1))]
case(__file__, frames, [], {"uninspected_sctp_hold": 0, "unread_other_ppid": 1})
