#!/usr/bin/env python3
"""The same TSN carries two different messages. Which of them the receiver takes cannot be known from here: a
sender could hide a message behind a harmless one. So both are read, and it is counted."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

frames = [
    from_centre(mt_begin(deliver("Nothing to see here", "447700900123"), otid="00000001"), tsn=100),
    from_centre(mt_begin(deliver("Your prize waits for you", "447700900124"), otid="00000002"), tsn=100),
]
events = [
    mt_event(1, "Nothing to see here", "447700900123", otid="00000001"),
    mt_event(2, "Your prize waits for you", "447700900124", otid="00000002"),
]
case(__file__, frames, events, {"repeated_sctp_data": 0, "reused_sctp_tsn": 1})
