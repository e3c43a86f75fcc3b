#!/usr/bin/env python3
"""Where the policy says `as: accepted` a Reject becomes a ReturnResultLast of the same size. An Abort has not the shape that
it takes and passes as it is, with `given` false."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *


def frames(operation=44, told=reject(1)):
    return [from_centre(mt_begin(deliver("Your prize", "ACME"), operation=operation), tsn=1),
            from_msc(end("00000001", dialogue_response(MT, 3), components(told)), tsn=1),
            from_centre(mt_begin(deliver("Your prize", "ACME"), otid="00000002", operation=operation), tsn=2),
            from_msc(tlv("67", tlv("49", bytes.fromhex("00000002")), tlv("4a", b"\4")), tsn=2)]


accepted = {"as": "accepted"}
events = [
    judged(mt_event(1, "Your prize", "ACME"), "Accepted", "block", response=accepted),
    mt_answer(2, answers=1, component="reject", error="unrecognizedOperation", response={**accepted, "given": True}),
    judged(mt_event(3, "Your prize", "ACME", otid="00000002"), "Accepted", "block", response=accepted),
    mt_answer(4, answers=3, dtid="00000002", component="reject", error="resourceLimitation", response={**accepted, "given": False}),
]
case(__file__, frames(), events, out=frames(127, empty_result(1)))
