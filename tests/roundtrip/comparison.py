"""Compares the events of a replay with the truth that the generator wrote beside its capture."""
import collections
import json
import struct
from datetime import datetime, timedelta, timezone

# What Tollgate concludes from a message beyond what the generator put into it, or knows from its configuration.
# Whatever else an event has, the truth must have too. `*` is one name.
DERIVED = frozenset({
    "id", "time", "link", "route", "urls", "labels", "verdict",
    "origin.country", "origin.operator",
    "destination.country", "destination.operator",
    "service_centre.country", "service_centre.operator",
    "map.network_node.country", "map.additional_node.country", "map.other_address.country",
    "sender.number", "sender.country", "sender.operator",
    "recipient.number", "recipient.country", "recipient.operator",
})
ABSENT = "(absent)"


def read_lines(path):
    with open(path, encoding="utf-8", errors="strict") as lines:
        return [json.loads(line) for line in lines]


def fields(value, path=()):
    """The leaves of an object: (path, value)."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from fields(inner, (*path, key))
    else:
        yield ".".join(path), value


def differences(truth, event):
    """(field, in the truth, in the event) of each field that differs."""
    wanted, got = dict(fields(truth)), dict(fields(event))
    for name in [*wanted, *(name for name in got if name not in wanted and name not in DERIVED)]:
        pair = wanted.get(name, ABSENT), got.get(name, ABSENT)
        # 1 == True and 1 == 1.0 in Python, not in JSON.
        if pair[0] != pair[1] or type(pair[0]) is not type(pair[1]):
            yield name, *pair


def place(line):
    return line["frame"], line["item"]


def unpaired(truth, events):
    """Places in the one that are not in the other, and lines out of order."""
    wanted, got = collections.Counter(map(place, truth)), collections.Counter(map(place, events))
    for at in sorted((wanted - got).keys()):
        yield f"frame {at[0]} item {at[1]}: in the truth, no event: {next(t for t in truth if place(t) == at)}"
    for at in sorted((got - wanted).keys()):
        yield f"frame {at[0]} item {at[1]}: an event, not in the truth: {next(e for e in events if place(e) == at)}"
    if wanted == got:
        for t, e in zip(truth, events):
            if place(t) != place(e):
                yield f"frame {place(t)[0]} item {place(t)[1]} comes before frame {place(e)[0]} item {place(e)[1]}"
                return


def packet_times(path):
    """The time of each packet of a pcap file, as events write it."""
    with open(path, "rb") as capture:
        content = capture.read()
    magic = struct.unpack_from("<I", content)[0]
    per_microsecond = {0xA1B2C3D4: 1, 0xA1B23C4D: 1000}[magic]
    start = datetime(1970, 1, 1, tzinfo=timezone.utc)
    times, at = [], 24
    while at < len(content):
        seconds, fraction, captured, _ = struct.unpack_from("<IIII", content, at)
        time = start + timedelta(seconds=seconds, microseconds=fraction // per_microsecond)
        times.append(time.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
        at += 16 + captured
    return times


def wrong_derived(event, times):
    """Of the derived fields those that follow at once from the capture: (field, expected, in the event)."""
    if event["time"] != times[event["frame"] - 1]:
        yield "time", times[event["frame"] - 1], event["time"]
    for role in ("sender", "recipient"):
        address = event.get(role)
        if address is None or not address["address"].isdecimal():
            continue
        # E.164 6.1: an international number has at most 15 digits and does not begin with 0.
        digits = address["address"]
        if address["type"] == "international" and len(digits) <= 15 and digits[0] != "0":
            if address.get("number") != digits:
                yield f"{role}.number", digits, address.get("number", ABSENT)


def damaged_counts(lines):
    return dict(collections.Counter(f"{line['layer']}.{line['reason']}" for line in lines))


UNREAD = ("unread_mtp3_variant", "unread_ansi_tcap")


def unread_counts(lines):
    return collections.Counter(line["count"] for line in lines if line["kind"] == "unread")


def compare(truth_path, events_path, capture_path, summary):
    """All that is wrong with a replay, as lines to read: empty where nothing is."""
    lines, events = read_lines(truth_path), read_lines(events_path)
    truth = [line for line in lines if line["kind"] not in ("damaged", "unread")]
    yield from unpaired(truth, events)
    by_place = {place(line): line for line in truth}
    times = packet_times(capture_path)
    for event in events:
        line = by_place.get(place(event))
        found = [] if line is None else list(differences(line, event))
        for name, wanted, got in [*found, *wrong_derived(event, times)]:
            what = f"{event['protocol']} {event.get('operation', '?')} {event['component']}"
            yield f"frame {event['frame']} item {event['item']} ({what}): {name} is {got!r}, the truth {wanted!r}"
    repeated = [i for i, n in collections.Counter(event["id"] for event in events).items() if n > 1]
    yield from (f"the id {i} is not unique" for i in repeated)
    wanted, got = damaged_counts([line for line in lines if line["kind"] == "damaged"]), summary["errors"]
    for name in sorted({*wanted, *got}):
        if wanted.get(name, 0) != got.get(name, 0):
            yield f"{name} is counted {got.get(name, 0)} times, in the truth are {wanted.get(name, 0)}"
    wanted, got = unread_counts(lines), summary["counts"]
    for name in sorted({*UNREAD, *wanted}):
        if wanted[name] != got.get(name, 0):
            yield f"{name} is {got.get(name, 0)}, in the truth are {wanted[name]}"
