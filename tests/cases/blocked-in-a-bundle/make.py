#!/usr/bin/env python3
"""Three messages in one packet: the blocked one is changed, its neighbours are not. The same packet again, as a retransmission,
gets the same change and no second event."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *


def packet(operation=44):
    texts = ["Hello", "Lottery", "Goodbye"]
    chunks = [data_chunk(m3ua(unitdata(mt_begin(deliver(text, "ACME"), otid=f"0000000{i}", operation=operation if i == 2 else 44))), i)
              for i, text in enumerate(texts, 1)]
    return ethernet(ipv4(sctp(*chunks), 132))


events = [judged(mt_event(1, "Hello", "ACME"), "Rest"),
          judged(mt_event(1, "Lottery", "ACME", otid="00000002", item=1), "Lottery", "block"),
          judged(mt_event(1, "Goodbye", "ACME", otid="00000003", item=2), "Rest")]
case(__file__, [packet(), packet()], events, counts={"repeated_sctp_data": 3}, out=[packet(127), packet(127)])
