#!/usr/bin/env python3
"""A sender begins a message, drops it, and begins another one to the same subscriber with the same reference (it has
8 bits only). The part that came again with another text begins a new message: texts of the two are never joined."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

part = lambda text, sequence: deliver(text, "447700900123", concatenation(9, 2, sequence))
texts = [("Old beginning, ", 1), ("New beginning, ", 1), ("new end", 2)]
frames = [from_centre(mt_begin(part(text, seq), otid=f"0000000{n}"), tsn=n) for n, (text, seq) in enumerate(texts, 1)]
events = [
    mt_event(n, text, "447700900123", otid=f"0000000{n}", udh=f"050003090" f"20{seq}", parts={"ref": 9, "total": 2, "seq": seq})
    for n, (text, seq) in enumerate(texts, 1)
]
events[2]["message_text"] = "New beginning, new end"
case(__file__, frames, events, {"replaced_parts": 1, "repeated_part": 0})
