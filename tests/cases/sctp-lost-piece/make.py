#!/usr/bin/env python3
"""The second of two segments was lost. The first waits for it, but what came behind it goes on after 50 ms: its acknowledgement tells
the sender what is missing. When that comes, both segments leave, stopped. ARP is there for its time."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

def packets(operation=44):
    tcap = mt_begin(deliver("You won the lottery", "ACME"), operation=operation)
    halves = [m3ua(xunitdata(tcap[:90], segmentation=segmentation(True, 1, 7))), m3ua(xunitdata(tcap[90:], segmentation=segmentation(False, 0, 7)))]
    return [
        (0, ethernet(ipv4(sctp(data_chunk(halves[0], 1)), 132))),
        (10, from_centre(mt_begin(deliver("Hello", "ACME"), otid="00000002"), tsn=3)),
        (60, SOMETHING),
        (500, ethernet(ipv4(sctp(data_chunk(halves[1], 2)), 132))),
    ]


events = [judged(mt_event(2, "Hello", "ACME", otid="00000002", time=at(10)), "Rest"),
          judged(mt_event(4, "You won the lottery", "ACME", time=at(500)), "Lottery", "block")]
came, changed = packets(), packets(127)
case(__file__, came, events, {"uninspected_sctp_hold": 0}, out=[came[1], came[2], changed[0], changed[3]])
