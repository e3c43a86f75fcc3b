#!/usr/bin/env python3
"""The same on a closed link: its command_id becomes one that is not assigned (0x000000FF, SMPP 3.4 5.1.2.1), so that its receiver
takes it for no message; the rest passes."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

opening, begin, acked = opened()
large = struct.pack(">IIII", 100_000, 4, 0, 2) + bytes(984)
spoilt = large[:4] + bytes.fromhex("000000ff") + large[8:]
frames = [*opening, (4, tcp(large, begin, acknowledgement=acked)), (5, tcp(bytes(1_000), begin + 1_000, acknowledgement=acked))]
case(__file__, frames, [], {"unread_smpp_too_long": 1, "spoilt_smpp_too_long": 1},
     out=[*opening, (4, tcp(spoilt, begin, acknowledgement=acked)), frames[5]])
