#!/usr/bin/env python3
"""Two messages a minute of one sender pass. The third is stopped, and its sender is told systemFailure (34), by the Reject of its
receiver; another sender's passes. A minute later the first may send again."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *


def sends(number, sender="ACME", operation=44):
    return from_centre(mt_begin(deliver("Hello", sender), otid=f"{number:08}", operation=operation), tsn=number)


def frames(third=44, told=reject(1)):
    return [sends(1), sends(2), sends(3, operation=third), sends(4, "OTHER"),
            from_msc(end("00000003", dialogue_response(MT, 3), components(told))), (120_000, sends(5))]


def sent(frame, number, count, sender="ACME", verdict="pass", **more):
    return judged(mt_event(frame, "Hello", sender, otid=f"{number:08}", **more), "Slow down", verdict,
                  signals={"rate.sender_per_minute": count})


events = [sent(1, 1, 1), sent(2, 2, 2), sent(3, 3, 3, verdict="throttle"), sent(4, 4, 1, "OTHER"),
          mt_answer(5, answers=3, dtid="00000003", component="reject", error="unrecognizedOperation",
                    response={"map_error": "systemFailure", "given": True}),
          sent(6, 5, 1, time=at(120_000))]
case(__file__, frames(), events, out=frames(127, return_error(1, 34)))
