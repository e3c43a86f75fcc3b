#!/usr/bin/env python3
"""A receiver takes an urgent octet out of the stream, so that it reads another message than is judged here: the URG flag and the
urgent pointer of what is read are cleared, in the message that is to be stopped and in the one that passes. The octets stay."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

opening, begin, acked = opened()
number = "447700900123"
bad = short_message(4, 2, "You won the lottery", "ACME", number)
good = short_message(4, 3, "Hello", "ACME", number)
frames = [
    *opening,
    (4, tcp(bad, begin, flags=0x38, urgent=60, acknowledgement=acked)),
    (5, tcp(good, begin + len(bad), flags=0x38, urgent=1, acknowledgement=acked)),
]
out = [
    *opening,
    (4, tcp(stopped_message(4, 2, "You won the lottery", "ACME", number), begin, acknowledgement=acked)),
    (5, tcp(good, begin + len(bad), acknowledgement=acked)),
]
events = [judged(smpp_event(5, "submit_sm", 2, "You won the lottery", "ACME", number), "Lottery", "block"),
          judged(smpp_event(6, "submit_sm", 3, "Hello", "ACME", number), "Rest")]
case(__file__, frames, events, {"cleared_tcp_urgent": 2}, out=out)
