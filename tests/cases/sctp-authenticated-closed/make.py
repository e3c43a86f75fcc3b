#!/usr/bin/env python3
"""What stands behind an AUTH chunk is signed end to end (RFC 4895 6.3): a receiver drops it if it was changed. On a closed link
what cannot be stopped does not pass: packets with SS7 behind AUTH are dropped and counted, whole or in IP fragments. Signed packets
without user data (a SACK) or with another protocol's (Diameter) pass, and so does a message that is not signed."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

DIAMETER = 46  # RFC 6733 2.1


def signed(*chunks):
    return ethernet(ipv4(sctp(auth_chunk(), *chunks), 132))


def message(tsn):
    return data_chunk(m3ua(unitdata(mt_begin(deliver("You won the lottery", "ACME")))), tsn)


sack = struct.pack(">BBHIIHH", 3, 0, 16, 1, 0xFFFF, 0, 0)  # RFC 9260 3.3.4
request = struct.pack(">IIIII", 1 << 24 | 20, 0x80 << 24 | 280, 0, 1, 1)  # Device-Watchdog: RFC 6733 3
passing = [signed(sack), signed(data_chunk(request, 3, ppid=DIAMETER)),
           from_centre(mt_begin(deliver("Hello", "ACME"), otid="00000002"), tsn=4)]
frames = [signed(message(1)), *in_fragments(signed(message(2)), 96), *passing]
events = [judged(mt_event(6, "Hello", "ACME", otid="00000002"), "Rest")]
case(__file__, frames, events, {"stopped_sctp_authenticated": 2}, out=list(enumerate(passing, 3)))
