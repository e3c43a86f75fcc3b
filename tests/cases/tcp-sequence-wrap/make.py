#!/usr/bin/env python3
"""The sequence numbers begin anew at 0 (RFC 9293 3.4) in the middle of a message that is to be stopped, and between two segments of
another. A copy that is sent again gets the same change."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

number = "447700900123"
opening, begin, acked = opened(first=2**32 - len(bind_transceiver(1)) - 30)
bad = short_message(4, 2, "You won the lottery", "ACME", number)
other = short_message(4, 3, "The lottery again", "ACME", number)
edited = [stopped_message(4, 2, "You won the lottery", "ACME", number), stopped_message(4, 3, "The lottery again", "ACME", number)]
end = begin + len(bad)
assert begin < 2**32 < end
frames = [
    *opening,
    (4, tcp(bad, begin, acknowledgement=acked)),
    (5, tcp(bad, begin, acknowledgement=acked)),
    (6, tcp(b"", acked, reverse=True, flags=0x10, acknowledgement=end)),
    (7, tcp(other[:20], end, acknowledgement=acked)),
    (8, tcp(other[20:], end + 20, acknowledgement=acked)),
]
out = [
    *opening,
    (4, tcp(edited[0], begin, acknowledgement=acked)),
    (5, tcp(edited[0], begin, acknowledgement=acked)),
    frames[6],
    # Of frame 7 nothing is left that the receiver needs.
    (8, tcp(edited[1][:20], end, acknowledgement=acked)),
    (8, tcp(edited[1][20:], end + 20, acknowledgement=acked)),
]
events = [judged(smpp_event(5, "submit_sm", 2, "You won the lottery", "ACME", number), "Lottery", "block"),
          judged(smpp_event(9, "submit_sm", 3, "The lottery again", "ACME", number), "Lottery", "block")]
case(__file__, frames, events, out=out)
