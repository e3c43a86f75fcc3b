#!/usr/bin/env python3
"""8-bit data in two parts, as a WAP push comes (WAP-259-WDP: ports 2948 and 9200), the second first. Each part has its
`data`; the one that completes the message has the whole in `message_data`."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

PORTS = bytes.fromhex("05 04 0b84 23f0")


def part(sequence, data):
    header = concatenation(7, 2, sequence) + PORTS
    octets = bytes([len(header)]) + header + bytes.fromhex(data)
    return b"\x44" + tp_address("447700900123") + b"\0\4" + SCTS + bytes([len(octets)]) + octets


def expected(frame, sequence, data, **more):
    whole = mt_event(frame, "", "447700900123", otid=f"0000000{frame}", dcs=4, coding="binary",
                     udh=f"0b00030702{sequence:02x}05040b8423f0", ports={"destination": 2948, "source": 9200},
                     parts={"ref": 7, "total": 2, "seq": sequence}, data=data, **more)
    del whole["text"]
    return whole


frames = [from_centre(mt_begin(part(2, "c70103"), otid="00000001"), tsn=1),
          from_centre(mt_begin(part(1, "010603ae"), otid="00000002"), tsn=2)]
events = [expected(1, 2, "c70103"), expected(2, 1, "010603ae", message_data="010603aec70103")]
case(__file__, frames, events)
