#!/usr/bin/env python3
"""A message in two XUDT segments: the operation code stands in the first, the text in the second. The first waits for the
second; both leave with it, in order, and the packet behind them after them."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *


def frames(operation=44):
    tcap = mt_begin(deliver("You won the lottery", "ACME"), operation=operation)
    cut = tcap.index(bytes([2, 1, operation])) + 20

    def packet(data, tsn, first, remaining):
        return ethernet(ipv4(sctp(data_chunk(m3ua(xunitdata(data, segmentation=segmentation(first, remaining, 7))), tsn)), 132))

    return [packet(tcap[:cut], 1, True, 1), packet(tcap[cut:], 2, False, 0),
            from_centre(mt_begin(deliver("Hello", "ACME"), otid="00000002"), tsn=3)]


events = [judged(mt_event(2, "You won the lottery", "ACME"), "Lottery", "block"),
          judged(mt_event(3, "Hello", "ACME", otid="00000002"), "Rest")]
case(__file__, frames(), events, out=frames(127))
