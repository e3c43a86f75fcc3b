#!/usr/bin/env python3
"""The begin of a message waits for its end longer than five milliseconds: its sender, who might wait for an acknowledgement before
it sends more (RFC 1122 4.2.3.4), gets one, in the receiver's place, that leaves the end of the receiver's window where it is.
So the sender does not repeat these octets; when the receiver acknowledges nothing for 200 ms, they are repeated here, and
not after it has. ARP is there for its time, and passes."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

number = "447700900123"
opening, begin, acked = opened()
bad = short_message(4, 2, "You won the lottery", "ACME", number)
edited = stopped_message(4, 2, "You won the lottery", "ACME", number)
frames = [
    *opening,
    (4, tcp(bad[:40], begin, acknowledgement=acked)),
    (12, SOMETHING),
    (30, tcp(bad[40:], begin + 40, acknowledgement=acked)),
    (240, SOMETHING),
    (241, tcp(b"", acked, reverse=True, flags=0x10, acknowledgement=begin + len(bad))),
    (900, SOMETHING),
]
out = [
    *opening,
    (4, tcp(b"", begin, flags=0x10, acknowledgement=acked)),
    (12, tcp(b"", acked, reverse=True, flags=0x10, acknowledgement=begin + 40, window=0xFFFF - 40)),
    (12, SOMETHING),
    (30, tcp(edited[:40], begin, acknowledgement=acked)),
    (30, tcp(edited[40:], begin + 40, acknowledgement=acked)),
    (240, tcp(edited[:40], begin, acknowledgement=acked)),
    *frames[7:],
]
events = [judged(smpp_event(7, "submit_sm", 2, "You won the lottery", "ACME", number, time=at(30)), "Lottery", "block")]
case(__file__, frames, events, {"taken_tcp_custody": 1, "lost_tcp_custody": 0}, out=out)
