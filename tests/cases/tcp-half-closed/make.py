#!/usr/bin/env python3
"""The ESME has nothing more to send and closes its direction, with its last message. The other direction lives on: its answer passes,
and the message in it that is to be stopped is stopped."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

number = "447700900123"
opening, begin, acked = opened()
good = short_message(4, 2, "Hello", "ACME", number)
answer = pdu(0x80000004, 2, c_string("m-2"))
end = begin + len(good) + 1  # the FIN counts


def packets(deliver):
    return [
        *opening,
        tcp(good, begin, flags=0x19, acknowledgement=acked),
        tcp(answer, acked, reverse=True, acknowledgement=end),
        tcp(deliver, acked + len(answer), reverse=True, acknowledgement=end),
        tcp(b"", end, flags=0x10, acknowledgement=acked + len(answer + deliver)),
        tcp(b"", acked + len(answer + deliver), reverse=True, flags=0x11, acknowledgement=end),
        tcp(b"", end, flags=0x10, acknowledgement=acked + len(answer + deliver) + 1),
    ]


events = [judged(smpp_event(5, "submit_sm", 2, "Hello", "ACME", number), "Rest"),
          smpp_answer(6, "submit_sm_resp", 2, 5, message_id="m-2"),
          judged(smpp_event(7, "deliver_sm", 9, "You won the lottery", "447700900124", number, direction="mo"), "Lottery", "block")]
case(__file__, packets(short_message(5, 9, "You won the lottery", "447700900124", number)), events,
     out=packets(stopped_message(5, 9, "You won the lottery", "447700900124", number)))
