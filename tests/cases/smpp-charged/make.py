#!/usr/bin/env python3
"""What the policy charges is paid by the account of the bind, at the price with the longest prefix of the recipient, fees
beside it. The same message again, as an application repeats what it has no answer to, is charged once. An account does not pay
for a sender that is not registered, or not yet, nor for a recipient that it must not write to, nor where there is no price:
the policy's `or` applies, and the event names the reason. What passes unpaid has leaked, at the list price. A price per
message falls on the part that comes first."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

number = "447700900123"
long_message = [b"\5" + concatenation(7, 2, sequence) + text.encode() for sequence, text in ((2, "letter to you"), (1, "A letter, "))]


def part(sequence, octets):
    body = c_string("") + bytes((5, 0)) + c_string("ACME") + bytes((1, 1)) + c_string(number)
    body += bytes((0x40, 0, 0)) + c_string("") + c_string("") + bytes((0, 0, 1, 0, len(octets))) + octets
    return pdu(4, sequence, body)


def sent(frame, sequence, text, policy, verdict, charge=None, sender="ACME", to=number, labels=(1, ("a2p",)), **more):
    event = smpp_event(frame, "submit_sm", sequence, text, sender, to, route="international")
    rules = [{"id": 1, "rev": 1, "state": "enforce", "spans": [[*span(text)]]}]
    event = {**event, "origin": paid_by("acme-ltd", event["origin"]), "labels": ["a2p"], "rules": rules}
    return {**event, "verdict": verdict, "policy": policy, **({"charge": charge} if charge else {}), **more}


def span(text):
    word = next(w for w in ("notice", "offer", "letter") if w in text)
    return text.index(word), text.index(word) + len(word)


def paid(tariff, amount, **more):
    return {"account": "acme-ltd", "tariff": tariff, "amount": amount, **more, "currency": "EUR"}


def refused(reason, tariff="domestic"):
    return {"account": "acme-ltd", "tariff": tariff, "refused": reason}


def of_part(event, sequence, **more):
    return {**event, "smpp": {**event["smpp"], "esm_class": 0x40}, "udh": f"05000307020{sequence}",
            "parts": {"ref": 7, "total": 2, "seq": sequence}, **more}


sends = [
    (2, "A notice", "ACME", number),
    (3, "A notice", "ACME", number),
    (4, "A notice", "ACME", "447700911123"),
    (5, "A notice for 2", "OTHER", number),
    (6, "A notice for 3", "LATER", number),
    (7, "A notice", "ACME", "447700900199"),
    (8, "An offer", "ACME", number),
    (9, "Hello", "ACME", number),
]
blocked = (5, 6, 7)
frames = bound(*(("esme", short_message(4, *send)) for send in sends), *(("esme", part(10 + i, p)) for i, p in enumerate(long_message)))
out = bound(*(("esme", (stopped_message if send[0] in blocked else short_message)(4, *send)) for send in sends),
            *(("esme", part(10 + i, p)) for i, p in enumerate(long_message)))
rest = smpp_event(13, "submit_sm", 9, "Hello", "ACME", number, route="international")
events = [
    sent(6, 2, "A notice", "Notices", "charge", paid("domestic", 50_000, fees=12_500)),
    sent(7, 3, "A notice", "Notices", "charge", {**paid("domestic", 0), "repeated": True}),
    sent(8, 4, "A notice", "Notices", "charge", paid("domestic", 65_000), to="447700911123"),
    sent(9, 5, "A notice for 2", "Notices", "block", refused("sender_not_registered"), sender="OTHER"),
    sent(10, 6, "A notice for 3", "Notices", "block", refused("sender_not_registered"), sender="LATER"),
    sent(11, 7, "A notice", "Notices", "block", refused("recipient_excluded"), to="447700900199"),
    sent(12, 8, "An offer", "Offers", "pass", refused("no_price", "unpriced"), leaked={"amount": 80_000, "currency": "EUR"}),
    {**rest, "origin": paid_by("acme-ltd", rest["origin"]), "rules": [], "verdict": "pass", "policy": "Rest"},
    of_part(sent(14, 10, "letter to you", "Letters", "charge", paid("letter", 90_000)), 2),
    of_part(sent(15, 11, "A letter, ", "Letters", "charge", paid("letter", 0)), 1, message_text="A letter, letter to you",
            rules=[{"id": 1, "rev": 1, "state": "enforce", "spans": [[2, 8], [10, 16]]}]),
]
case(__file__, frames, events, out=out)
