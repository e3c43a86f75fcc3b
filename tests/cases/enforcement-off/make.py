#!/usr/bin/env python3
"""`enforcement: off`: the verdicts are recorded as such that change nothing, and every octet passes as it came."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

number = "447700900123"
opening, begin, acked = opened()
frames = [
    *opening,
    tcp(short_message(4, 2, "You won the lottery", "ACME", number), begin, acknowledgement=acked),
    from_centre(mt_begin(deliver("You won the lottery", "ACME"))),
    from_msc(end("00000001", dialogue_response(MT, 3), components(reject(1)))),
]
events = [judged(smpp_event(5, "submit_sm", 2, "You won the lottery", "ACME", number), "Lottery", "block", enforced=False),
          judged(mt_event(6, "You won the lottery", "ACME"), "Lottery", "block", enforced=False),
          mt_answer(7, answers=6, component="reject", error="unrecognizedOperation")]
case(__file__, frames, events)
