#!/usr/bin/env python3
"""As sctp-fragments-of-others, in I-DATA (RFC 8260), where the first fragment alone says that it is Diameter (46): each leaves at its
time."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *


def fragment(number, flags, **more):
    return ethernet(ipv4(sctp(i_data_chunk(bytes([number]) * 500, number, message=0, flags=flags, **more), ports=(3868, 3868)), 132))


frames = [(0, fragment(1, 2, ppid=46)), (10, SOMETHING), (20, fragment(2, 0, fsn=1)), (30, SOMETHING), (100, SOMETHING),
          (110, fragment(3, 0, fsn=2)), (4_000, SOMETHING), (4_010, fragment(4, 1, fsn=3))]
case(__file__, frames, [], {"uninspected_sctp_hold": 0, "unread_other_ppid": 1})
