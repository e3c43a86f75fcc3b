#!/usr/bin/env python3
"""A message of two parts over two dialogues, the second part first. Each part is an event with its own text; the one
that completes the message carries the whole, in the order of the parts."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

first = deliver("The first half, ", "447700900123", concatenation(7, 2, 1))
second = deliver("the second half", "447700900123", concatenation(7, 2, 2))
frames = [from_centre(mt_begin(second, otid="00000001"), tsn=1), from_centre(mt_begin(first, otid="00000002"), tsn=2)]
events = [
    mt_event(1, "the second half", "447700900123", otid="00000001", udh="0500030702" "02",
             parts={"ref": 7, "total": 2, "seq": 2}),
    mt_event(2, "The first half, ", "447700900123", otid="00000002", udh="0500030702" "01",
             parts={"ref": 7, "total": 2, "seq": 1}, message_text="The first half, the second half"),
]
case(__file__, frames, events)
