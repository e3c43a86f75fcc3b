#!/usr/bin/env python3
"""Every constructed element has the indefinite form of length (X.690 8.1.3.6), ended by two zero octets. The same
message as in the definite form."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

text = "Lengths may be indefinite"
argument = indefinite("30", tlv("80", swapped(IMSI)), tlv("84", address_string(CENTRE_GT)),
                      tlv("04", deliver(text, "447700900123")))
request = indefinite("60", tlv("80", b"\x07\x80"), indefinite("a1", context_name(MT, 3)))
dialogue = indefinite("6b", indefinite("28", tlv("06", bytes.fromhex("00118605010101")), indefinite("a0", request)))
component = indefinite("a1", tlv("02", b"\1"), tlv("02", b"\x2c"), argument)
message = indefinite("62", tlv("48", bytes.fromhex("00000001")), dialogue, indefinite("6c", component))
case(__file__, [from_centre(message)], [mt_event(1, text, "447700900123")])
