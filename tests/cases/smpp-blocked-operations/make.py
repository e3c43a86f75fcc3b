#!/usr/bin/env python3
"""data_sm, deliver_sm and submit_multi. Parameters beside message_payload stay. A submit_multi has the verdict of its
strictest recipient, which its event shows; of a data_sm the default is ESME_RDELIVERYFAILURE (0xFE), of a deliver_sm
ESME_RX_R_APPN (0x66)."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

number = "447700900123"
payload = struct.pack(">HH", 0x0424, 7) + b"Lottery"
port = struct.pack(">HHH", 0x020B, 2, 2948)


def data_sm(recipient, tlvs, registered_delivery):
    head = c_string("") + b"\5\0" + c_string("ACME") + b"\1\1" + c_string(recipient)
    return pdu(0x103, 2, head + bytes([0, registered_delivery, 1]) + tlvs)


def submit_multi(destinations, count, text, tlvs=b""):
    head = c_string("") + b"\5\0" + c_string("ACME") + bytes([count]) + destinations
    return pdu(0x21, 3, head + bytes([0, 0, 0, 0, 0, 0, 0, 1, 0, len(text)]) + text + tlvs)


def packets(changed=False):
    two = b"\1\1\1" + c_string("447700900123") + b"\1\1\1" + c_string("447700900666")
    stop = stopped_message if changed else short_message
    status = [0xFE, 0x45, 0x66] if changed else [0, 0, 0]
    return bound(
        ("esme", data_sm("", port + filler(11 + 12), 0) if changed else data_sm(number, payload + port, 1)),
        ("centre", pdu(0x80000103, 2, c_string("m-2"), status[0])),
        ("esme", submit_multi(b"", 0, b"", filler(len(two) + 5)) if changed else submit_multi(two, 2, b"Hello")),
        ("centre", pdu(0x80000021, 3, c_string("m-3") + b"\0", status[1])),
        ("centre", stop(5, 9, "Lottery", number, "447700900200")),
        ("esme", pdu(0x80000005, 9, c_string(""), status[2])),
    )


def smpp(sequence, **more):
    return {"system_id": "acme", "sequence": sequence, "esm_class": 0, **more}


both = [{"address": "447700900123", "type": "international", "ton": 1, "npi": 1},
        {"address": "447700900666", "type": "international", "ton": 1, "npi": 1}]
data_sm_event = smpp_event(6, "data_sm", 2, "Lottery", "ACME", number, smpp=smpp(2, tlvs={"destination_port": 2948}),
                           ports={"destination": 2948})
del data_sm_event["pid"]
events = [
    judged(data_sm_event, "Lottery", "block"),
    smpp_answer(7, "data_sm_resp", 2, 6, message_id="m-2", response={"smpp_status": 0xFE, "given": True}),
    judged(smpp_event(8, "submit_multi", 3, "Hello", "ACME", "447700900666", smpp=smpp(3, destinations=both)), "Recipient", "block"),
    smpp_answer(9, "submit_multi_resp", 3, 8, message_id="m-3", response={"smpp_status": 0x45, "given": True}),
    judged(smpp_event(10, "deliver_sm", 9, "Lottery", number, "447700900200", direction="mo"), "Lottery", "block"),
    smpp_answer(11, "deliver_sm_resp", 9, 10, direction="mo", response={"smpp_status": 0x66, "given": True}),
]
case(__file__, packets(), events, out=packets(True))
