#!/usr/bin/env python3
"""What analysts ask of the messages that a running appliance has seen. Its packets come from captures, by DPDK's net_pcap.
Environment: TOLLGATE, the program."""
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
sys.path.insert(0, str(SOURCE / "tests/cases"))
import tap
import wire

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
CHARGED = SOURCE / "tests/cases/smpp-charged/rules"
# Of SMPP, one that is charged, and one that is not; of MAP.
TEXTS = ["zebra notice 7391", "giraffe 8402", "tapir 9513"]
NUMBERS = ["447700900123", "447700900777", "447700900888", "447700900555"]
MASKED = ["*" * 10 + number[-2:] for number in NUMBERS]


def feed():
    sends = ((2, TEXTS[0], "ACME", NUMBERS[0]), (3, TEXTS[1], NUMBERS[1], NUMBERS[2]))
    frames = wire.bound(*(("esme", wire.short_message(4, *send)) for send in sends))
    return frames + [wire.from_centre(wire.mt_begin(wire.deliver(TEXTS[2], NUMBERS[3])))]


class LocalConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self.path)


class WithAppliance(unittest.TestCase):
    """It has judged the feed when a test begins."""
    EVENTS = ""
    CONTROL = ""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "in.pcap").write_bytes(wire.pcap(feed()))
        (self.folder / "nothing.pcap").write_bytes(wire.pcap([wire.SOMETHING]))
        shutil.copytree(CHARGED, self.folder / "rules")
        self.call("account", "import", self.folder / "rules/accounts.yaml", "--ledger", self.folder / "ledger.db")
        self.configure()
        self.start()

    def configure(self):
        def device(number, capture):
            return f"'net_pcap{number},rx_pcap={self.folder}/{capture},tx_pcap={self.folder}/tx{number}.pcap'"
        (self.folder / "tollgate.yaml").write_text(
            "version: 1\nstate: state\nrules: rules\nhome: {country: GB, number: {international_prefix: '00', national_prefix: '0'}}\n"
            f"links: [{{name: a, outside: {device(0, 'in.pcap')}, inside: {device(1, 'nothing.pcap')}, route: international}}]\n"
            f"ledger: {{sqlite: ledger.db, appliance: here}}\nevents: {{file: events.jsonl{self.EVENTS}}}\ncontrol: {{{self.CONTROL}}}\n")

    def call(self, *words, status=0):
        run = subprocess.run([TOLLGATE, *map(str, words)], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stdout

    def log(self):
        return (self.folder / "log").read_text()

    def start(self):
        with open(self.folder / "log", "wb") as out:
            self.process = subprocess.Popen([TOLLGATE, "run", "-c", "tollgate.yaml"], cwd=self.folder, stdout=out, stderr=out,
                                            env=os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")})
        self.addCleanup(self.process.wait)
        self.addCleanup(lambda: self.process.poll() is None and self.process.kill())
        self.wait_for(lambda: "ready" in self.log() or self.process.poll() is not None)
        if "is its name right" in self.log():
            self.skipTest("DPDK has no driver net_pcap here")
        self.assertIsNone(self.process.poll(), self.log())
        self.wait_for(lambda: len(self.written()) == len(TEXTS))

    def written(self):
        return [json.loads(line) for line in (self.folder / "events.jsonl").read_text().splitlines()]

    def wait_for(self, what, seconds=30):
        until = time.monotonic() + seconds
        while not (found := what()):
            self.assertLess(time.monotonic(), until, self.log())
            time.sleep(0.02)
        return found

    def ask(self, method, path, body=None, status=200, **query):
        connection = LocalConnection(self.folder / "state/control")
        self.addCleanup(connection.close)
        query = "?" + urllib.parse.urlencode(query) if query else ""
        connection.request(method, path + query, None if body is None else json.dumps(body))
        answer = connection.getresponse()
        octets = answer.read()
        self.assertEqual(answer.status, status, octets)
        return json.loads(octets)


class EventsTest(WithAppliance):
    def test_they_are_those_of_the_file(self):
        answer = self.ask("GET", "/v1/events")
        self.assertEqual([event.pop("seq") for event in answer["events"]], [1, 2, 3])
        self.assertEqual(answer["events"], self.written())
        self.assertEqual((answer["last"], answer["missed"]), (3, 0))
        self.assertEqual([event["frame"] for event in self.ask("GET", "/v1/events", after=2)["events"]],
                         [self.written()[2]["frame"]])
        self.assertEqual(self.ask("GET", "/v1/events", after=3)["events"], [])

    def test_they_have_no_text_and_no_number(self):
        text = json.dumps(self.ask("GET", "/v1/events"))
        for secret in TEXTS + NUMBERS:
            self.assertNotIn(secret, text)
        self.assertIn(MASKED[0], text)

    def test_they_can_be_filtered(self):
        def frames(**query):
            return [event["frame"] for event in self.ask("GET", "/v1/events", **query)["events"]]
        charged, passed, of_map = [event["frame"] for event in self.written()]
        self.assertEqual(frames(verdict="charge"), [charged])
        self.assertEqual(frames(label="a2p"), [charged])
        self.assertEqual(frames(account="acme-ltd"), [charged, passed])
        self.assertEqual(frames(sender="ACME"), [charged])
        self.assertEqual(frames(sender="none"), [])
        self.ask("GET", "/v1/events", status=400, verdict="stopped")


class TextsInEventsTest(WithAppliance):
    EVENTS = ", text: all, numbers: full"

    def test_they_are_those_of_the_file(self):
        shown = self.ask("GET", "/v1/events")["events"]
        self.assertEqual([event["text"] for event in shown], TEXTS)
        self.assertEqual(shown[0]["recipient"]["number"], NUMBERS[0])


if __name__ == "__main__":
    tap.main()
