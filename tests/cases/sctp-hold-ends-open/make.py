#!/usr/bin/env python3
"""The second segment of a message does not come for three seconds. On an open link the first passes as it came, and is counted as unread. ARP is
there for its time."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

tcap = mt_begin(deliver("You won the lottery", "ACME"))
first = m3ua(xunitdata(tcap[:90], segmentation=segmentation(True, 1, 7)))
frames = [(0, ethernet(ipv4(sctp(data_chunk(first, 1)), 132))), (2_900, SOMETHING), (3_100, SOMETHING)]
case(__file__, frames, [], {"uninspected_sctp_hold": 1}, out=[(2_900, SOMETHING), (0, frames[0][1]), (3_100, SOMETHING)])
