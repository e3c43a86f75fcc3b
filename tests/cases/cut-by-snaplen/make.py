#!/usr/bin/env python3
"""The capture keeps 150 octets a packet. A packet that is longer is not the sender's fault: it has a reason of its own.
The short one is read, and all that was captured comes out."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

frames = [
    from_centre(mt_begin(deliver("Too long for this capture", "447700900123")), tsn=1),
    from_msc(end("00000001", components(result(1)))),
]
# The result's dialogue was not read, so what it answers is not known; it has no dialogue portion, so neither is
# its context. It is of no short message, as far as can be known: signalling, which is not written.
assert len(frames[0]) > 150 > len(frames[1])
case(__file__, frames, [], {"ip.cut_by_capture": 1, "packets": 2}, snaplen=150)
