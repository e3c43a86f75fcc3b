#!/usr/bin/env python3
"""While a message in two DATA chunks is not whole, everything behind it in its direction of the association waits, also what is of
another stream, and leaves in the order in which it came, each changed as was decided about it. What goes the other way
does not wait."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

def whole(text, otid, operation=44):
    return m3ua(unitdata(mt_begin(deliver(text, "ACME"), otid=otid, operation=operation)))


def packets(operation=44):
    cut = whole("Hello", "00000001")
    return [
        ethernet(ipv4(sctp(data_chunk(cut[:60], 1, flags=2, stream=1)), 132)),
        ethernet(ipv4(sctp(data_chunk(whole("You won the lottery", "00000002", operation), 3, stream=2)), 132)),
        from_msc(end("00000009"), tsn=7),
        ethernet(ipv4(sctp(data_chunk(cut[60:], 2, flags=1, stream=1)), 132)),
    ]


events = [judged(mt_event(2, "You won the lottery", "ACME", otid="00000002"), "Lottery", "block"),
          judged(mt_event(4, "Hello", "ACME"), "Rest")]
came, changed = packets(), packets(127)
out = [(2, came[2]), (0, came[0]), (1, changed[1]), (3, came[3])]
case(__file__, came, events, {"uninspected_sctp_hold": 0}, out=out)
