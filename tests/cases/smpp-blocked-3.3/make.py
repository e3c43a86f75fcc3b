#!/usr/bin/env python3
"""A bind of SMPP 3.3 (interface_version 0x33): its peers know no optional parameters. Recipient and text are covered."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

number = "447700900123"


def packets(recipient=number, text="Lottery"):
    bind = pdu(2, 1, c_string("acme") + c_string("secret") + c_string("") + b"\x33\0\0" + c_string(""))
    connection = Connection()
    return [*connection.opening(), connection.esme(bind), connection.centre(pdu(0x80000002, 1, c_string("centre"))),
            connection.esme(short_message(4, 2, text, "ACME", recipient))]


events = [judged(smpp_event(6, "submit_sm", 2, "Lottery", "ACME", number), "Lottery", "block")]
case(__file__, packets(), events, out=packets("*" * 12, " " * 7))
