#!/usr/bin/env python3
"""Two messages in one dialogue: the second says noSM-RP-DA and noSM-RP-OA, because subscriber and service centre are
those of the first (TS 29.002 12.9). Both events name them."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

again = tlv("30", tlv("85"), tlv("85"), tlv("04", deliver("And this is the second", "447700900123")))
frames = [
    from_centre(mt_begin(deliver("This is the first", "447700900123", more=True), more=True)),
    from_msc(continue_("0a0b", "00000001", dialogue_response(MT, 3), components(result(1)))),
    from_centre(continue_("00000001", "0a0b", components(invoke(2, 44, again))), tsn=2),
    from_msc(end("00000001", components(result(2))), tsn=2),
]
context = {"context": "shortMsgMT-Relay", "version": 3}
events = [
    mt_event(1, "This is the first", "447700900123"),
    mt_answer(2, answers=1, tcap={"otid": "0a0b", "dtid": "00000001", "invoke": 1, **context}),
    mt_event(3, "And this is the second", "447700900123", tcap={"otid": "00000001", "dtid": "0a0b", "invoke": 2, **context}),
    mt_answer(4, answers=3, tcap={"dtid": "00000001", "invoke": 2, **context}),
]
case(__file__, frames, events)
