#!/usr/bin/env python3
"""SMPP within TLS (RFC 8446) cannot be read. Its packets with octets are counted, and pass as they came. After the handshake a PDU
stands in a record of application data as it is, and one in no record, to show that none is looked for."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

HANDSHAKE, APPLICATION_DATA = 22, 23


def record(kind, fragment, version=0x0303):
    """TLSPlaintext and TLSCiphertext, 5.1 and 5.2."""
    return struct.pack(">BHH", kind, version, len(fragment)) + fragment


def handshake(kind, body):
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


# 4.1.2 and 4.1.3: version, random, session identifier, TLS_AES_128_GCM_SHA256, no compression, supported_versions.
client_hello = handshake(1, b"\3\3" + bytes(range(32)) + b"\0" + b"\0\2\x13\1" + b"\1\0" + b"\0\7" + bytes.fromhex("002b 0003 02 0304"))
server_hello = handshake(2, b"\3\3" + bytes(range(32)) + b"\0" + b"\x13\1" + b"\0" + b"\0\6" + bytes.fromhex("002b 0002 0304"))
bad = short_message(4, 2, "You won the lottery", "ACME", "447700900123")

connection = Connection()
frames = [
    *connection.opening(),
    connection.esme(record(HANDSHAKE, client_hello, 0x0301)),
    connection.centre(record(HANDSHAKE, server_hello)),
    connection.esme(record(APPLICATION_DATA, bad)),
    connection.esme(bad),
    connection.centre(record(APPLICATION_DATA, pdu(0x80000004, 2, c_string("m-2")))),
]
case(__file__, frames, [], {"unread_encrypted": 5})
