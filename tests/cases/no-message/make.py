#!/usr/bin/env python3
"""What carries no short message passes at once, in order, as it came, whatever it is, also while something is to be blocked: ARP, ICMP,
IPv6 neighbour discovery (RFC 4861 4.3), UDP, LLDP, an unknown EtherType, a TCP connection that is not SMPP."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

neighbour = bytes.fromhex("87000000 00000000 20010db8000000000000000000000002 0101 020000000001".replace(" ", ""))
addresses = bytes.fromhex("20010db8000000000000000000000001 ff0200000000000000000001ff000002".replace(" ", ""))
total = internet_sum(addresses + struct.pack(">II", len(neighbour), 58) + neighbour)
neighbour = neighbour[:2] + struct.pack(">H", total) + neighbour[4:]
echo = bytes.fromhex("0800f7fd00010001")
udp = struct.pack(">HHHH", 5353, 5353, 8 + 11, 0) + b"the lottery"
request = b"GET /lottery HTTP/1.1\r\nHost: example.org\r\n\r\n"
frames = [
    SOMETHING,
    ethernet(ipv4(echo, 1)),
    ethernet(struct.pack(">IHBB", 6 << 28, len(neighbour), 58, 255) + addresses + neighbour, 0x86DD),
    ethernet(ipv4(udp, 17)),
    ethernet(bytes.fromhex("0207040200000000010403650000060200780000"), 0x88CC),
    ethernet(b"the lottery", 0x88B5),
    tcp(b"", 999, flags=0x02, acknowledgement=0), tcp(b"", 4_999, reverse=True, flags=0x12, acknowledgement=1_000),
    tcp(request, 1_000, acknowledgement=5_000),
    tcp(b"HTTP/1.1 204 No Content\r\n\r\n", 5_000, reverse=True, acknowledgement=1_000 + len(request)),
]
case(__file__, frames, [], {"unread_not_ip": 3, "unread_other_transport": 3, "unread_other_tcp": 2})
