#!/usr/bin/env python3
"""Dialogues that end with an Abort (Q.773 3.1): by the provider, with a P-Abort cause (4: resourceLimitation), and by
the user. The Abort answers the invoke that is still open."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

user_abort = dialogue_portion(tlv("64", tlv("80", b"\0")))  # ABRT-apdu, abort-source: dialogue-service-user
frames = [
    from_centre(mt_begin(deliver("One", "447700900123"), otid="00000001"), tsn=1),
    from_centre(mt_begin(deliver("Two", "447700900123"), otid="00000002"), tsn=2),
    from_msc(tlv("67", tlv("49", bytes.fromhex("00000001")), tlv("4a", b"\4")), tsn=1),
    from_msc(tlv("67", tlv("49", bytes.fromhex("00000002")), user_abort), tsn=2),
]
events = [
    mt_event(1, "One", "447700900123", otid="00000001"),
    mt_event(2, "Two", "447700900123", otid="00000002"),
    mt_answer(3, answers=1, dtid="00000001", component="reject", error="resourceLimitation"),
    mt_answer(4, answers=2, dtid="00000002", component="reject", error="userAbort"),
]
case(__file__, frames, events)
