#!/usr/bin/env python3
"""TSNs begin anew where an association does, after an ABORT (RFC 9260 9.1) or where one end restarts (INIT, 5.2): the same TSN then is
another message and no second copy of the first, which nobody could pass for sure. An ABORT alone begins nothing."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

def packet(text, tag, operation=44, otid="00000001"):
    message = mt_begin(deliver(text, "ACME"), otid=otid, operation=operation)
    return ethernet(ipv4(sctp(data_chunk(m3ua(unitdata(message)), 1), tag=tag), 132))


def init(kind, tag, initiate_tag, back=False):
    """3.3.2: a window of 65536, 16 streams each way, the first TSN; INIT ACK needs a cookie (parameter 7)."""
    cookie = b"" if kind == 1 else struct.pack(">HHI", 7, 8, 1)
    chunk = struct.pack(">BBHIIHHI", kind, 0, 20 + len(cookie), initiate_tag, 65536, 16, 16, 1) + cookie
    ends = ("198.51.100.1", "192.0.2.1") if back else ("192.0.2.1", "198.51.100.1")
    return ethernet(ipv4(sctp(chunk, tag=tag), 132, *ends))


abort = ethernet(ipv4(sctp(struct.pack(">BBH", 6, 0, 4), tag=1), 132))


def packets(operation=44):
    return [
        packet("Hello", 1), abort, packet("Hello", 1),
        init(1, 0, 0x11), init(2, 0x11, 1, back=True),
        packet("You won the lottery", 1, operation, "00000002"),
        init(1, 0, 0x22), init(2, 0x22, 1, back=True),
        packet("The lottery again", 1, operation, "00000003"),
    ]


events = [judged(mt_event(1, "Hello", "ACME"), "Rest"),
          judged(mt_event(6, "You won the lottery", "ACME", otid="00000002"), "Lottery", "block"),
          judged(mt_event(9, "The lottery again", "ACME", otid="00000003"), "Lottery", "block")]
case(__file__, packets(), events, {"repeated_sctp_data": 1, "reused_sctp_tsn": 0, "dropped_sctp_ambiguous": 0}, out=packets(127))
