#!/usr/bin/env python3
"""Segments that are signed end to end (TCP MD5, RFC 2385; option 19) cannot be changed. On a closed link what cannot be judged does not
pass: those with octets are dropped and counted, the others are not."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

signature = bytes([19, 18]) + bytes(range(16)) + b"\1\1"
bad = short_message(4, 2, "You won the lottery", "ACME", "447700900123")
frames = [
    tcp(b"", 999, flags=0x02, acknowledgement=0, options=signature),
    tcp(b"", 4_999, reverse=True, flags=0x12, acknowledgement=1_000, options=signature),
    tcp(b"", 1_000, flags=0x10, acknowledgement=5_000, options=signature),
    tcp(bad, 1_000, acknowledgement=5_000, options=signature),
]
case(__file__, frames, [], {"stopped_tcp_authenticated": 1}, out=frames[:3])
