#!/usr/bin/env python3
"""Of several components of a message the blocked one is changed, and only its answer."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *


def frames(second=44, told=reject(2)):
    both = components(invoke(1, 44, mt_argument(deliver("Hello", "ACME"))), invoke(2, second, mt_argument(deliver("Lottery", "ACME"))))
    return [from_centre(begin("00000001", dialogue_request(MT, 3), both)),
            from_msc(end("00000001", dialogue_response(MT, 3), components(result(1), told)))]


second = {"item": 1, "tcap": {"otid": "00000001", "invoke": 2, "context": "shortMsgMT-Relay", "version": 3}}
events = [
    judged(mt_event(1, "Hello", "ACME"), "Rest"),
    judged({**mt_event(1, "Lottery", "ACME"), **second}, "Lottery", "block"),
    mt_answer(2, answers=1),
    {**mt_answer(2, answers=1, component="reject", error="unrecognizedOperation", response={"map_error": "systemFailure", "given": True}),
     **second, "tcap": {"dtid": "00000001", "invoke": 2, "context": "shortMsgMT-Relay", "version": 3}},
]
case(__file__, frames(), events, out=frames(127, return_error(2, 34)))
