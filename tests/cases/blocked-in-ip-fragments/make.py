#!/usr/bin/env python3
"""Messages whose packets come in fragments of IP (RFC 791 3.2), in any order: the pieces wait until the packet is whole, and
leave in the order in which they came, the one to be blocked changed. Its neighbour in the same packet is delivered. What is
neither SCTP nor TCP does not wait. A packet that contradicts itself does not pass, and a piece that comes again of one that
left changed does not, either."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *


def message(text, tsn, operation=44):
    otid = f"{tsn:08x}"
    return data_chunk(m3ua(unitdata(mt_begin(deliver(text, "ACME"), otid=otid, operation=operation))), tsn)


def packet(*chunks):
    return ethernet(ipv4(sctp(*chunks), 132))


def blocked_in_two(operation=44):
    return in_fragments(packet(message("You won the lottery", 1, operation)), 80, identification=1)


def bundle_in_three(operation=44):
    first, middle, last = in_fragments(packet(message("Hello", 2), message("Lottery", 3, operation), message("Goodbye", 4)), 160, 320,
                                       identification=2)
    return last, first, middle


def cut_anew(operation=44):
    """The first packet again, as a sender repeats it: in other pieces, of another identification."""
    first, middle, last = in_fragments(packet(message("You won the lottery", 1, operation)), 40, 104, identification=4)
    return middle, last, first


# UDP (RFC 768) of the same addresses, without a checksum, overtakes the pieces between which it comes.
udp = struct.pack(">HHHH", 5000, 5000, 8 + 64, 0) + b"Lottery " * 8
one, other = in_fragments(ethernet(ipv4(udp, 17)), 40, identification=3)
last, first, middle = bundle_in_three()
again = blocked_in_two()[0]
begin, end = in_fragments(packet(message("Hello", 5)), 80, identification=5)
contradicting = in_fragments(packet(message("Lottery", 5)), 80, identification=5)[0]
behind = packet(message("Hello", 6))

frames = [*blocked_in_two(), last, one, first, other, middle, *cut_anew(), again, begin, contradicting, end, behind]
last, first, middle = bundle_in_three(127)
out = [*enumerate(blocked_in_two(127)), (3, one), (5, other), (2, last), (4, first), (6, middle),
       *enumerate(cut_anew(127), 7), (14, behind)]
events = [judged(mt_event(2, "You won the lottery", "ACME", otid="00000001"), "Lottery", "block"),
          judged(mt_event(7, "Hello", "ACME", otid="00000002"), "Rest"),
          judged(mt_event(7, "Lottery", "ACME", otid="00000003", item=1), "Lottery", "block"),
          judged(mt_event(7, "Goodbye", "ACME", otid="00000004", item=2), "Rest"),
          judged(mt_event(15, "Hello", "ACME", otid="00000006"), "Rest")]
counts = {"repeated_sctp_data": 1, "refused_ip_fragments": 2, "dropped_ip_refused": 2, "dropped_ip_repeated": 1,
          "uninspected_ip_hold": 0, "edited_sctp_packets": 3}
case(__file__, frames, events, counts=counts, out=out)
