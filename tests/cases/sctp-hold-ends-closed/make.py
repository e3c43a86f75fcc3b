#!/usr/bin/env python3
"""The same on a closed link: of the first segment one octet passes, a zero, which no M3UA begins with (RFC 4666 3.1.1) and which is too
short for one; the rest of its chunk becomes a PAD chunk (RFC 4820 3)."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

tcap = mt_begin(deliver("You won the lottery", "ACME"))
first = m3ua(xunitdata(tcap[:90], segmentation=segmentation(True, 1, 7)))
frames = [(0, ethernet(ipv4(sctp(data_chunk(first, 1)), 132))), (2_900, SOMETHING), (3_100, SOMETHING)]
cut = struct.pack(">BBHIHHI", 0, 3, 17, 1, 1, 0, 3) + bytes(4)
rest = 16 + len(first) - len(cut)
spoilt = ethernet(ipv4(sctp(cut + struct.pack(">BBH", 0x84, 0, rest) + bytes(rest - 4)), 132))
case(__file__, frames, [], {"spoiled_sctp_hold": 1}, out=[(2_900, SOMETHING), (0, spoilt), (3_100, SOMETHING)])
