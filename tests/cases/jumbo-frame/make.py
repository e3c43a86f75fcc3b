#!/usr/bin/env python3
"""An IP packet of 9,000 octets, with as many messages as there is room for: the blocked one is changed, in the middle and at the end, and
no other. A PAD chunk (RFC 4820) fills the rest."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

SIZE = 9_000
BLOCKED = 20, 39
TEXTS = [f"{'You won the lottery' if number in BLOCKED else 'See you at eight'}, {number}" for number in range(40)]


def packet(operation=44):
    chunks = [data_chunk(m3ua(unitdata(mt_begin(deliver(text, "ACME"), otid=f"{number:08x}",
                                                operation=operation if number in BLOCKED else 44))), 1 + number)
              for number, text in enumerate(TEXTS)]
    room = SIZE - 20 - 12 - sum(map(len, chunks))
    pad = struct.pack(">BBH", 0x84, 0, room) + bytes(room - 4)
    return ethernet(ipv4(sctp(*chunks, pad), 132))


assert len(packet()) == 14 + SIZE
events = [judged(mt_event(1, text, "ACME", otid=f"{number:08x}", item=number), *(("Lottery", "block") if number in BLOCKED else ("Rest",)))
          for number, text in enumerate(TEXTS)]
case(__file__, [packet()], events, {"edited_sctp_packets": 1}, out=[packet(127)])
