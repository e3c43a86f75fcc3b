#!/usr/bin/env python3
"""A DATA chunk is sent again (RFC 9260 6.3.3): its receiver delivers it once, so there is one message. The
acknowledgement names the first copy."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

message = mt_begin(deliver("See you at the harbour at noon", "447700900123"))
frames = [
    from_centre(message, tsn=100),
    from_centre(message, tsn=100),
    from_msc(end("00000001", dialogue_response(MT, 3), components(result(1)))),
]
events = [
    mt_event(1, "See you at the harbour at noon", "447700900123"),
    mt_answer(3, answers=1),
]
case(__file__, frames, events, {"repeated_sctp_data": 1, "reused_sctp_tsn": 0})
