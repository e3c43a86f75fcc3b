#!/usr/bin/env python3
"""The command `list` and a running appliance: what it says, keeps and refuses. Environment: TOLLGATE, the program."""
import json
import os
import pathlib
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import tap

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
UNTIL = "2099-01-01T00:00:00Z"
LISTS = {"numbers": "# type: number\n447700900001\n447700900002\n", "hosts": "# type: host\nexample.com\n",
         "prefixes": "# type: prefix\n4477\n", "phrases": "# type: phrase\nfree money\n"}


class ListTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "rules/lists").mkdir(parents=True)
        (self.folder / "state").mkdir()
        (self.folder / "rules/policy.yaml").write_text("- {name: All, then: pass}\n")
        for name, text in LISTS.items():
            self.write_list(name, text)
        self.config = self.folder / "tollgate.yaml"
        self.config.write_text("version: 1\nstate: state\nlinks: [{name: a, outside: net_null0, inside: net_null1}]\nrules: rules\n")
        self.kept = self.folder / "state/lists.json"
        self.log = self.folder / "log"
        self.process = None
        self.addCleanup(self.end)

    def write_list(self, name, text):
        (self.folder / f"rules/lists/{name}.txt").write_text(text)

    def start(self):
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen([TOLLGATE, "run", "-c", self.config], stdout=subprocess.DEVNULL, stderr=out)
        self.wait_for(lambda: "ready" in self.said() or self.process.poll() is not None)
        self.assertIsNone(self.process.poll(), self.said())

    def end(self, number=signal.SIGTERM):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(30)

    def restart(self, number=signal.SIGTERM):
        self.end(number)
        self.start()

    def said(self):
        return self.log.read_text()

    def wait_for(self, what):
        until = time.monotonic() + 30
        while not what():
            self.assertLess(time.monotonic(), until, self.said())
            time.sleep(0.02)

    def list(self, *words, status=0, **more):
        done = subprocess.run([TOLLGATE, "list", *map(str, words), "-c", self.config], capture_output=True, text=True, timeout=60,
                              **more)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout if status == 0 else done.stderr

    def is_in(self, name, value):
        return json.loads(self.list("show", name, value, "--json"))[0]["listed"]

    def entries(self, name):
        return {one["value"]: {key: one[key] for key in one if key != "value"}
                for one in json.loads(self.list("show", name, "--json"))["entries"]}

    def audited(self):
        return [json.loads(line) for line in (self.folder / "state/audit.jsonl").read_text().splitlines()]

    def test_two_appliances_do_not_share_them(self):
        self.config.write_text(self.config.read_text() + "control: {lists: state/lists.json}\n")
        self.start()
        other = self.folder / "other.yaml"
        other.write_text(self.config.read_text().replace("state: state\n", "state: other\n"))
        told = subprocess.run([TOLLGATE, "run", "-c", other], capture_output=True, text=True, timeout=60)
        self.assertEqual(told.returncode, 1, told.stderr)
        self.assertIn("another appliance keeps its lists in ", told.stderr)
        self.list("add", "numbers", "447700900009")
        self.end(signal.SIGKILL)
        self.start()
        self.assertTrue(self.is_in("numbers", "447700900009"))

    def test_wrong_arguments(self):
        for words in ([], ["take"], ["add"], ["add", "numbers"], ["remove", "numbers"], ["expire", "numbers", "1"],
                      ["add", "numbers", "1", "--until", "tomorrow"], ["remove", "numbers", "1", "--until", UNTIL],
                      ["add", "numbers", "1", "--x"]):
            with self.subTest(words=words):
                self.list(*words, status=2)

    def test_without_an_appliance_nothing_is_done(self):
        self.assertIn("no appliance answers", self.list("add", "numbers", "1", status=1))
        self.assertFalse(self.kept.exists())

    def test_entries_are_added_ended_and_taken_out(self):
        self.start()
        self.assertEqual(self.list("add", "@numbers", "+447700900123", "447700900001"),
                         "@numbers: 1 of 2 entries changed\n  447700900001 was in it already\n")
        self.assertTrue(self.is_in("numbers", "447700900123"))
        self.list("expire", "numbers", "447700900123", "447700900002", "--until", UNTIL)
        self.list("remove", "numbers", "447700900001")
        self.assertFalse(self.is_in("numbers", "447700900001"))
        self.assertEqual(self.list("show", "numbers").splitlines(),
                         ["447700900001                   the list's own is taken out",
                          "447700900002                   the list's own ends " + UNTIL,
                          "447700900123                   added until " + UNTIL])
        self.assertIn("447700900009 was no entry of it", self.list("remove", "numbers", "447700900009"))
        self.assertIn("www.example.com was no entry of it, and is found by another", self.list("remove", "hosts", "www.example.com"))
        self.assertRegex(self.list("show"), r"(?m)^@numbers +number +2 entries, 1 added, 2 taken out$")
        first = [line for line in self.audited() if line["what"] == "list.add"][0]
        self.assertEqual(first["before"], {"list": "numbers", "values": {"447700900001": True, "447700900123": False}})
        self.assertEqual(first["after"], {"list": "numbers", "change": "add",
                                          "values": {"447700900001": True, "447700900123": True}})
        self.assertRegex(first["who"], r" \(local, uid \d+\)$")

    def test_a_file_of_values_goes_in_groups(self):
        self.start()
        values = [f"4477{i:08}" for i in range(2500)]
        (self.folder / "values").write_text("# some\n\n" + "\n".join(values) + "\n")
        self.assertEqual(self.list("add", "numbers", "--file", self.folder / "values"), "@numbers: 2500 of 2500 entries changed\n")
        self.assertEqual(sorted(self.entries("numbers")), values)
        self.assertEqual([len(line["after"]["values"]) for line in self.audited() if line["what"] == "list.add"], [1000, 1000, 500])
        self.assertIn("2500 of 2500", self.list("remove", "numbers", "--file", "-", input="\n".join(values)))
        self.assertEqual(self.entries("numbers"), {})

    def test_values_that_cannot_be_are_refused_together(self):
        self.start()
        self.assertIn("`x` is not a number", self.list("add", "numbers", "447700900123", "x", status=1))
        self.assertIn("phrases are compiled", self.list("add", "phrases", "cheap", status=1))
        self.assertIn("no list @none", self.list("add", "none", "1", status=1))
        self.assertIn("is over", self.list("add", "numbers", "1", "--until", "2020-01-01T00:00:00Z", status=1))
        (self.folder / "values").write_text("447700900123,2027-01-01\n")
        self.assertIn("values:1:", self.list("add", "numbers", "--file", self.folder / "values", status=1))
        self.assertEqual(self.entries("numbers"), {})
        self.assertFalse(self.kept.exists())

    def test_what_was_changed_stays_over_a_restart_a_kill_and_a_reload(self):
        self.start()
        self.list("add", "numbers", "447700900123", "--until", UNTIL)
        self.list("remove", "numbers", "447700900001")
        self.assertEqual(stat.S_IMODE(self.kept.stat().st_mode), 0o600)
        expected = {"447700900001": {"own": False}, "447700900123": {"added": UNTIL}}
        for number in (signal.SIGTERM, signal.SIGKILL):
            self.restart(number)
            self.assertEqual(self.entries("numbers"), expected)
            self.assertFalse(self.is_in("numbers", "447700900001"))
        self.write_list("numbers", LISTS["numbers"] + "447700900003\n")
        self.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda: "are in force now" in self.said())
        self.assertEqual([self.is_in("numbers", f"44770090000{i}") for i in (1, 2, 3)], [False, True, True])
        self.assertTrue(self.is_in("numbers", "447700900123"))

    def test_a_list_that_the_rules_have_no_more_is_kept_and_comes_back(self):
        self.start()
        self.list("add", "hosts", "evil.example")
        path = self.folder / "rules/lists/hosts.txt"
        text = path.read_text()
        for change in (path.unlink, lambda: path.write_text("# type: number\n")):
            change()
            self.restart()
            self.assertIn("not in force", self.list("show", "hosts"))
            self.assertIn("evil.example", self.list("show", "hosts"))
            self.assertRegex(self.list("show"), r"(?m)^@hosts +host .*; not in force")
            self.list("add", "hosts", "other.example", status=1)
        path.write_text(text)
        self.restart()
        self.assertTrue(self.is_in("hosts", "www.evil.example"))

    def test_a_damaged_file_is_kept_aside_and_told(self):
        self.start()
        self.list("add", "numbers", "447700900123")
        self.end()
        torn = self.kept.read_text()[:-20]
        self.kept.write_text(torn)
        self.start()
        self.assertIn("NOT in force", self.said())
        self.assertNotIn("447700900123", self.said())
        self.assertFalse(self.is_in("numbers", "447700900123"))
        (aside,) = self.kept.parent.glob("lists.json.damaged-*")
        self.assertEqual(aside.read_text(), torn)
        self.list("add", "numbers", "447700900124")
        self.restart()
        self.assertEqual(list(self.entries("numbers")), ["447700900124"])

    def test_what_cannot_be_kept_is_not_done(self):
        self.start()
        self.kept.with_name("lists.json.part").mkdir()
        self.assertIn("cannot be kept", self.list("add", "numbers", "447700900123", status=1))
        self.assertFalse(self.is_in("numbers", "447700900123"))
        self.assertEqual([line["what"] for line in self.audited()][-2:], ["list.add", "list.add.failed"])

    def test_the_configuration_names_the_file(self):
        self.config.write_text(self.config.read_text() + "control: {lists: other.json}\n")
        self.start()
        self.list("add", "prefixes", "4478")
        self.assertIn('"4478":{"added":true}', (self.folder / "other.json").read_text())


if __name__ == "__main__":
    tap.main()
