#!/usr/bin/env python3
"""A packet that came with a wrong checksum is never mended, never edited and never remembered: it passes, and its receiver drops it.
The copy with the right one is judged and stopped, over TCP and over SCTP."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

number = "447700900123"
opening, begin, acked = opened()
bad = short_message(4, 2, "You won the lottery", "ACME", number)
message = deliver("You won the lottery", "ACME")
frames = [
    *opening,
    tcp(bad, begin, acknowledgement=acked, damage=1), tcp(bad, begin, acknowledgement=acked),
    from_centre(mt_begin(message), damage=1), from_centre(mt_begin(message)),
]
out = [
    *frames[:5], tcp(stopped_message(4, 2, "You won the lottery", "ACME", number), begin, acknowledgement=acked),
    frames[6], from_centre(mt_begin(message, operation=127)),
]
events = [judged(smpp_event(6, "submit_sm", 2, "You won the lottery", "ACME", number), "Lottery", "block"),
          judged(mt_event(8, "You won the lottery", "ACME"), "Lottery", "block")]
case(__file__, frames, events, {"tcp.bad_checksum": 1, "sctp.bad_checksum": 1, "repeated_sctp_data": 0}, out=out)
