#!/usr/bin/env python3
"""SMPP whose segments come in fragments of IP (RFC 791 3.2): the message to be blocked leaves blanked, in the same pieces. A
segment that ends within a PDU leaves up to there, so the piece behind is dropped and the one before ends; the rest leaves with
the next segment."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

SENDER, RECIPIENT = "ACME", "447700900123"
hello = short_message(4, 3, "Hello", SENDER, RECIPIENT)
lottery = short_message(4, 2, "You won the lottery", SENDER, RECIPIENT)
stopped = stopped_message(4, 2, "You won the lottery", SENDER, RECIPIENT)
goodbye = short_message(4, 4, "Goodbye", SENDER, RECIPIENT)
begun, rest = goodbye[:40], goodbye[40:]



def packets(message):
    return bound(("esme", message), ("esme", hello + begun), ("esme", rest))


def lottery_in_three(message):
    first, middle, last = in_fragments(packets(message)[5], 24, 64, identification=1)
    return last, first, middle


# The last complete PDU ends within the third piece of four.
end = 20 + len(hello)
cuts = 40, end & ~7, (end & ~7) + 24
first, second, third, fourth = in_fragments(packets(lottery)[6], *cuts, identification=2)
sequence = 1_000 + len(bind_transceiver(1)) + len(lottery)
acked = 5_000 + len(bind_transceiver_resp(1))
up_to_the_end = in_fragments(tcp(hello, sequence, acknowledgement=acked), *cuts[:2], identification=2)

frames = [*packets(lottery)[:5], *lottery_in_three(lottery), first, fourth, second, third, packets(lottery)[7]]
out = [*enumerate([*packets(lottery)[:5], *lottery_in_three(stopped)]), *zip((8, 10, 11), up_to_the_end),
       (12, tcp(begun, sequence + len(hello), acknowledgement=acked)), (12, packets(lottery)[7])]
events = [judged(smpp_event(8, "submit_sm", 2, "You won the lottery", SENDER, RECIPIENT), "Lottery", "block"),
          judged(smpp_event(12, "submit_sm", 3, "Hello", SENDER, RECIPIENT), "Rest"),
          judged(smpp_event(13, "submit_sm", 4, "Goodbye", SENDER, RECIPIENT), "Rest")]
case(__file__, frames, events, out=out)
