#!/usr/bin/env python3
"""Messages of SCTP and of SMPP whose packets come in IPv6 fragments (RFC 8200 4.5), behind a VLAN tag and a destination options
header, the last piece first. What the later pieces say of the protocol says nothing: it names UDP here, and such a piece
leaves at once where nothing of its packet is known. Then it is the first that cannot."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

A, B = bytes.fromhex("20010db8" + "00" * 11 + "01"), bytes.fromhex("20010db8" + "00" * 11 + "02")
SCTP, TCP, UDP = 132, 6, 17


def fragment(payload, protocol, identification, offset, more):
    """Destination options (60) with a PadN of 4 octets, then the fragment header (44)."""
    headers = bytes([44, 0, 1, 4, 0, 0, 0, 0]) + struct.pack(">BBHI", protocol, 0, offset | more, identification)
    head = struct.pack(">IHBB", 6 << 28, len(headers) + len(payload), 60, 64)
    return ethernet(head + A + B + headers + payload, 0x86DD, tags=bytes.fromhex("81000064"))


def pieces(payload, protocol, identification, later=None):
    """The last one first."""
    return [fragment(payload[80:], later or protocol, identification, 80, more=0), fragment(payload[:80], protocol, identification, 0, more=1)]


def message(tsn, operation=44):
    tcap = mt_begin(deliver("You won the lottery", "ACME"), otid=f"{tsn:08x}", operation=operation)
    return sctp(data_chunk(m3ua(unitdata(tcap)), tsn))


def segment(pdu):
    """From the middle of a connection, which shows its PDUs by their headers."""
    head = struct.pack(">HHIIBBHHH", 40000, 2775, 1000, 1, 0x50, ESTABLISHED, 0xFFFF, 0, 0)
    checksum = internet_sum(A + B + struct.pack(">IHBB", len(head) + len(pdu), 0, 0, TCP) + head + pdu)
    return head[:16] + struct.pack(">H", checksum) + head[18:] + pdu


def packets(operation=44, stop=short_message):
    pdu = stop(4, 2, "You won the lottery", "ACME", "447700900123")
    return [*pieces(message(1, operation), SCTP, 1), *pieces(segment(pdu), TCP, 2), *pieces(message(2, operation), SCTP, 3, UDP)]


ends = {"origin": {**CENTRE, "ip": "2001:db8::1"}, "destination": {**MSC, "ip": "2001:db8::2"}}
smpp = smpp_event(4, "submit_sm", 2, "You won the lottery", "ACME", "447700900123")
smpp["origin"], smpp["destination"] = {"ip": "2001:db8::1", "port": 40000}, {"ip": "2001:db8::2", "port": 2775}
del smpp["smpp"]["system_id"]
events = [judged(mt_event(2, "You won the lottery", "ACME", **ends), "Lottery", "block"),
          judged(smpp, "Lottery", "block"),
          judged(mt_event(6, "You won the lottery", "ACME", otid="00000002", **ends), "Lottery", "block")]
counts = {"stopped_ip_late": 1, "edited_sctp_packets": 2}
case(__file__, packets(), events, counts=counts, out=packets(127, stopped_message)[:4] + packets()[4:5])
