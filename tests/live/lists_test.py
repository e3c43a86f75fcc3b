#!/usr/bin/env python3
"""Entries of lists are changed while messages pass: the next message is judged so, also after a restart, a kill and new rules,
and until the second that was said.

Environment: TOLLGATE, the program."""
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]
import tap
import topology
from appliance import BLOCKED_STATUS, TOLLGATE, Appliance, wait_for

PORT = 2775
RULES = ("- {id: 1, name: Number, labels: [scam], when: {recipient.number: '@numbers'}}\n"
         "- {id: 2, name: Host, labels: [scam], when: {url.host: '@hosts'}}\n")
ONE, OTHER = "447700900111", "447700900222"


@unittest.skipIf(topology.cannot(), topology.cannot())
class ListsTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.network = topology.Topology()
        self.addCleanup(self.network.close)
        self.appliance = Appliance(self.network, self.folder)
        self.rules = self.folder / "rules"
        (self.rules / "rules.yaml").write_text(RULES)
        (self.rules / "lists").mkdir()
        (self.rules / "lists/numbers.txt").write_text("# type: number\n")
        (self.rules / "lists/hosts.txt").write_text("# type: host\nevil.example\n")
        self.appliance.start()
        self.peer(self.network.server, "centre", "0.0.0.0", "listening")
        self.esme = self.peer(self.network.client, "esme", self.network.address("server"), "bound")

    def peer(self, space, who, address, ready):
        process = self.network.start(space, [sys.executable, HERE / "smpp_one_by_one.py", who, address, PORT],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdin.close)
        self.assertEqual(process.stdout.readline(), ready + "\n")
        return process

    def is_blocked(self, to, text="hello"):
        """Whether a message that is sent now is."""
        self.esme.stdin.write(f"{to} {text}\n")
        self.esme.stdin.flush()
        status = int(self.esme.stdout.readline())
        self.assertIn(status, (0, BLOCKED_STATUS))
        return status == BLOCKED_STATUS

    def list(self, *words):
        done = subprocess.run([TOLLGATE, "list", *map(str, words), "-c", self.folder / "tollgate.yaml"], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def restart(self, number):
        self.appliance.stop(number)
        before = self.appliance.said().count("ready")
        self.appliance.start(wait=False)
        wait_for("tollgate says that it is ready", 15, lambda: self.appliance.said().count("ready") > before)

    def test_the_next_message_is_judged_by_it_and_what_comes_after_is_too(self):
        self.assertFalse(self.is_blocked(ONE))
        self.list("add", "numbers", ONE)
        self.assertTrue(self.is_blocked(ONE))
        self.assertFalse(self.is_blocked(OTHER))
        for number in (signal.SIGTERM, signal.SIGKILL):
            self.restart(number)
            self.assertTrue(self.is_blocked(ONE))
            self.assertFalse(self.is_blocked(OTHER))
        (self.rules / "rules.yaml").write_text(RULES.replace("Number", "Another"))
        self.appliance.process.send_signal(signal.SIGHUP)
        wait_for("new rules", 30, lambda: "are in force now" in self.appliance.said())
        self.assertTrue(self.is_blocked(ONE))
        self.list("remove", "numbers", ONE)
        self.assertFalse(self.is_blocked(ONE))
        self.restart(signal.SIGKILL)
        self.assertFalse(self.is_blocked(ONE))

    def test_an_entry_of_the_rules_is_taken_out_and_put_back(self):
        link = "see http://www.evil.example/x"
        self.assertTrue(self.is_blocked(ONE, link))
        self.list("remove", "hosts", "evil.example")
        self.assertFalse(self.is_blocked(ONE, link))
        self.restart(signal.SIGTERM)
        self.assertFalse(self.is_blocked(ONE, link))
        self.list("add", "hosts", "evil.example")
        self.assertTrue(self.is_blocked(ONE, link))

    def test_an_entry_ends_to_the_second(self):
        until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 4))
        self.list("add", "numbers", ONE, "--until", until)
        self.assertTrue(self.is_blocked(ONE))
        wait_for("the entry ends", 60, lambda: not self.is_blocked(ONE))
        self.appliance.stop()
        seconds = len("2026-12-01T00:00:00")
        verdicts = [(event["time"][:seconds] < until[:seconds], event["verdict"]) for event in self.appliance.events()]
        self.assertGreater(len(verdicts), 1)
        for before, verdict in verdicts:
            self.assertEqual(verdict, "block" if before else "pass")


if __name__ == "__main__":
    tap.main()
