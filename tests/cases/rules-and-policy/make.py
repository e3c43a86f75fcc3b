#!/usr/bin/env python3
"""Rules, lists and policy judge what a capture holds. A one-time password is paid for: the rule in shadow has no effect,
the draft is not run. A lure that is cut between two parts is found when its second part completes it, with its disguise
seen through; the spans are those of the whole text. The table of operators names ends and account, of a response too,
which is not judged. What is blocked leaves with another operation code."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *

first = "You have to act. Your acc"
second = "0unt is locked now"
begin_of_lure = first.index("Your")
end_of_lure = len(first) + second.index(" now")
frames = [
    from_centre(mt_begin(deliver("482913 is your code", "GoodBank"), otid="00000001"), tsn=1),
    from_centre(mt_begin(deliver(first, "447700900123", concatenation(7, 2, 1)), otid="00000002"), tsn=2),
    from_centre(mt_begin(deliver(second, "447700900123", concatenation(7, 2, 2)), otid="00000003"), tsn=3),
    from_msc(end("00000003", dialogue_response(MT, 3), components(result(1)))),
]

# Both global titles begin with 4477009000; the sender's number does not.
named = {"operator": "Home Mobile"}
account = {"account": "home-account"}
ends = {"origin": {**CENTRE, **named, **account}, "destination": {**MSC, **named, **account},
        "service_centre": {**SERVICE_CENTRE, **named}, "route": "international"}
passes = {"rules": [], "policy": "Everything else"}


def part(frame, otid, text, sequence, **more):
    return mt_event(frame, text, "447700900123", otid=otid, udh=f"05000307020{sequence}",
                    parts={"ref": 7, "total": 2, "seq": sequence}, **ends, **more)


events = [
    {**mt_event(1, "482913 is your code", "GoodBank", otid="00000001", **ends),
     "labels": ["otp"],
     "rules": [{"id": 1, "rev": 1, "state": "enforce", "spans": [[0, len("482913 is your code")]]},
               {"id": 3, "rev": 1, "state": "shadow"}],
     "verdict": "charge", "policy": "Codes from abroad", "charge": {"tariff": "grey-route"}},
    {**part(2, "00000002", first, 1), **passes},
    {**part(3, "00000003", second, 2, message_text=first + second),
     "labels": ["phishing", "spam"],
     "rules": [{"id": 2, "rev": 4, "state": "enforce", "spans": [[begin_of_lure, end_of_lure]]}],
     "verdict": "block", "policy": "Phishing never passes", "alert": True, "response": {"map_error": "systemFailure"}},
    mt_answer(4, answers=3, dtid="00000003", route="international",
              origin={**MSC, **named, **account}, destination={**CENTRE, **named, **account},
              response={"map_error": "systemFailure", "given": False}),
]
# The part that completes the lure asks for an operation that nobody knows. An answer that is no Reject stays.
blocked = from_centre(mt_begin(deliver(second, "447700900123", concatenation(7, 2, 2)), otid="00000003", operation=127), tsn=3)
case(__file__, frames, events, out=[*frames[:2], blocked, frames[3]])
