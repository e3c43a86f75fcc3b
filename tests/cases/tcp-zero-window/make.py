#!/usr/bin/env python3
"""The receiver's window is full. A probe without an octet (as Linux sends it) passes as it came. One with the next octet (RFC 9293
3.8.6.1) asks the same without that octet, which the receiver could not take: the begin of a message is not let through
before the message is judged. When the window opens, the message comes and is stopped."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

number = "447700900123"
good = short_message(4, 2, "Hello", "ACME", number)
bad = short_message(4, 3, "You won the lottery", "ACME", number)
opening, begin, acked = opened(window=len(good))
full = begin + len(good)


def answer(window):
    return tcp(b"", acked, reverse=True, flags=0x10, acknowledgement=full, window=window)


asks = tcp(b"", full - 1, flags=0x10, acknowledgement=acked)
frames = [
    *opening,
    (4, tcp(good, begin, acknowledgement=acked)), (5, answer(0)),
    (300, asks), (301, answer(0)),
    (600, tcp(bad[:1], full, flags=0x10, acknowledgement=acked)), (601, answer(0)),
    (700, answer(0xFFFF)),
    (701, tcp(bad, full, acknowledgement=acked)),
]
out = [*frames[:8], (600, asks), *frames[9:11],
       (701, tcp(stopped_message(4, 3, "You won the lottery", "ACME", number), full, acknowledgement=acked))]
events = [judged(smpp_event(5, "submit_sm", 2, "Hello", "ACME", number), "Rest"),
          judged(smpp_event(12, "submit_sm", 3, "You won the lottery", "ACME", number, time=at(701)), "Lottery", "block")]
case(__file__, frames, events, {"refused_tcp_octets": 1}, out=out)
