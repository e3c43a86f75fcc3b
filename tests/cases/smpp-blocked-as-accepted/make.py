#!/usr/bin/env python3
"""Where the policy says `as: accepted` a response with a message_id becomes a success; one without a body cannot, says
ESME_RSUBMITFAIL (0x45), and the event says so."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

RESP = 0x80000004
number = "447700900123"


def packets(stop=short_message, status=(0x0B, 0x0B)):
    return bound(
        ("esme", stop(4, 2, "Your prize", "ACME", number)), ("centre", pdu(RESP, 2, c_string(""), status[0])),
        ("esme", stop(4, 3, "Your prize", "ACME", number)), ("centre", pdu(RESP, 3, status=status[1])))


refused = {"status": 0x0B, "error": "ESME_RINVDSTADR"}
events = [
    judged(smpp_event(6, "submit_sm", 2, "Your prize", "ACME", number), "Accepted", "block", response={"as": "accepted"}),
    smpp_answer(7, "submit_sm_resp", 2, 6, **refused, response={"as": "accepted", "given": True}),
    judged(smpp_event(8, "submit_sm", 3, "Your prize", "ACME", number), "Accepted", "block", response={"as": "accepted"}),
    smpp_answer(9, "submit_sm_resp", 3, 8, **refused, response={"as": "rejected", "smpp_status": 0x45, "given": True}),
]
case(__file__, packets(), events, out=packets(stopped_message, (0, 0x45)))
