#!/usr/bin/env python3
"""MAP version 1 has no dialogue portion, and its receivers abort an operation that they do not know. So the IMSI of a blocked
MT-ForwardSM becomes zeros, its filler stays; the receiver's ReturnError without a parameter (unidentifiedSubscriber, 5) gets
the code of the policy. A mobile's message names no IMSI: its operation code changes; the abort passes."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *


def frames(imsi=IMSI, mo=46, told=return_error(1, 5)):
    mt = begin("00000001", components(invoke(1, 46, mt_argument(deliver("You won the lottery", "ACME"), imsi=imsi))))
    sent = components(invoke(1, mo, mo_argument(submit("Lottery", "447700900125"), "447700900124")))
    return [from_centre(mt, tsn=1), from_msc(end("00000001", components(told)), tsn=1),
            from_msc(begin("00000002", sent), tsn=2),
            from_centre(tlv("67", tlv("49", bytes.fromhex("00000002")), tlv("4a", b"\3")), tsn=2)]


v1 = {"invoke": 1, "version": 1}
given = {"map_error": "systemFailure", "given": True}
events = [
    judged(mt_event(1, "You won the lottery", "ACME", tcap={"otid": "00000001", **v1}), "Lottery", "block"),
    mt_answer(2, answers=1, tcap={"dtid": "00000001", **v1}, component="error", error="unidentifiedSubscriber", response=given),
    judged(event(3, kind="message", protocol="map", operation="mo-forwardSM", component="invoke", direction="mo", origin=MSC,
                 destination=CENTRE, tcap={"otid": "00000002", **v1}, service_centre=SERVICE_CENTRE,
                 sender=international("447700900124"), recipient=international("447700900125"),
                 tpdu={"type": "SMS-SUBMIT", "message_reference": 1}, pid=0, dcs=0, coding="gsm7", text="Lottery"),
           "Lottery", "block"),
    event(4, kind="response", protocol="map", operation="mo-forwardSM", component="reject", error="incorrectTransactionPortion",
          answers={"frame": 3}, direction="mo", origin=CENTRE, destination=MSC, tcap={"dtid": "00000002", **v1},
          response={**given, "given": False}),
]
case(__file__, frames(), events, out=frames("0" * len(IMSI), 127, return_error(1, 34)))
