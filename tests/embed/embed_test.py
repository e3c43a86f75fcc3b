#!/usr/bin/env python3
"""A program that has the engine in it gives what `tollgate replay` gives. Environment: TOLLGATE, TOLLGATE_HOST."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import tap

TOLLGATE, HOST = os.environ["TOLLGATE"], os.environ["TOLLGATE_HOST"]
CASES = SOURCE / "tests/cases"


class EmbedTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tollgate-embed-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.environment = os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")}

    def run_host(self, config, capture):
        return subprocess.run([HOST, config, capture, self.folder / "host.pcap"], capture_output=True, text=True,
                              timeout=60, env=self.environment)

    def test_the_cases_come_out_as_in_a_replay(self):
        """But for those with accounts: the library charges nobody."""
        cases = sorted(path.parent for path in CASES.glob("*/tollgate.yaml")
                       if not (path.parent / "arguments").exists() and not (path.parent / "rules/accounts.yaml").exists())
        self.assertGreater(len(cases), 2)
        for case in cases:
            with self.subTest(case.name):
                # With texts and numbers, as replay shows them.
                config = self.folder / "tollgate.yaml"
                text = re.sub(r"(?m)^rules: ", f"rules: {case}/", (case / "tollgate.yaml").read_text())
                # A program finds them beside itself, and these are beside the other one.
                text = text.replace("plugins: {", f"plugins: {{folder: {pathlib.Path(TOLLGATE).parent}/plugins, ")
                config.write_text(text +
                                  "\nevents: {text: all, numbers: full}\n")
                hosted = self.run_host(config, case / "in.pcap")
                self.assertEqual((hosted.returncode, hosted.stderr), (0, ""))
                replay = subprocess.run([TOLLGATE, "replay", case / "in.pcap", "-c", config, "--out", self.folder / "replay.pcap",
                                         "--events", self.folder / "events.jsonl"], capture_output=True, text=True, timeout=60,
                                        env=self.environment)
                self.assertEqual(replay.returncode, 0, replay.stderr)
                plain = lambda lines: [without_spans(json.loads(line)) for line in lines]
                self.assertEqual(plain(hosted.stdout.splitlines()), plain((self.folder / "events.jsonl").read_text().splitlines()))
                self.assertEqual((self.folder / "host.pcap").read_bytes(), (self.folder / "replay.pcap").read_bytes())

    def test_what_is_wrong_is_told(self):
        config = self.folder / "tollgate.yaml"
        config.write_text("version: 1\nhome: {country: Atlantis}\n")
        hosted = self.run_host(config, CASES / "smpp-gap/in.pcap")
        self.assertEqual(hosted.returncode, 1)
        self.assertIn(f"{config}:2:", hosted.stderr)
        self.assertIn("Atlantis", hosted.stderr)


def without_spans(event):
    """Replay looks for them afterwards."""
    for rule in event.get("rules", []):
        rule.pop("spans", None)
    return event


if __name__ == "__main__":
    tap.main()
