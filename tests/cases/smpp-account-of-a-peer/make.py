#!/usr/bin/env python3
"""Who pays for an SMPP connection: the system_id of its bind; where that was not seen, as here in the first connection,
the account that the configuration gives to the address of a peer. Its answers and what it is sent have the same one."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

first, to_esme = (short_message(command, n, f"Message number {n}", *ends)
                  for command, n, ends in ((4, 1, ("ACME", "447700900123")), (5, 2, ("447700900123", "447700900200"))))
later = bind_transceiver(3) + short_message(4, 4, "Message number 4", "ACME", "447700900123")
frames = [
    tcp(first, 5_000),
    tcp(to_esme, 9_000, reverse=True, acknowledgement=5_000 + len(first)),
    tcp(later, 5_000 + len(first), acknowledgement=9_000 + len(to_esme)),
]


def of_peer(event, sequence):
    return {**event, "origin": paid_by("peer-7", event["origin"]), "smpp": {"sequence": sequence, "esm_class": 0}}


events = [
    of_peer(smpp_event(1, "submit_sm", 1, "Message number 1", "ACME", "447700900123"), 1),
    of_peer(smpp_event(2, "deliver_sm", 2, "Message number 2", "447700900123", "447700900200", direction="mo"), 2),
    # The bind is the frame's item 0: signalling, not written.
    smpp_event(3, "submit_sm", 4, "Message number 4", "ACME", "447700900123", item=1),
]
case(__file__, frames, events, {"skipped_smpp_to_next_pdu": 2})
