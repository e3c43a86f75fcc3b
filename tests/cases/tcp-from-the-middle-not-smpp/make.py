#!/usr/bin/env python3
"""A capture begins in the middle of a connection that is not SMPP and ends soon after: too early to give it up. It
is counted once, though both directions are seen."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

request = b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"
frames = [
    tcp(request, 5_000),
    tcp(b"HTTP/1.1 204 No Content\r\n\r\n", 9_000, reverse=True, acknowledgement=5_000 + len(request)),
]
case(__file__, frames, [], {"unread_unrecognised_tcp": 1})
