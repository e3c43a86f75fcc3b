#!/usr/bin/env python3
"""Two messages a minute of one sender pass. The third is stopped, and its sender is told to try later (ESME_RTHROTTLED, 0x58), by the
answer of its receiver; another sender's passes. A minute later the first may send again."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

number = "447700900123"


def packets(stop=short_message, status=0):
    connection = Connection()
    first = [*connection.opening(), connection.esme(bind_transceiver(1)), connection.centre(bind_transceiver_resp(1))]
    for sequence, sender in enumerate(["ACME", "ACME", "ACME", "OTHER"], 2):
        make = stop if sequence == 4 else short_message
        first.append(connection.esme(make(4, sequence, "Hello", sender, number)))
    first.append(connection.centre(pdu(0x80000004, 4, c_string("m-4"), status)))
    return [*first, (120_000, connection.esme(short_message(4, 6, "Hello", "ACME", number)))]


def sent(frame, sequence, count, sender="ACME", verdict="pass", **more):
    return judged(smpp_event(frame, "submit_sm", sequence, "Hello", sender, number, **more), "Slow down", verdict,
                  signals={"rate.sender_per_minute": count})


events = [sent(6, 2, 1), sent(7, 3, 2), sent(8, 4, 3, verdict="throttle"), sent(9, 5, 1, "OTHER"),
          smpp_answer(10, "submit_sm_resp", 4, 8, message_id="m-4", response={"smpp_status": 0x58, "given": True}),
          sent(11, 6, 1, time=at(120_000))]
case(__file__, packets(), events, out=packets(stopped_message, 0x58))
