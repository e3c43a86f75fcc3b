#!/usr/bin/env python3
"""The same on a closed link: its begin passes with a command_id that is not assigned (0x000000FF, SMPP 3.4 5.1.2.1)."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

number = "447700900123"
opening, begin, acked = opened()
begun = short_message(4, 2, "You won the lottery", "ACME", number)[:30]
frames = [*opening, (4, tcp(begun, begin, acknowledgement=acked)), (31_000, SOMETHING)]
out = [*opening, (4, tcp(b"", begin, flags=0x10, acknowledgement=acked)),
       (31_000, tcp(begun[:4] + bytes.fromhex("000000ff") + begun[8:], begin, acknowledgement=acked)), (31_000, SOMETHING)]
case(__file__, frames, [], {"stopped_tcp_held": 1}, out=out)
