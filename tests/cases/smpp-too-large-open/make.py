#!/usr/bin/env python3
"""A PDU that says to be larger than what can be held (80 KiB) is not held: on an open link its segments pass as they come, and it is
counted as unread."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

opening, begin, acked = opened()
large = struct.pack(">IIII", 100_000, 4, 0, 2) + bytes(984)
frames = [*opening, (4, tcp(large, begin, acknowledgement=acked)), (5, tcp(bytes(1_000), begin + 1_000, acknowledgement=acked))]
case(__file__, frames, [], {"unread_smpp_too_long": 1, "spoilt_smpp_too_long": 0})
