#!/usr/bin/env python3
"""What is blocked is changed below M2PA and SUA, too, and in an XUDT; SUA has no point codes."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

M2PA, SUA = 5, 4  # payload protocol identifiers


def frames(operation=44):
    def tcap(otid):
        return mt_begin(deliver("Lottery", "ACME"), otid=otid, operation=operation)

    def packet(payload, tsn, ppid):
        return ethernet(ipv4(sctp(data_chunk(payload, tsn, ppid)), 132))

    return [packet(m2pa(unitdata(tcap("00000001"))), 1, M2PA), packet(sua(tcap("00000002")), 2, SUA),
            packet(m3ua(xunitdata(tcap("00000003"))), 3, 3)]


def without_point_code(end):
    return {key: value for key, value in end.items() if key != "pc"}


events = [judged(mt_event(1, "Lottery", "ACME"), "Lottery", "block"),
          judged(mt_event(2, "Lottery", "ACME", otid="00000002", origin=without_point_code(CENTRE),
                          destination=without_point_code(MSC)), "Lottery", "block"),
          judged(mt_event(3, "Lottery", "ACME", otid="00000003"), "Lottery", "block")]
case(__file__, frames(), events, out=frames(127))
