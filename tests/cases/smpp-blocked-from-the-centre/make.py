#!/usr/bin/env python3
"""A data_sm from the message centre to the ESME, with its text in message_payload: it loses its recipient and its text, and its
sender is told ESME_RDELIVERYFAILURE (0xFE) in the answer of the ESME. The next passes."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

sender, recipient = "447700900123", "447700900200"


def data_sm(sequence, recipient, tlvs):
    """4.7.1, from an international number, in IA5."""
    return pdu(0x103, sequence, c_string("") + b"\1\1" + c_string(sender) + b"\1\1" + c_string(recipient) + bytes([0, 0, 1]) + tlvs)


def payload(text):
    return struct.pack(">HH", 0x0424, len(text)) + text.encode("ascii")


def packets(changed=False):
    freed = filler(len(recipient) + len(payload("You won the lottery")))
    return bound(
        ("centre", data_sm(7, "", freed) if changed else data_sm(7, recipient, payload("You won the lottery"))),
        ("esme", pdu(0x80000103, 7, c_string(""), 0xFE if changed else 0)),
        ("centre", data_sm(8, recipient, payload("Hello"))),
    )


def message(frame, sequence, text):
    event = smpp_event(frame, "data_sm", sequence, text, sender, recipient, direction="mo")
    del event["pid"]  # which a data_sm does not have
    return event


events = [
    judged(message(6, 7, "You won the lottery"), "Lottery", "block"),
    smpp_answer(7, "data_sm_resp", 7, 6, direction="mo", response={"smpp_status": 0xFE, "given": True}),
    judged(message(8, 8, "Hello"), "Rest"),
]
case(__file__, packets(), events, out=packets(True))
