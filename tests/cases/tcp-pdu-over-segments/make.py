#!/usr/bin/env python3
"""A message that is to be stopped comes in three segments, the last of which holds another one. What cannot be judged
yet waits; of its segments only what the receiver needs goes on: that something was acknowledged. When the rest comes,
the edited message leaves in a segment that is made, as its sender would have made it, and in the front of the last
one. The receiver of this capture acknowledged octets that did not yet leave: its segments pass unchanged."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

opening, begin, acked = opened()
bad = short_message(4, 2, "You have won a prize", "ACME", "447700900123")
good = short_message(4, 3, "Your table is booked", "ACME", "447700900124")
frames = [
    *opening,
    (4, tcp(bad[:20], begin, acknowledgement=acked)),
    (5, tcp(b"", acked, reverse=True, flags=0x10, acknowledgement=begin + 20)),
    (6, tcp(bad[20:50], begin + 20, acknowledgement=acked)),
    (7, tcp(bad[50:] + good, begin + 50, acknowledgement=acked)),
    (8, tcp(b"", acked, reverse=True, flags=0x10, acknowledgement=begin + len(bad + good))),
]
edited = stopped_message(4, 2, "You have won a prize", "ACME", "447700900123")
out = [
    *frames[:4],
    (4, tcp(b"", begin, flags=0x10, acknowledgement=acked)),
    frames[5],
    (7, tcp(edited[:50], begin, acknowledgement=acked)),
    (7, tcp(edited[50:] + good, begin + 50, acknowledgement=acked)),
    frames[8],
]
events = [
    {**smpp_event(8, "submit_sm", 2, "You have won a prize", "ACME", "447700900123"), "labels": ["spam"],
     "rules": [{"id": 1, "rev": 1, "state": "enforce", "spans": [[15, 20]]}],
     "verdict": "block", "policy": "No prizes"},
    {**smpp_event(8, "submit_sm", 3, "Your table is booked", "ACME", "447700900124", item=1),
     "rules": [], "policy": "Everything else"},
]
case(__file__, frames, events, out=out)
