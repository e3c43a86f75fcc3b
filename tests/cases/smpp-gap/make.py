#!/usr/bin/env python3
"""A TCP segment is missing from the capture though the receiver acknowledges it. The reader waits five seconds of
packet time for it, then goes on at the next PDU that it finds: the end of the message that began in the missing
segment is passed over. What came behind the gap keeps the frame and the time that it had."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

bind = bind_transceiver(1)
before, across, behind, last = (short_message(4, n, f"Message number {n}", "ACME", "447700900123") for n in (2, 3, 4, 5))
stream = bind + before + across + behind + last
gap = len(bind + before)  # the first half of `across` is missing
resumed = gap + 40
end_of_behind = len(stream) - len(last)
START_OF_STREAM = 1_000
frames = [
    (0, tcp(b"", START_OF_STREAM - 1, flags=0x02)),
    (1, tcp(b"", 4_999, reverse=True, flags=0x12, acknowledgement=START_OF_STREAM)),
    (2, tcp(stream[:gap], START_OF_STREAM, acknowledgement=5_000)),
    (3, tcp(bind_transceiver_resp(1), 5_000, reverse=True, acknowledgement=START_OF_STREAM + gap)),
    (4, tcp(stream[resumed:end_of_behind], START_OF_STREAM + resumed, acknowledgement=5_000)),
    (5, tcp(b"", 5_000 + len(bind_transceiver_resp(1)), reverse=True, flags=0x10,
            acknowledgement=START_OF_STREAM + end_of_behind)),
    (6_000, tcp(stream[end_of_behind:], START_OF_STREAM + end_of_behind, acknowledgement=5_000)),
]
events = [
    # Item 0 of that frame is the bind: signalling, not written.
    smpp_event(3, "submit_sm", 2, "Message number 2", "ACME", "447700900123", item=1),
    smpp_event(5, "submit_sm", 4, "Message number 4", "ACME", "447700900123"),
    smpp_event(7, "submit_sm", 5, "Message number 5", "ACME", "447700900123", milliseconds=6_000),
]
case(__file__, frames, events, {"skipped_tcp_gap": 1, "skipped_smpp_to_next_pdu": 1})
