#!/usr/bin/env python3
"""ANSI TCAP (T1.114): a Query With Permission has the private-class tag E2. It is recognised and counted, not read;
the message behind it is."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

query = tlv("e2", tlv("c7", bytes.fromhex("00000001")), tlv("e8", tlv("e9", tlv("cf", b"\1"), tlv("d1", b"\x09\x35"), tlv("f2"))))
frames = [from_centre(query, tsn=1), from_centre(mt_begin(deliver("ITU", "447700900123")), tsn=2)]
case(__file__, frames, [mt_event(2, "ITU", "447700900123")], {"unread_ansi_tcap": 1})
