#!/usr/bin/env python3
"""What a running appliance leaves on the disk: no text, no number, but where that is asked for; pseudonyms; and what it removes
when records are old. Its packets come from captures, by DPDK's net_pcap. Environment: TOLLGATE, the program."""
import base64
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
sys.path.insert(0, str(SOURCE / "tests/cases"))
import tap
import wire

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
CHARGED = SOURCE / "tests/cases/smpp-charged/rules"
# Each stands in one message of the feed. `notice` is what the rules charge for.
TEXTS = ["zebra notice 7391", "giraffe 8402", "tapir 9513"]
NUMBERS = ["447700900123", "447700900777", "447700900888", "447700900555", wire.IMSI]
KEY = bytes(range(32))


def pseudonym(number):
    """Without any of our code."""
    digest = hashlib.blake2b(number.encode(), key=KEY, digest_size=16).digest()
    return "~" + base64.b32encode(digest).decode().lower()[:20]


def feed():
    """A message that is charged, one that is not, and one of MAP."""
    sends = ((2, TEXTS[0], "ACME", NUMBERS[0]), (3, TEXTS[1], NUMBERS[1], NUMBERS[2]))
    frames = wire.bound(*(("esme", wire.short_message(4, *send)) for send in sends))
    return frames + [wire.from_centre(wire.mt_begin(wire.deliver(TEXTS[2], NUMBERS[3])))]


def ways_to_write_a_text(text):
    yield "ASCII", text.encode()
    yield "UCS2", text.encode("utf-16-be")
    yield "septets", wire.septets(text)
    yield "hexadecimal", text.encode().hex().encode()


def ways_to_write_a_number(number):
    yield "digits", number.encode()
    yield "semi-octets", wire.swapped(number)
    yield "octets", bytes(int(digit) for digit in number)


class PrivacyTest(unittest.TestCase):
    def setUp(self):
        self.input = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.left = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        for folder in (self.input, self.left):
            self.addCleanup(shutil.rmtree, folder)
        (self.input / "in.pcap").write_bytes(wire.pcap(feed()))
        (self.input / "nothing.pcap").write_bytes(wire.pcap([wire.SOMETHING]))
        (self.input / "key").write_text(KEY.hex() + "\n")
        (self.input / "key").chmod(0o600)
        shutil.copytree(CHARGED, self.input / "rules")
        (self.left / "cdr").mkdir()
        self.events = self.left / "events.jsonl"
        self.audit = self.left / "audit.jsonl"
        self.config = self.input / "tollgate.yaml"

    def call(self, *words):
        return subprocess.run([TOLLGATE, *map(str, words)], capture_output=True, text=True, timeout=60, check=True)

    def write_config(self, events="", more=""):
        def device(number, capture):
            return f"'net_pcap{number},rx_pcap={self.input}/{capture},tx_pcap={self.input}/tx{number}.pcap'"
        self.config.write_text(
            f"version: 1\nstate: {self.left}/state\nrules: rules\n"
            "home: {country: GB, number: {international_prefix: '00', national_prefix: '0'}}\n"
            f"links: [{{name: a, outside: {device(0, 'in.pcap')}, inside: {device(1, 'nothing.pcap')}, route: international}}]\n"
            f"ledger: {{sqlite: {self.left}/ledger.db, appliance: here, cdr: {{folder: {self.left}/cdr}}}}\n"
            f"control: {{audit: {self.audit}}}\nevents: {{file: {self.events}{events}}}\n{more}")

    def start(self):
        log = self.left / "log"
        with open(log, "wb") as out:
            process = subprocess.Popen([TOLLGATE, "run", "-c", self.config], stdout=out, stderr=out,
                                       env=os.environ | {"XDG_CACHE_HOME": str(self.input / "cache")})
        self.addCleanup(lambda: process.poll() is None and process.kill())
        self.wait_for(lambda: "run: ready" in log.read_text() or process.poll() is not None)
        if "is its name right" in log.read_text():
            self.skipTest("DPDK has no driver net_pcap here")
        self.assertIsNone(process.poll(), log.read_text())
        return process

    def run_the_feed(self, how=signal.SIGTERM):
        if not (self.left / "ledger.db").exists():
            self.call("account", "import", self.input / "rules/accounts.yaml", "--ledger", self.left / "ledger.db")
        (self.left / "state/worker-1-of-1").unlink(missing_ok=True)  # by which the same packets would come again
        process = self.start()
        self.wait_for(lambda: self.events.read_text().count("\n") == len(TEXTS))
        process.send_signal(how)
        process.wait(30)
        return [json.loads(line) for line in self.events.read_text().splitlines()]

    def wait_for(self, what, seconds=30):
        until = time.monotonic() + seconds
        while not (found := what()):
            self.assertLess(time.monotonic(), until, (self.left / "log").read_text())
            time.sleep(0.02)
        return found

    def test_the_log_quotes_lists_without_their_numbers(self):
        (self.input / "rules/lists").mkdir(exist_ok=True)
        (self.input / "rules/lists/stop.txt").write_text("# type: number\n447700900999\n447700900999\n")
        self.write_config()
        self.run_the_feed()
        log = (self.left / "log").read_text()
        self.assertIn("stop.txt:3:1: warning: `**********99` stands above already", log)
        self.assertNotIn("447700900999", log)

    def places(self, all_ways):
        """What is found in which file: pairs. Not looked at is the memory of connections, which belongs in memory: it has the
        octets that their receivers have not acknowledged, as nobody does here."""
        found = set()
        for path in self.left.rglob("*"):
            if path.is_file() and path.name != "worker-1-of-1":
                octets = path.read_bytes()
                found |= {(path.name, f"{what} in {way}") for what, way, pattern in all_ways if pattern in octets}
        return found

    def places_of_texts(self):
        return self.places([(text, *way) for text in TEXTS for way in ways_to_write_a_text(text)])

    def places_of_numbers(self):
        return self.places([(number, *way) for number in NUMBERS for way in ways_to_write_a_number(number)])

    def test_nothing_that_is_left_has_a_text_or_a_number(self):
        for how in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(how.name):
                self.write_config()
                events = self.run_the_feed(how)
                self.assertEqual([event["verdict"] for event in events], ["charge", "pass", "pass"])
                names = {path.name for path in self.left.rglob("*")}
                self.assertLessEqual({"ledger.db", "audit.jsonl", "worker-1-of-1", "charges-1"}, names)
                self.assertEqual(self.places_of_texts(), set())
                self.assertEqual(self.places_of_numbers(), set())
                self.events.unlink()

    def test_what_is_asked_for_stands_in_the_events_and_senders_in_reports(self):
        self.write_config(", text: all, numbers: full")
        self.run_the_feed()
        self.assertEqual(self.places_of_texts(), {("events.jsonl", f"{text} in ASCII") for text in TEXTS})
        senders = {("reports.db", f"{number} in digits") for number in (NUMBERS[1], NUMBERS[3])}
        self.assertEqual(self.places_of_numbers(), {("events.jsonl", f"{number} in digits") for number in NUMBERS} | senders)

    def test_pseudonyms_are_the_same_in_every_run_and_tell_no_number(self):
        self.write_config(", numbers: pseudonyms, key: key")
        for _ in range(2):
            paid, plain, delivered = self.run_the_feed()
            self.assertEqual(self.places_of_numbers(), set())
            self.assertEqual(paid["recipient"]["number"], pseudonym(NUMBERS[0]))
            self.assertEqual(paid["recipient"]["country"], "GB")
            self.assertEqual(paid["sender"]["address"], "ACME")
            self.assertEqual((plain["sender"]["address"], plain["recipient"]["address"]),
                             (pseudonym(NUMBERS[1]), pseudonym(NUMBERS[2])))
            self.assertEqual((delivered["imsi"], delivered["sender"]["number"]), (pseudonym(wire.IMSI), pseudonym(NUMBERS[3])))
            self.events.unlink()

    def test_a_state_folder_on_a_disk_is_told(self):
        where = subprocess.run(["stat", "-f", "-c", "%T", self.left], capture_output=True, text=True).stdout.strip()
        self.write_config()
        self.run_the_feed()
        self.assertEqual("is on a disk" in (self.left / "log").read_text(), where not in ("tmpfs", "ramfs"))

    def test_old_records_are_removed_with_a_proof(self):
        def event(time):
            return f'{{"id":"{"0" * 32}","time":"{time}"}}\n'
        old, young, now = (time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(time.time() - days * 86400))
                           for days in (40, 20, 0))
        charges = self.left / "cdr/tollgate-here-20200101T000000Z-000001.csv"
        charges.write_text(f"id,time,account\n{'0' * 32},{old},acme\n")
        kept = {"events-20200101T000000Z.jsonl": event(young), "events-20200101T000001Z.jsonl.gz": event(old)}
        kept |= {f"cdr/tollgate-{name}": charges.read_text()
                 for name in ("there-20200101T000000Z-000001.csv", "here-20200101T000000Z-000001.csv.part.old")}
        for name, text in kept.items():
            (self.left / name).write_text(text)
        gone = self.left / "events-20200102T000000Z.jsonl"
        gone.write_text(event(old) * 3)
        self.events.write_text(event(old))  # which is put aside, and removed then or with the next purge
        digest = hashlib.blake2b(gone.read_bytes(), digest_size=32).hexdigest()

        self.write_config(more="retention: {events_days: 30, cdr_days: 30, audit_days: 30}\n")
        process = self.start()
        self.wait_for(lambda: not gone.exists() and not charges.exists())
        process.terminate()
        process.wait(30)
        for name in kept:
            self.assertTrue((self.left / name).exists(), name)
        lines = [json.loads(line) for line in self.audit.read_text().splitlines()]
        removed = {line["before"]["kind"]: line["before"] for line in lines if line["what"] == "retention.removed"
                   and line["before"]["file"] in (gone.name, charges.name)}
        self.assertEqual(removed["events"], {"kind": "events", "file": gone.name, "octets": 3 * len(event(old)), "records": 3,
                                             "first": old[:-4] + "Z", "last": old[:-4] + "Z", "blake2b": digest})
        self.assertEqual((removed["cdr"]["file"], removed["cdr"]["records"]), (charges.name, 1))
        self.assertIn("each as it was written", self.call("audit", "verify", "-c", self.config).stdout)
        aside = f"events-{old[:19].replace('-', '').replace(':', '')}Z.jsonl"
        told = [line["before"]["file"] for line in lines if line["what"] == "retention.removed"]
        self.assertTrue((self.left / aside).exists() or aside in told, "the file of before was put aside")
        self.assertNotIn(old, self.events.read_text())

    def test_old_marks_are_removed_with_a_proof(self):
        self.write_config()
        process = self.start()
        self.wait_for(lambda: self.events.read_text().count("\n") == len(TEXTS))
        found = [json.loads(line)["id"] for line in self.events.read_text().splitlines()][:2]
        for number, event in enumerate(found):
            self.call("mark", "add", event, "--wrong", "false-positive", "--note", f"note {number}", "-c", self.config)
        process.terminate()
        process.wait(30)
        (path,) = self.left.glob("**/marks.db")
        made = (int(time.time()) - 40 * 86400) * 10**9 + 123_000_000
        with contextlib.closing(sqlite3.connect(path)) as marks, marks:
            marks.execute("UPDATE mark SET made_ns = ? WHERE event = ?", (made, found[0]))
            row = marks.execute("SELECT number, event, made_ns, wrong, mark FROM mark WHERE event = ?", (found[0],)).fetchone()
        self.write_config(more="retention: {marks_days: 30}\n")
        process = self.start()
        (line,) = self.wait_for(lambda: [line for line in map(json.loads, self.audit.read_text().splitlines())
                                         if line["what"] == "retention.removed"])
        listed = json.loads(self.wait_for(lambda: (text := self.call("mark", "list", "--json", "-c", self.config).stdout)
                                          and found[0] not in text and text))
        self.assertEqual([mark["event"] for mark in listed["marks"]], [found[1]])
        time_of = time.strftime("%Y-%m-%dT%H:%M:%S.123Z", time.gmtime(made // 10**9))
        digest = hashlib.blake2b((" ".join(map(str, row)) + "\n").encode(), digest_size=32).hexdigest()
        self.assertEqual(line["before"], {"kind": "marks", "records": 1, "first": time_of, "last": time_of, "blake2b": digest})
        self.assertNotIn("note 0", self.audit.read_text())
        process.terminate()
        process.wait(30)
        self.assertIn("each as it was written", self.call("audit", "verify", "-c", self.config).stdout)

    def test_a_clock_that_is_far_ahead_removes_nothing_until_somebody_says_it_is_right(self):
        """By the audit log, whose last line is a year old. A restart says nothing."""
        year_ago = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - 365 * 86400))
        line = json.dumps({"number": 1, "time": year_ago, "who": "tollgate", "role": "admin", "from": "local", "what": "start",
                           "before": None, "after": None, "hash_before": "0" * 64}, separators=(",", ":"))[:-1].encode()
        self.audit.write_bytes(line + b',"hash":"' + hashlib.blake2b(line, digest_size=32).hexdigest().encode() + b'"}\n')
        old = self.left / "events-20200102T000000Z.jsonl"
        old.write_text(f'{{"id":"{"0" * 32}","time":"{year_ago}"}}\n')
        self.write_config(more="retention: {events_days: 30}\n")
        for _ in range(2):
            process = self.start()
            self.wait_for(lambda: "no records are removed for their age" in (self.left / "log").read_text())
            status = json.loads(self.call("status", "-c", self.config).stdout)["retention"]
            self.assertTrue(status["held_up"])
            self.assertIn("clock.json", status["why"])
            self.assertTrue(old.exists())
            process.terminate()
            process.wait(30)
            (self.left / "log").unlink()
        (clock,) = self.left.glob("**/clock.json")
        clock.unlink()
        self.start()
        self.wait_for(lambda: not old.exists())
        self.assertEqual(json.loads(self.call("status", "-c", self.config).stdout)["retention"], {"held_up": False})
        self.assertIn("each as it was written", self.call("audit", "verify", "-c", self.config).stdout)


if __name__ == "__main__":
    tap.main()
