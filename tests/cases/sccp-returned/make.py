#!/usr/bin/env python3
"""A message that SCCP could not deliver comes back in a UDTS (Q.713 4.11), data and all, with the return cause: here
4, unequipped user. It answers the message, and shows its content again; it travels the other way."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

tcap = mt_begin(deliver("Nobody is at home", "447700900123"))
returned = unitdata(tcap, calling=MSC_GT, called=CENTRE_GT, message=0x0A, second=4)
frames = [
    from_centre(tcap),
    ethernet(ipv4(sctp(data_chunk(m3ua(returned, 5678, 1234), 1), tag=2), 132, "198.51.100.1", "192.0.2.1")),
]
events = [
    mt_event(1, "Nobody is at home", "447700900123"),
    mt_event(2, "Nobody is at home", "447700900123", kind="response", component="reject", error="unequipped user",
             answers={"frame": 1}, origin=MSC, destination=CENTRE),
]
case(__file__, frames, events)
