#!/usr/bin/env python3
"""A capture begins in the middle of a PDU of a connection whose bind it has not seen. Reading starts at the next
PDU; the account is not known, so the events have neither system_id
nor account. The end with the higher port is taken for the
client."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

lost, first, second = (short_message(4, n, f"Message number {n}", "ACME", "447700900123") for n in (7, 8, 9))
stream = lost[30:] + first + second
response = pdu(0x80000004, 8, c_string("m-8"))
frames = [
    tcp(stream, 5_000),
    tcp(response, 9_000, reverse=True, acknowledgement=5_000 + len(stream)),
]


def without_account(event, **smpp):
    event["smpp"] = smpp
    event["origin"] = ESME
    return event


events = [
    without_account(smpp_event(1, "submit_sm", 8, "Message number 8", "ACME", "447700900123"), sequence=8, esm_class=0),
    without_account(smpp_event(1, "submit_sm", 9, "Message number 9", "ACME", "447700900123", item=1), sequence=9, esm_class=0),
    event(2, kind="response", protocol="smpp", operation="submit_sm_resp", component="result", answers={"frame": 1},
          direction="mt", origin=MESSAGE_CENTRE, destination=ESME, smpp={"sequence": 8, "status": 0, "message_id": "m-8"}),
]
case(__file__, frames, events, {"skipped_smpp_to_next_pdu": 2})
