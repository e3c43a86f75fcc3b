#!/usr/bin/env python3
"""Keep-alives (RFC 1122 4.2.3.6), without an octet and with one that is no part of the stream, pass as they came, minutes after the
last message. What follows is read and stopped as ever."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

number = "447700900123"
opening, begin, acked = opened()
good = short_message(4, 2, "Hello", "ACME", number)
bad = short_message(4, 3, "You won the lottery", "ACME", number)
end = begin + len(good)
answer = tcp(b"", acked, reverse=True, flags=0x10, acknowledgement=end)
frames = [
    *opening,
    (4, tcp(good, begin, acknowledgement=acked)), (5, answer),
    (60_000, tcp(b"", end - 1, flags=0x10, acknowledgement=acked)), (60_001, answer),
    (120_000, tcp(b"\xAA", end - 1, flags=0x10, acknowledgement=acked)), (120_001, answer),
    (120_002, tcp(bad, end, acknowledgement=acked)),
]
out = [*frames[:10], (120_002, tcp(stopped_message(4, 3, "You won the lottery", "ACME", number), end, acknowledgement=acked))]
events = [judged(smpp_event(5, "submit_sm", 2, "Hello", "ACME", number), "Rest"),
          judged(smpp_event(11, "submit_sm", 3, "You won the lottery", "ACME", number, time=at(120_002)), "Lottery", "block")]
case(__file__, frames, events, {"refused_tcp_octets": 0}, out=out)
