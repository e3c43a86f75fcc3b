#!/usr/bin/env python3
"""What stands behind an AUTH chunk is signed end to end (RFC 4895 6.3): a receiver drops it if it was changed. On an open link
it is judged and passes as it came, and so does its answer; its event says that nothing was enforced. The next packet of the
association has no AUTH chunk, and is stopped."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

signed = data_chunk(m3ua(unitdata(mt_begin(deliver("You won the lottery", "ACME")))), 1)
answer = data_chunk(m3ua(unitdata(end("00000001", dialogue_response(MT, 3), components(result(1))), MSC_GT, CENTRE_GT), 5678, 1234), 1)


def frames(operation=44):
    return [
        ethernet(ipv4(sctp(auth_chunk(), signed), 132)),
        ethernet(ipv4(sctp(auth_chunk(), answer, tag=2), 132, "198.51.100.1", "192.0.2.1")),
        from_centre(mt_begin(deliver("A lottery too", "ACME"), otid="00000002", operation=operation), tsn=2),
    ]


events = [
    judged(mt_event(1, "You won the lottery", "ACME"), "Lottery", "block", enforced=False),
    mt_answer(2, answers=1),
    judged(mt_event(3, "A lottery too", "ACME", otid="00000002"), "Lottery", "block"),
]
case(__file__, frames(), events, {"uninspected_sctp_authenticated": 2}, out=frames(127))
