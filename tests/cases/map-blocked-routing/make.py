#!/usr/bin/env python3
"""A blocked sendRoutingInfoForSM (45) has no answer that tells where the subscriber is."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

GATEWAY = 20  # shortMsgGateway


def frames(operation=45, told=reject(1)):
    argument = tlv("30", tlv("80", address_string("447700900666")), tlv("81", b"\xff"), tlv("82", address_string(CENTRE_GT)))
    return [from_centre(begin("00000001", dialogue_request(GATEWAY, 3), components(invoke(1, operation, argument)))),
            from_msc(end("00000001", dialogue_response(GATEWAY, 3), components(told)))]


context = {"invoke": 1, "context": "shortMsgGateway", "version": 3}
common = {"protocol": "map", "operation": "sendRoutingInfoForSM", "direction": "mt"}
events = [
    judged(event(1, kind="message", **common, component="invoke", origin=CENTRE, destination=MSC, tcap={"otid": "00000001", **context},
                 service_centre=SERVICE_CENTRE, recipient=international("447700900666")), "Recipient", "block"),
    event(2, kind="response", **common, component="reject", error="unrecognizedOperation", answers={"frame": 1}, origin=MSC,
          destination=CENTRE, tcap={"dtid": "00000001", **context}, response={"map_error": "systemFailure", "given": True}),
]
case(__file__, frames(), events, out=frames(127, return_error(1, 34)))
