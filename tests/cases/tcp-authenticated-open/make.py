#!/usr/bin/env python3
"""Segments that are signed end to end, by TCP MD5 (RFC 2385; option 19) or TCP-AO (RFC 5925; option 29), cannot be changed. On an
open link their connections pass as they came; they are not read, and their segments with octets are counted."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

md5 = bytes([19, 18]) + bytes(range(16)) + b"\1\1"
authentication_option = bytes([29, 16, 1, 1]) + bytes(range(12))
bad = short_message(4, 2, "You won the lottery", "ACME", "447700900123")


def connection(**signed):
    return [
        tcp(b"", 999, flags=0x02, acknowledgement=0, **signed),
        tcp(b"", 4_999, reverse=True, flags=0x12, acknowledgement=1_000, **signed),
        tcp(b"", 1_000, flags=0x10, acknowledgement=5_000, **signed),
        tcp(bad, 1_000, acknowledgement=5_000, **signed),
        tcp(pdu(0x80000004, 2, c_string("m-2")), 5_000, reverse=True, acknowledgement=1_000 + len(bad), **signed),
    ]


frames = connection(options=md5) + connection(options=authentication_option, port=40001)
case(__file__, frames, [], {"unread_tcp_authenticated": 4})
