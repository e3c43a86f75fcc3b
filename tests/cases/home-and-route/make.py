#!/usr/bin/env python3
"""With the own network configured, a national number becomes an E.164 number: 0 is the national prefix, 44 the country
code. A short code stays as it is. What comes from, or goes back to, the networks of `replay` has their route."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

def national(digits):
    """TP-DA of type national, ISDN plan."""
    return bytes([len(digits), 0xA1]) + swapped(digits)


def submit_to(address, text):
    return b"\x01\x01" + address + b"\0\0" + user_data(text)


def mo_begin(otid, tpdu):
    return begin(otid, dialogue_request(MO, 2), components(invoke(1, 46, mo_argument(tpdu, "447700900124"))))


frames = [
    from_centre(mt_begin(deliver("From abroad", "447700900123"))),
    from_msc(end("00000001", dialogue_response(MT, 3), components(result(1)))),
    ethernet(ipv4(sctp(data_chunk(m3ua(unitdata(mo_begin("00000002", submit_to(national("07700900125"), "At home")),
                                                MSC_GT, CENTRE_GT), 5678, 1234), 9), tag=3), 132,
                  "198.51.100.1", "198.51.100.2")),
    ethernet(ipv4(sctp(data_chunk(m3ua(unitdata(mo_begin("00000003", submit_to(national("60777"), "STOP")),
                                                MSC_GT, CENTRE_GT), 5678, 1234), 10), tag=3), 132,
                  "198.51.100.1", "198.51.100.2")),
]


def mo_event(frame, otid, recipient, text):
    return event(frame, kind="message", protocol="map", operation="mo-forwardSM", component="invoke", direction="mo",
                 origin=MSC, destination={**CENTRE, "ip": "198.51.100.2"},
                 tcap={"otid": otid, "invoke": 1, "context": "shortMsgMO-Relay", "version": 2},
                 service_centre=SERVICE_CENTRE, sender=international("447700900124"), recipient=recipient,
                 tpdu={"type": "SMS-SUBMIT", "message_reference": 1}, pid=0, dcs=0, coding="gsm7", text=text)


events = [
    mt_event(1, "From abroad", "447700900123", route="international"),
    mt_answer(2, answers=1, route="international"),
    mo_event(3, "00000002", {"address": "07700900125", "number": "447700900125", "type": "national", "ton": 2, "npi": 1,
                             "country": "GB"}, "At home"),
    mo_event(4, "00000003", {"address": "60777", "type": "national", "ton": 2, "npi": 1}, "STOP"),
]
case(__file__, frames, events)
