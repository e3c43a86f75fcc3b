#!/usr/bin/env python3
"""The nodes that MAP operations name, in `map` of their events: where a subscriber is served, from the result of
sendRoutingInfoForSM (TS 29.002 17.7.6: networkNode-Number, additional-Number); MSC and VLR of an updateLocation, and the
HLR of its result (17.7.1). updateLocation is signalling, which --all writes."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

GATEWAY, LOCATION_UPDATE = 20, 1  # application contexts, 17.3
MSC_NUMBER, SGSN_NUMBER, VLR_NUMBER, HLR_NUMBER = "447700900031", "491550000001", "447700900032", "447700900033"


def answer(operation, parameter):
    return tlv("a2", tlv("02", b"\1"), tlv("30", tlv("02", bytes([operation])), parameter))


ask = tlv("30", tlv("80", address_string("447700900123")), tlv("81", b"\1"), tlv("82", address_string(CENTRE_GT)))
served = tlv("30", tlv("04", swapped(IMSI)),
             tlv("a0", tlv("81", address_string(MSC_NUMBER)), tlv("a6", tlv("81", address_string(SGSN_NUMBER)))))
update = tlv("30", tlv("04", swapped(IMSI)), tlv("81", address_string(MSC_NUMBER)), tlv("04", address_string(VLR_NUMBER)))
updated = tlv("30", tlv("04", address_string(HLR_NUMBER)))
frames = [
    from_centre(begin("00000001", dialogue_request(GATEWAY, 3), components(invoke(1, 45, ask))), tsn=1),
    from_msc(end("00000001", dialogue_response(GATEWAY, 3), components(answer(45, served))), tsn=1),
    from_msc(begin("00000002", dialogue_request(LOCATION_UPDATE, 3), components(invoke(1, 2, update))), tsn=2),
    from_centre(end("00000002", dialogue_response(LOCATION_UPDATE, 3), components(answer(2, updated))), tsn=2),
]


def node(digits, country="GB"):
    return {"address": digits, "country": country}


gateway = {"context": "shortMsgGateway", "version": 3}
location = {"context": "networkLocUp", "version": 3}
events = [
    event(1, kind="message", protocol="map", operation="sendRoutingInfoForSM", component="invoke", direction="mt",
          origin=CENTRE, destination=MSC, tcap={"otid": "00000001", "invoke": 1, **gateway}, service_centre=SERVICE_CENTRE,
          recipient=international("447700900123")),
    event(2, kind="response", protocol="map", operation="sendRoutingInfoForSM", component="result", answers={"frame": 1},
          direction="mt", origin=MSC, destination=CENTRE, tcap={"dtid": "00000001", "invoke": 1, **gateway},
          map={"network_node": node(MSC_NUMBER), "additional_node": node(SGSN_NUMBER, "DE")}, imsi=IMSI),
    event(3, kind="signalling", protocol="map", operation="updateLocation", component="invoke", origin=MSC,
          destination=CENTRE, tcap={"otid": "00000002", "invoke": 1, **location},
          map={"network_node": node(MSC_NUMBER), "additional_node": node(VLR_NUMBER)}, imsi=IMSI),
    event(4, kind="signalling", protocol="map", operation="updateLocation", component="result", answers={"frame": 3},
          origin=CENTRE, destination=MSC, tcap={"dtid": "00000002", "invoke": 1, **location},
          map={"other_address": node(HLR_NUMBER)}),
]
case(__file__, frames, events)
