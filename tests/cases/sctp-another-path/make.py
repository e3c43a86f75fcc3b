#!/usr/bin/env python3
"""Both ends have two addresses (RFC 9260 6.4). A chunk that is sent again on the other path, as is usual after a timeout, gets the
same change, and is no second message."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

def packet(operation=44, source="192.0.2.1", destination="198.51.100.1"):
    message = mt_begin(deliver("You won the lottery", "ACME"), operation=operation)
    return ethernet(ipv4(sctp(data_chunk(m3ua(unitdata(message)), 1)), 132, source, destination))


other_path = {"source": "192.0.2.101", "destination": "198.51.100.101"}
events = [judged(mt_event(1, "You won the lottery", "ACME"), "Lottery", "block")]
case(__file__, [packet(), (1_000, packet(**other_path))], events, {"repeated_sctp_data": 1},
     out=[packet(127), (1_000, packet(127, **other_path))])
