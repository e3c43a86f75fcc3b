#!/usr/bin/env python3
"""What its receiver will throw away is not read: a wrong CRC32c of SCTP, a wrong checksum of TCP, a wrong one of the
IPv4 header. Each passes, and is counted. What is sent again with the right one is read, though it has the TSN of the
first."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

message = mt_begin(deliver("Right at last", "447700900123"))
good = from_centre(message)
bad_ip = good[:24] + bytes([good[24] ^ 0xFF]) + good[25:]
frames = [
    from_centre(message, damage=1),
    bad_ip,
    tcp(short_message(4, 1, "Never read", "ACME", "447700900123"), 1_000, damage=1),
    good,
]
events = [mt_event(4, "Right at last", "447700900123")]
case(__file__, frames, events, {"sctp.bad_checksum": 1, "ip.bad_checksum": 1, "tcp.bad_checksum": 1})
