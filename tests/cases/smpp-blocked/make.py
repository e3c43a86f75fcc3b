#!/usr/bin/env python3
"""Of several PDUs in a segment the blocked one loses recipient and text, its neighbours stay. Its response says what the
policy names (ESME_RINVDSTADR, 0x0B), or ESME_RSUBMITFAIL (0x45), and keeps its body; the others stay. A generic_nack has not
the shape that a response takes, and stays."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

RESP, NACK = 0x80000004, 0x80000000
number = "447700900123"


def packets(stop=short_message, status=(0, 8)):
    return bound(
        ("esme", short_message(4, 2, "Hello", "ACME", number), stop(4, 3, "You won the lottery", "ACME", number), pdu(0x15, 4)),
        ("centre", pdu(RESP, 2, c_string("m-2")), pdu(RESP, 3, c_string("m-3"), status[0]), pdu(0x80000015, 4)),
        ("esme", stop(4, 5, "Pay the invoice", "ACME", number)),
        ("centre", pdu(RESP, 5, status=status[1])),
        ("esme", stop(4, 6, "Lottery", "ACME", number)),
        ("centre", pdu(NACK, 6, status=3)),
    )


named = {"smpp_status": 0x0B, "map_error": "unexpectedDataValue"}
events = [
    judged(smpp_event(6, "submit_sm", 2, "Hello", "ACME", number), "Rest"),
    judged(smpp_event(6, "submit_sm", 3, "You won the lottery", "ACME", number, item=1), "Lottery", "block"),
    smpp_answer(7, "submit_sm_resp", 2, 6, message_id="m-2"),
    smpp_answer(7, "submit_sm_resp", 3, 6, message_id="m-3", item=1, response={"smpp_status": 0x45, "given": True}),
    judged(smpp_event(8, "submit_sm", 5, "Pay the invoice", "ACME", number), "Named", "block", response=named),
    smpp_answer(9, "submit_sm_resp", 5, 8, status=8, error="ESME_RSYSERR", response={"smpp_status": 0x0B, "given": True}),
    judged(smpp_event(10, "submit_sm", 6, "Lottery", "ACME", number), "Lottery", "block"),
    smpp_answer(11, "generic_nack", 6, 10, status=3, component="reject", error="ESME_RINVCMDID",
                response={"smpp_status": 0x45, "given": False}),
]
case(__file__, packets(), events, out=packets(stopped_message, (0x45, 0x0B)))
