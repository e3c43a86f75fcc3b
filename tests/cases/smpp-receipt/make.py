#!/usr/bin/env python3
"""A delivery receipt comes as deliver_sm with message type 1 in esm_class (bits 2 to 5: 0x04, SMPP 3.4 5.2.12). Its
optional parameters name the message and its state (2: DELIVERED)."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

text = "id:m-1 sub:001 dlvrd:001 submit date:2311142213 done date:2311142213 stat:DELIVRD err:000 text:"
tlvs = struct.pack(">HH", 0x001E, 4) + c_string("m-1") + struct.pack(">HHB", 0x0427, 1, 2)
receipt = short_message(5, 1, text, "447700900123", "447700900200", esm_class=4, tlvs=tlvs)
bind, bound = bind_transceiver(1), bind_transceiver_resp(1)
reply = pdu(0x80000005, 1, c_string(""))
frames = [
    tcp(b"", 999, flags=0x02),
    tcp(b"", 4_999, reverse=True, flags=0x12, acknowledgement=1_000),
    tcp(bind, 1_000, acknowledgement=5_000),
    tcp(bound + receipt, 5_000, reverse=True, acknowledgement=1_000 + len(bind)),
    tcp(reply, 1_000 + len(bind), acknowledgement=5_000 + len(bound + receipt)),
]
events = [
    # The bind's response is the frame's item 0: signalling, not written.
    smpp_event(4, "deliver_sm", 1, text, "447700900123", "447700900200", direction="mo", item=1,
               smpp={"system_id": "acme", "sequence": 1, "esm_class": 4,
                     "tlvs": {"receipted_message_id": "m-1", "message_state": 2}}),
    event(5, kind="response", protocol="smpp", operation="deliver_sm_resp", component="result", answers={"frame": 4},
          direction="mo", origin=paid_by("acme", ESME), destination=MESSAGE_CENTRE, smpp={"system_id": "acme", "sequence": 1, "status": 0}),
]
case(__file__, frames, events)
