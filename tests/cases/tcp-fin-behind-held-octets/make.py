#!/usr/bin/env python3
"""The begin of a message waits for its end, but its sender closes the connection: no more comes, so nothing is waited
for. What was held leaves in a segment that is made, then the FIN."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

opening, begin, acked = opened()
good = short_message(4, 2, "Your table is booked", "ACME", "447700900123")
begun = short_message(4, 3, "Your table is not booked", "ACME", "447700900123")[:30]
middle, end = begin + len(good), begin + len(good + begun)
frames = [
    *opening,
    (4, tcp(good + begun, begin, acknowledgement=acked)),
    (5, tcp(b"", end, flags=0x11, acknowledgement=acked)),
    (6, tcp(b"", acked, reverse=True, flags=0x10, acknowledgement=end + 1)),
]
out = [
    *frames[:4],
    (4, tcp(good, begin, acknowledgement=acked)),
    (5, tcp(begun, middle, acknowledgement=acked)),
    *frames[5:],
]
events = [
    {**smpp_event(5, "submit_sm", 2, "Your table is booked", "ACME", "447700900123"),
     "rules": [], "policy": "Everything else"},
]
case(__file__, frames, events, {"smpp.truncated": 1}, out=out)
