#!/usr/bin/env python3
"""User data in I-DATA chunks (RFC 8260): a message in one chunk, and one in three, of which a message of another stream comes between two.
What has to be changed is, wherever it stands."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *


def packets(operation=44):
    message = lambda text, number, operation=44: m3ua(unitdata(mt_begin(deliver(text, "ACME"), otid=f"{number:08}", operation=operation)))
    whole, parts = message("Lottery", 1, operation), message("You won the lottery", 2, operation)
    chunks = [i_data_chunk(whole, 1, message=0),
              i_data_chunk(parts[:60], 2, message=1, flags=2),
              i_data_chunk(message("Hello", 3), 3, message=0, stream=2),
              i_data_chunk(parts[60:120], 4, message=1, fsn=1, flags=0),
              i_data_chunk(parts[120:], 5, message=1, fsn=2, flags=1)]
    return [ethernet(ipv4(sctp(chunk), 132)) for chunk in chunks]


events = [judged(mt_event(1, "Lottery", "ACME"), "Lottery", "block"),
          judged(mt_event(3, "Hello", "ACME", otid="00000003"), "Rest"),
          judged(mt_event(5, "You won the lottery", "ACME", otid="00000002"), "Lottery", "block")]
case(__file__, packets(), events, {"uninspected_sctp_hold": 0}, out=packets(127))
