#!/usr/bin/env python3
"""The first copy of an octet counts. A message comes in two segments, the second of which comes first: it waits, and
its sender is told which octets are missing. What comes then repeats a part of it with another text, which nobody
receives; nor does a later copy of the whole that has another text bring one to the receiver."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

opening, begin, acked = opened()
bad = short_message(4, 2, "You have won a prize", "ACME", "447700900123")
lie = short_message(4, 2, "You have won a place", "ACME", "447700900123")
half = len(bad) - 10  # within the text, before `prize`
frames = [
    *opening,
    (4, tcp(b"", begin, flags=0x10, acknowledgement=acked)),
    (5, tcp(bad[half:], begin + half, acknowledgement=acked)),
    (6, tcp(lie[: half + 8], begin, acknowledgement=acked)),
    (7, tcp(lie, begin, acknowledgement=acked)),
    (8, tcp(b"", acked, reverse=True, flags=0x10, acknowledgement=begin + len(bad))),
]
edited = stopped_message(4, 2, "You have won a prize", "ACME", "447700900123")
out = [
    *frames[:5],
    (5, tcp(b"", acked, reverse=True, flags=0x10, acknowledgement=begin)),  # a duplicate acknowledgement
    (6, tcp(edited[: half + 8], begin, acknowledgement=acked)),
    (6, tcp(edited[half + 8:], begin + half + 8, acknowledgement=acked)),
    (7, tcp(edited, begin, acknowledgement=acked)),
    frames[8],
]
events = [
    {**smpp_event(7, "submit_sm", 2, "You have won a prize", "ACME", "447700900123"), "labels": ["spam"],
     "rules": [{"id": 1, "rev": 1, "state": "enforce", "spans": [[15, 20]]}],
     "verdict": "block", "policy": "No prizes"},
]
case(__file__, frames, events, out=out)
