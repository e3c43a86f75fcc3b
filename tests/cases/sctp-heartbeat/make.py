#!/usr/bin/env python3
"""While a segment of SCCP waits for the next, what carries no user data does not wait: the HEARTBEAT of that direction passes at once,
and so does its answer (RFC 9260 8.3), or the path would be taken for dead."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

def heartbeat(kind):
    return struct.pack(">BBHHH", kind, 0, 16, 1, 12) + bytes.fromhex("0102030405060708")


def packets(operation=44):
    tcap = mt_begin(deliver("You won the lottery", "ACME"), operation=operation)
    halves = [m3ua(xunitdata(tcap[:90], segmentation=segmentation(True, 1, 7))), m3ua(xunitdata(tcap[90:], segmentation=segmentation(False, 0, 7)))]
    return [
        ethernet(ipv4(sctp(data_chunk(halves[0], 1)), 132)),
        ethernet(ipv4(sctp(heartbeat(4)), 132)),
        ethernet(ipv4(sctp(heartbeat(5), tag=2), 132, "198.51.100.1", "192.0.2.1")),
        ethernet(ipv4(sctp(data_chunk(halves[1], 2)), 132)),
    ]


events = [judged(mt_event(4, "You won the lottery", "ACME"), "Lottery", "block")]
came, changed = packets(), packets(127)
out = [(1, came[1]), (2, came[2]), (0, changed[0]), (3, changed[3])]
case(__file__, came, events, {"uninspected_sctp_hold": 0}, out=out)
