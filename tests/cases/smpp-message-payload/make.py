#!/usr/bin/env python3
"""The text stands in message_payload (SMPP 3.4 5.3.2.32), short_message is empty: 300 characters, more than
short_message holds. The parameter is the text, so it is not shown among the others."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

text = "A long text goes on and on. " * 10 + "And then it ends now"
assert len(text) == 300
payload = struct.pack(">HH", 0x0424, len(text)) + text.encode("ascii")
reference = struct.pack(">HHH", 0x0204, 2, 77)  # user_message_reference
bind = bind_transceiver(1)
submit_sm = short_message(4, 2, "", "ACME", "447700900123", tlvs=reference + payload)
frames = [
    tcp(b"", 999, flags=0x02),
    tcp(b"", 4_999, reverse=True, flags=0x12, acknowledgement=1_000),
    tcp(bind + submit_sm[:100], 1_000, acknowledgement=5_000),
    tcp(submit_sm[100:], 1_000 + len(bind) + 100, acknowledgement=5_000),
]
events = [smpp_event(4, "submit_sm", 2, text, "ACME", "447700900123",
                     smpp={"system_id": "acme", "sequence": 2, "esm_class": 0, "tlvs": {"user_message_reference": 77}})]
case(__file__, frames, events)
