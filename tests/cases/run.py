#!/usr/bin/env python3
"""Replays every case and compares what comes out. Environment: TOLLGATE, the program. See README.md."""
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import unittest

CASES = pathlib.Path(__file__).resolve().parent
SOURCE = CASES.parents[1]
sys.path.insert(0, str(SOURCE / "tests/support"))
import second_reader
import tap

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


class Case(unittest.TestCase):
    def __init__(self, folder):
        super().__init__("replay")
        self.folder = folder
        self.maxDiff = None
        self._testMethodName = folder.name  # its name in the report

    def __getattr__(self, name):
        return self.replay if name == self.folder.name else super().__getattribute__(name)

    def replay(self):
        with tempfile.TemporaryDirectory(prefix="tollgate-case-") as out:
            out = pathlib.Path(out)
            self.made_files_are_up_to_date(out)
            first = self.run_once(out)
            self.assertEqual(first, self.run_once(out), "a second replay gives other events")

    def made_files_are_up_to_date(self, out):
        made = out / "made"
        made.mkdir()
        subprocess.run([sys.executable, self.folder / "make.py", made], check=True)
        for path in made.iterdir():
            kept = self.folder / path.name
            self.assertTrue(kept.exists() and kept.read_bytes() == path.read_bytes(), f"{path.name}: run make.py")

    def faults(self, capture):
        return {fault for _, fault in second_reader.faults(capture)}

    def run_once(self, out):
        command = [TOLLGATE, "replay", "in.pcap", "--out", out / "out.pcap", "--events", out / "events.jsonl", "--json"]
        if (self.folder / "arguments").exists():
            command += shlex.split((self.folder / "arguments").read_text())
        if (self.folder / "tollgate.yaml").exists():
            command += ["-c", "tollgate.yaml"]
        environment = os.environ | {"XDG_CACHE_HOME": str(out / "cache")}
        run = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60)
        self.assertEqual((run.returncode, run.stderr), (0, ""))

        events = lines(out / "events.jsonl")
        ids = [event.pop("id") for event in events]
        self.assertEqual(len(set(ids)), len(ids), "two events have the same id")
        self.assertEqual([f"{int(i, 16):032x}" for i in ids], ids, "an id is 128 bits in hex")
        rulesets = {event.pop("ruleset") for event in events if "ruleset" in event}
        self.assertLessEqual(len(rulesets), 1, "one ruleset judges all")
        for name in rulesets:
            self.assertRegex(name, "^[0-9a-f]{16}$")
        expected = lines(self.folder / "events.jsonl")
        for i, (found, wanted) in enumerate(zip(events, expected)):
            self.assertEqual(found, wanted, f"event {i + 1}")
        self.assertEqual(events[len(expected):], [], "more events than expected")
        self.assertEqual(expected[len(events):], [], "fewer events than expected")

        wanted_out = next(p for p in (self.folder / "out.pcap", self.folder / "in.pcap") if p.exists())
        self.assertTrue((out / "out.pcap").read_bytes() == wanted_out.read_bytes(), f"the capture is not {wanted_out.name}")

        if (self.folder / "out.pcap").exists():
            faults = self.faults(out / "out.pcap") - {second_reader.UNASSIGNED_OPERATION}
            if faults:  # they may have come so
                faults -= self.faults(self.folder / "in.pcap")
            wanted = self.folder / "faults"
            self.assertEqual(faults, set(wanted.read_text().splitlines()) if wanted.exists() else set(), "what tshark finds")
        if (self.folder / "counts.json").exists():
            summary = json.loads(run.stdout)
            found = summary["counts"] | summary["errors"]
            for name, wanted in json.loads((self.folder / "counts.json").read_text()).items():
                self.assertEqual(found.get(name, 0), wanted, name)
        return ids, events


def load_tests(_loader, _tests, _pattern):
    chosen = sys.argv[1:] or sorted(path.parent.name for path in CASES.glob("*/make.py"))
    return unittest.TestSuite(Case(CASES / name) for name in chosen)


if __name__ == "__main__":
    tap.main()
