#!/usr/bin/env python3
"""The begin of a message waits for its end, but its sender gives the connection up. What was held is dropped, and the
RST stands where the receiver, who knows nothing of what was held, takes it (RFC 5961 3.2): at the octet it expects."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

opening, begin, acked = opened()
good = short_message(4, 2, "Your table is booked", "ACME", "447700900123")
begun = short_message(4, 3, "Your table is not booked", "ACME", "447700900123")[:30]
frames = [
    *opening,
    (4, tcp(good + begun, begin, acknowledgement=acked)),
    (5, tcp(b"", begin + len(good + begun), flags=0x14, acknowledgement=acked)),
]
out = [
    *frames[:4],
    (4, tcp(good, begin, acknowledgement=acked)),
    (5, tcp(b"", begin + len(good), flags=0x14, acknowledgement=acked)),
]
events = [
    {**smpp_event(5, "submit_sm", 2, "Your table is booked", "ACME", "447700900123"),
     "rules": [], "policy": "Everything else"},
]
case(__file__, frames, events, {"dropped_tcp_reset": 30}, out=out)
