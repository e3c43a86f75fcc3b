#!/usr/bin/env python3
"""Blocked invokes of MAP versions 2 and 3, mobile terminated and originated, ask for operation 127; their Rejects become
ReturnErrors: systemFailure (34) where the policy names none, else what it names (unexpectedDataValue, 36). Neighbours stay."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

def mo_begin(text, operation=46, version=3):
    return begin("00000002", dialogue_request(MO, version),
                 components(invoke(1, operation, mo_argument(submit(text, "447700900125"), "447700900124"))))


def answers(of_mt, of_mo, of_v2):
    return [from_msc(end("00000001", dialogue_response(MT, 3), components(of_mt)), tsn=1),
            from_centre(end("00000002", dialogue_response(MO, 3), components(of_mo)), tsn=2),
            from_msc(end("00000003", dialogue_response(MT, 2), components(of_v2)), tsn=3)]


def frames(mt=44, mo=46, v2=46, told=(reject(1), reject(1), reject(1))):
    answer = answers(*told)
    return [
        from_centre(mt_begin(deliver("You won the lottery", "ACME"), operation=mt), tsn=1), answer[0],
        from_msc(mo_begin("Pay the invoice", mo), tsn=2), answer[1],
        from_centre(mt_begin(deliver("A lottery too", "ACME"), otid="00000003", version=2, operation=v2), tsn=3), answer[2],
        from_centre(mt_begin(deliver("Hello", "ACME"), otid="00000004"), tsn=4),
    ]


rejected = {"component": "reject", "error": "unrecognizedOperation"}
named = {"smpp_status": 0x0B, "map_error": "unexpectedDataValue"}
events = [
    judged(mt_event(1, "You won the lottery", "ACME"), "Lottery", "block"),
    mt_answer(2, answers=1, **rejected, response={"map_error": "systemFailure", "given": True}),
    judged(event(3, kind="message", protocol="map", operation="mo-forwardSM", component="invoke", direction="mo", origin=MSC,
                 destination=CENTRE, tcap={"otid": "00000002", "invoke": 1, "context": "shortMsgMO-Relay", "version": 3},
                 service_centre=SERVICE_CENTRE, sender=international("447700900124"), recipient=international("447700900125"),
                 tpdu={"type": "SMS-SUBMIT", "message_reference": 1}, pid=0, dcs=0, coding="gsm7", text="Pay the invoice"),
           "Named", "block", response=named),
    event(4, kind="response", protocol="map", operation="mo-forwardSM", **rejected, answers={"frame": 3}, direction="mo",
          origin=CENTRE, destination=MSC, tcap={"dtid": "00000002", "invoke": 1, "context": "shortMsgMO-Relay", "version": 3},
          response={"map_error": "unexpectedDataValue", "given": True}),
    judged(mt_event(5, "A lottery too", "ACME", otid="00000003", version=2), "Lottery", "block"),
    mt_answer(6, answers=5, dtid="00000003", version=2, **rejected, response={"map_error": "systemFailure", "given": True}),
    judged(mt_event(7, "Hello", "ACME", otid="00000004"), "Rest"),
]
case(__file__, frames(), events, out=frames(127, 127, 127, (return_error(1, 34), return_error(1, 36), return_error(1, 34))))
