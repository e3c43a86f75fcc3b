#!/usr/bin/env python3
"""The second segment of a message comes first. It waits, and its sender is told what came, in the receiver's place, with the options
that both ends have agreed on: its range (RFC 2018 3) and timestamps, the echo being that of the last segment that came in
order (RFC 7323 4.3). The segment that is made of what waited has the timestamps of the one that let it go."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

number = "447700900123"
bind, accepted = bind_transceiver(1), bind_transceiver_resp(1)
bad = short_message(4, 2, "You won the lottery", "ACME", number)
edited = stopped_message(4, 2, "You won the lottery", "ACME", number)
begin, acked, half = 1_000 + len(bind), 5_000 + len(accepted), 40


def timestamps(value, echo):
    return bytes.fromhex("0101080a") + struct.pack(">II", value, echo)


def opening_options(value, echo):
    return bytes.fromhex("020405b4 0402 080a") + struct.pack(">II", value, echo)


def esme(payload, sequence, value, **more):
    return tcp(payload, sequence, acknowledgement=acked, options=timestamps(value, 501), **more)


frames = [
    tcp(b"", 999, flags=0x02, acknowledgement=0, options=opening_options(100, 0)),
    tcp(b"", 4_999, reverse=True, flags=0x12, acknowledgement=1_000, options=opening_options(500, 100)),
    tcp(bind, 1_000, acknowledgement=5_000, options=timestamps(101, 500)),
    tcp(accepted, 5_000, reverse=True, acknowledgement=begin, options=timestamps(501, 101)),
    esme(b"", begin, 102, flags=0x10),
    esme(bad[half:], begin + half, 104),
    esme(bad[:half], begin, 106),
    tcp(b"", acked, reverse=True, flags=0x10, acknowledgement=begin + len(bad), options=timestamps(507, 106)),
]
range_that_came = bytes.fromhex("0101050a") + struct.pack(">II", begin + half, begin + len(bad))
out = [
    *frames[:5],
    (5, tcp(b"", acked, reverse=True, flags=0x10, acknowledgement=begin, options=timestamps(501, 102) + range_that_came)),
    (6, esme(edited[:half], begin, 106)),
    (6, esme(edited[half:], begin + half, 106)),
    (7, frames[7]),
]
events = [judged(smpp_event(7, "submit_sm", 2, "You won the lottery", "ACME", number), "Lottery", "block")]
case(__file__, frames, events, out=out)
