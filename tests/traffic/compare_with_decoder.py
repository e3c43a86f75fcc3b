#!/usr/bin/env python3
"""tollgate reads what tollgate-traffic writes: each event of the truth, field by field, and each damage.

usage: compare_with_decoder.py TOLLGATE_TRAFFIC TOLLGATE
The truth holds what the wire carries; an event may say more (country, labels, verdict), never less.
"""
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

RUNS = [["--mix", "all"], ["--mix", "all", "--rate", "20", "--seed", "2"],
        ["--mix", "sample", "--count", "3000", "--nanoseconds"]]
RUNS += [["--mix", "all", "--link-type", link] for link in ("sll", "sll2", "raw", "mtp2", "mtp3", "sccp")]
LEAST = 400  # events a run


def differences(truth, event, path=""):
    for key, value in truth.items():
        if key not in event:
            yield f"{path}{key} is missing, not {value!r}"
        elif isinstance(value, dict):
            yield from differences(value, event[key], f"{path}{key}.")
        elif event[key] != value:
            yield f"{path}{key} is {event[key]!r}, not {value!r}"


def compare(program, tollgate, options, folder):
    capture, truth, events = folder / "in.pcap", folder / "in.jsonl", folder / "out.jsonl"
    subprocess.run([program, "--out", capture, "--truth", truth, *options], check=True)
    run = subprocess.run([tollgate, "replay", capture, "--events", events, "--all", "--json"], check=True,
                         capture_output=True, text=True)
    expected = [json.loads(line) for line in truth.read_text().splitlines()]
    found = {(e["frame"], e["item"]): e for e in map(json.loads, events.read_text().splitlines())}
    compared = 0
    for line in expected:
        if line["kind"] == "damaged":
            continue
        compared += 1
        event = found.pop((line["frame"], line["item"]), None)
        if event is None:
            yield f"frame {line['frame']}: no event for {line['kind']} {line.get('operation', '')}"
            continue
        for difference in differences(line, event):
            yield f"frame {line['frame']}: {difference}"
    for frame, item in found:
        yield f"frame {frame}: an event that the truth has not"
    if compared < LEAST:
        yield f"only {compared} events"

    damage = collections.Counter(f"{d['layer']}.{d['reason']}" for d in expected if d["kind"] == "damaged")
    counted = json.loads(run.stdout)["errors"]
    if damage != counted:
        yield f"damage is {dict(damage)}, counted {counted}"


def main():
    program, tollgate = sys.argv[1:]
    failed = False
    for options in RUNS:
        with tempfile.TemporaryDirectory() as folder:
            problems = list(compare(program, tollgate, options, pathlib.Path(folder)))
        print(f"{' '.join(options)}: {len(problems)} differences")
        for problem in problems[:10]:
            print(f"    {problem}")
        failed = failed or bool(problems)
    sys.exit(1 if failed else 0)


main()
