#!/usr/bin/env python3
"""A message for another number: 447700900999 stands in the place of a destination that is as long, or four longer, with a
parameter to fill it up; where the destination is one digit longer it does not fit, and the message is blocked. The answer to
what was diverted is its receiver's."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

as_long, longer, unfit = "447700900123", "0044770090012345", "4477009001234"


def packets(changed=False):
    def to(sequence, recipient, tlvs=b""):
        return short_message(4, sequence, "Your parcel", "ACME", recipient, tlvs=tlvs)

    other = "447700900999"
    return bound(
        ("esme", *([to(2, other), to(3, other, filler(4)), stopped_message(4, 4, "Your parcel", "ACME", unfit)] if changed else
                   [to(2, as_long), to(3, longer), to(4, unfit)])),
        ("centre", pdu(0x80000004, 2, c_string("m-2"))))


diverted = {"policy": "Parcel", "verdict": "divert", "divert": "447700900999"}
events = [
    judged(smpp_event(6, "submit_sm", 2, "Your parcel", "ACME", as_long), **diverted),
    judged({**smpp_event(6, "submit_sm", 3, "Your parcel", "ACME", longer, item=1),
            "recipient": {"address": longer, "number": longer, "type": "international", "ton": 1, "npi": 1}}, **diverted),
    judged(smpp_event(6, "submit_sm", 4, "Your parcel", "ACME", unfit, item=2), "Parcel", "block"),
    smpp_answer(7, "submit_sm_resp", 2, 6, message_id="m-2"),
]
case(__file__, packets(), events, out=packets(True))
