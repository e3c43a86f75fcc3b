#!/usr/bin/env python3
"""The end of a message does not come for 30 seconds. On an open link its begin passes as it came, and is counted as unread. ARP is
there for its time."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

number = "447700900123"
opening, begin, acked = opened()
begun = short_message(4, 2, "You won the lottery", "ACME", number)[:30]
frames = [*opening, (4, tcp(begun, begin, acknowledgement=acked)), (31_000, SOMETHING)]
out = [*opening, (4, tcp(b"", begin, flags=0x10, acknowledgement=acked)),
       (31_000, tcp(begun, begin, acknowledgement=acked)), (31_000, SOMETHING)]
case(__file__, frames, [], {"unread_tcp_held": 1}, out=out)
