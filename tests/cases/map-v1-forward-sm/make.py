#!/usr/bin/env python3
"""forwardSM of MAP version 1 (operation 46, both directions; no dialogue portion). Which direction it is says
SM-RP-DA: an IMSI is a mobile, a service centre address is a service centre (TS 29.002 7.6.8.1)."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

mt = begin("00000001", components(invoke(1, 46, mt_argument(deliver("To the mobile", "447700900123")))))
mo = begin("00000002", components(invoke(1, 46, mo_argument(submit("From the mobile", "447700900125"), "447700900124"))))
frames = [
    from_centre(mt),
    from_msc(mo),
    from_msc(end("00000001", components(result(1))), tsn=2),
    from_centre(end("00000002", components(result(1))), tsn=2),
]
answer = {"kind": "response", "protocol": "map", "component": "result"}
events = [
    mt_event(1, "To the mobile", "447700900123", tcap={"otid": "00000001", "invoke": 1, "version": 1}),
    event(2, kind="message", protocol="map", operation="mo-forwardSM", component="invoke", direction="mo", origin=MSC,
          destination=CENTRE, tcap={"otid": "00000002", "invoke": 1, "version": 1}, service_centre=SERVICE_CENTRE,
          sender=international("447700900124"), recipient=international("447700900125"),
          tpdu={"type": "SMS-SUBMIT", "message_reference": 1}, pid=0, dcs=0, coding="gsm7", text="From the mobile"),
    mt_answer(3, answers=1, tcap={"dtid": "00000001", "invoke": 1, "version": 1}),
    event(4, **answer, operation="mo-forwardSM", answers={"frame": 2}, direction="mo", origin=CENTRE, destination=MSC,
          tcap={"dtid": "00000002", "invoke": 1, "version": 1}),
]
case(__file__, frames, events)
