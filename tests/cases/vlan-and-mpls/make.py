#!/usr/bin/env python3
"""Two VLAN tags (802.1ad outside, 802.1Q inside), then a stack of two MPLS labels (RFC 3032; the lower has the S bit),
then IPv4: what is below labels is told by its first four bits."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

plain = from_centre(mt_begin(deliver("Below two tags and two labels", "447700900123")))
tags = struct.pack(">HHHH", 0x88A8, 100, 0x8100, 200)
labels = struct.pack(">II", 1_000 << 12 | 64, 2_000 << 12 | 1 << 8 | 64)
frames = [ethernet(labels + plain[14:], 0x8847, tags=tags)]
case(__file__, frames, [mt_event(1, "Below two tags and two labels", "447700900123")])
