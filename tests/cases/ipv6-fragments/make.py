#!/usr/bin/env python3
"""A packet in two IPv6 fragments (RFC 8200 4.5), the last one first. The message is complete with the frame that
completes the packet."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

A, B = bytes.fromhex("20010db8" + "00" * 11 + "01"), bytes.fromhex("20010db8" + "00" * 11 + "02")


def ipv6(payload, next_header):
    return struct.pack(">IHBB", 6 << 28, len(payload), next_header, 64) + A + B + payload


def fragment(payload, offset, more, identification=0x1234):
    """The fragment header: its next header is SCTP; the offset counts 8 octets."""
    return ethernet(ipv6(struct.pack(">BBHI", 132, 0, offset | more, identification) + payload, 44), 0x86DD)


packet = sctp(data_chunk(m3ua(unitdata(mt_begin(deliver("In two pieces", "447700900123")))), 1))
frames = [fragment(packet[80:], 80, more=0), fragment(packet[:80], 0, more=1)]
events = [mt_event(2, "In two pieces", "447700900123", origin={**CENTRE, "ip": "2001:db8::1"},
                   destination={**MSC, "ip": "2001:db8::2"})]
case(__file__, frames, events)
