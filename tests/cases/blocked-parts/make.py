#!/usr/bin/env python3
"""After a part is blocked every later part of its message is, by the same line; parts of another message are not."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *


def frames(second=44, third=44):
    def part(number, text, operation=44, reference=7):
        tpdu = deliver(text, "ACME", concatenation(reference, 3, number))
        return mt_begin(tpdu, otid=f"0000000{number}" if reference == 7 else "00000009", operation=operation)

    return [from_centre(part(1, "Hello"), tsn=1), from_centre(part(2, " lottery ", second), tsn=2),
            from_centre(part(3, "bye", third), tsn=3), from_centre(part(2, "bye", reference=8), tsn=4)]


def part_event(frame, text, number, reference=7, **more):
    otid = f"0000000{number}" if reference == 7 else "00000009"
    return mt_event(frame, text, "ACME", otid=otid, udh=f"050003{reference:02x}03{number:02x}",
                    parts={"ref": reference, "total": 3, "seq": number}, **more)


events = [judged(part_event(1, "Hello", 1), "Rest"),
          judged(part_event(2, " lottery ", 2), "Lottery", "block"),
          judged(part_event(3, "bye", 3, message_text="Hello lottery bye"), "Lottery", "block"),
          judged(part_event(4, "bye", 2, 8), "Rest")]
case(__file__, frames(), events, out=frames(127, 127))
