#!/usr/bin/env python3
"""A dialogue that is opened without a component (so that a long message fits the Continue): the application context
stands in the Begin only, and holds for the invoke that follows."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

text = "The invoke comes once the dialogue stands"
frames = [
    from_centre(begin("00000001", dialogue_request(MT, 3))),
    from_msc(continue_("0a0b", "00000001", dialogue_response(MT, 3))),
    from_centre(continue_("00000001", "0a0b", components(invoke(1, 44, mt_argument(deliver(text, "447700900123"))))), tsn=2),
    from_msc(end("00000001", components(result(1))), tsn=2),
]
tcap = {"otid": "00000001", "dtid": "0a0b", "invoke": 1, "context": "shortMsgMT-Relay", "version": 3}
events = [mt_event(3, text, "447700900123", tcap=tcap), mt_answer(4, answers=3)]
case(__file__, frames, events)
