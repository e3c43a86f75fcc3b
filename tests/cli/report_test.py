#!/usr/bin/env python3
"""`tollgate report` of a running appliance, and /v1/report, against the appliance's own events. Its packets come from captures, by
DPDK's net_pcap. Environment: TOLLGATE, the program."""
import collections
import contextlib
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socketserver
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
sys.path.insert(0, str(SOURCE / "tests/cases"))
import tap
import wire

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
CHARGED = SOURCE / "tests/cases/smpp-charged/rules"
SENDERS = ["ACME", "ACME", "447700900777", "447700900778", "Brand"]


def feed():
    """Messages of SMPP, of which those with `notice` are charged, and one of MAP."""
    sends = [(2 + i, f"{'notice' if i % 2 == 0 else 'hello'} {i}", sender, f"44770090010{i}") for i, sender in enumerate(SENDERS)]
    frames = wire.bound(*(("esme", wire.short_message(4, *send)) for send in sends))
    return frames + [wire.from_centre(wire.mt_begin(wire.deliver("hello", "447700900555")))]


class ReportTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "in.pcap").write_bytes(wire.pcap(feed()))
        (self.folder / "nothing.pcap").write_bytes(wire.pcap([wire.SOMETHING]))
        shutil.copytree(CHARGED, self.folder / "rules")
        self.events, self.config = self.folder / "events.jsonl", self.folder / "tollgate.yaml"

    def write_config(self, reports=""):
        def device(number, capture):
            return f"'net_pcap{number},rx_pcap={self.folder}/{capture},tx_pcap={self.folder}/tx{number}.pcap'"
        self.config.write_text(
            f"version: 1\nstate: {self.folder}/state\nrules: rules\n"
            "home: {country: GB, number: {international_prefix: '00', national_prefix: '0'}, time_zone: Europe/London}\n"
            f"links: [{{name: a, outside: {device(0, 'in.pcap')}, inside: {device(1, 'nothing.pcap')}, route: international}}]\n"
            f"ledger: {{sqlite: {self.folder}/ledger.db, appliance: here}}\n"
            f"events: {{file: {self.events}, numbers: full}}\n{reports}")

    def call(self, *words, status=0):
        done = subprocess.run([TOLLGATE, *map(str, words)], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def start(self):
        if not (self.folder / "ledger.db").exists():
            self.call("account", "import", self.folder / "rules/accounts.yaml", "--ledger", self.folder / "ledger.db")
        (self.folder / "state/worker-1-of-1").unlink(missing_ok=True)  # by which the same packets would come again
        log = self.folder / "log"
        with open(log, "wb") as out:
            process = subprocess.Popen([TOLLGATE, "run", "-c", self.config], stdout=out, stderr=out,
                                       env=os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")})
        self.addCleanup(lambda: process.poll() is None and process.kill())
        self.wait_for(lambda: "ready" in log.read_text() or process.poll() is not None)
        if "is its name right" in log.read_text():
            self.skipTest("DPDK has no driver net_pcap here")
        self.assertIsNone(process.poll(), log.read_text())
        return process

    def wait_for(self, what, seconds=30):
        until = time.monotonic() + seconds
        while not (found := what()):
            self.assertLess(time.monotonic(), until, (self.folder / "log").read_text())
            time.sleep(0.05)
        return found

    def report(self, *words, by):
        """The rows, as dictionaries, by the value of a column."""
        told = json.loads(self.call("report", *words, "--json", "--by", by).stdout)
        names = [column["name"] for column in told["columns"]]
        return {row[names.index(by)]: dict(zip(names, row)) for row in told["rows"]}

    def run_and_count(self, reports=""):
        """Of an appliance that runs: until all its messages stand in reports."""
        self.write_config(reports)
        process = self.start()
        seen = ["-c", self.config, "--since", "2020-01-01"]
        self.wait_for(lambda: sum(row["parts"] for row in self.report("traffic", *seen, by="protocol").values()) >= len(SENDERS) + 1)
        return process, seen

    def test_reports_are_what_the_events_say(self):
        process, seen = self.run_and_count()
        events = [json.loads(line) for line in self.events.read_text().splitlines()]
        events = [event for event in events if event["kind"] == "message"]
        self.assertEqual(len(events), len(SENDERS) + 1)
        for by, of in (("protocol", lambda e: e["protocol"]), ("verdict", lambda e: e["verdict"]), ("policy", lambda e: e["policy"]),
                       ("account", lambda e: e["origin"].get("account", "")), ("operation", lambda e: e["operation"])):
            with self.subTest(by):
                found = {name: row["parts"] for name, row in self.report("traffic", *seen, by=by).items()}
                self.assertEqual(found, collections.Counter(map(of, events)))
        senders = self.report("senders", *seen, by="sender")
        self.assertEqual({name: row["parts"] for name, row in senders.items()},
                         collections.Counter(event["sender"].get("number", event["sender"]["address"]) for event in events))
        charged = sum(event.get("charge", {}).get("amount", 0) for event in events)
        self.assertGreater(charged, 0)
        revenue = self.report("revenue", *seen, by="account")
        self.assertEqual(sum(row["charged"] for row in revenue.values()), charged)
        rules = self.report("rules", *seen, by="rule")
        self.assertEqual({name: row["hits"] for name, row in rules.items() if row["hits"]},
                         collections.Counter(str(rule["id"]) for event in events for rule in event.get("rules", [])))
        listed = json.loads(self.call("rules", "list", "-c", self.config, "--json").stdout)["versions"][0]["rules"]
        self.assertEqual(len(rules), listed, "each rule in force, hit or not")
        page = self.call("report", "senders", *seen, "--html").stdout
        data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1]
        told = json.loads(self.call("report", "senders", *seen, "--json").stdout)
        self.assertEqual({**json.loads(data), "until": None}, {**told, "until": None})
        wrong = next(event for event in events if event.get("rules"))
        self.call("mark", "add", wrong["id"], "--wrong", "false_positive", "-c", self.config)
        marked = {name: row["false_positives"] for name, row in self.report("rules", *seen, by="rule").items() if row["false_positives"]}
        self.assertEqual(marked, {str(rule["id"]): 1 for rule in wrong["rules"]})
        # The file is the same without the appliance, which leaves nothing out when it ends.
        before = self.report("traffic", *seen, by="verdict")
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        from_file = ["--from", self.folder / "state/reports.db", "--since", "2020-01-01"]
        self.assertEqual(self.report("traffic", *from_file, by="verdict"), before)
        self.assertEqual((self.folder / "state/reports.db").stat().st_mode & 0o077, 0)

    def test_a_restart_goes_on_counting(self):
        process, seen = self.run_and_count()
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process = self.start()
        self.wait_for(lambda: sum(row["parts"] for row in self.report("traffic", *seen, by="protocol").values()) == 2 * len(SENDERS) + 2)

    def ends(self, process):
        process.send_signal(signal.SIGTERM)
        process.wait(30)

    def put_aside(self):
        return sorted(path.name for path in (self.folder / "state").glob("reports-*.db"))

    def test_a_file_of_another_time_zone_is_put_aside(self):
        process, seen = self.run_and_count()
        self.ends(process)
        self.config.write_text(self.config.read_text().replace("Europe/London", "Asia/Kolkata"))
        process = self.start()
        self.wait_for(lambda: sum(row["parts"] for row in self.report("traffic", *seen, by="protocol").values()) == len(SENDERS) + 1)
        self.assertEqual(len(self.put_aside()), 1)
        self.assertIn(self.put_aside()[0], (self.folder / "log").read_text())
        rules = self.report("rules", *seen, by="rule")
        listed = json.loads(self.call("rules", "list", "-c", self.config, "--json").stdout)["versions"][0]["rules"]
        self.assertEqual(len(rules), listed, "the new file names the rules, too")
        aside = ["--from", self.folder / "state" / self.put_aside()[0], "--since", "2020-01-01"]
        self.assertEqual(sum(row["parts"] for row in self.report("traffic", *aside, by="protocol").values()), len(SENDERS) + 1)

    def test_a_damaged_file_is_put_aside(self):
        process, seen = self.run_and_count()
        self.ends(process)
        file = self.folder / "state/reports.db"
        with open(file, "r+b") as octets:  # but for the header of the file
            octets.seek(100)
            octets.write(b"\xAA" * (file.stat().st_size - 100))
        process = self.start()
        self.wait_for(lambda: sum(row["parts"] for row in self.report("traffic", *seen, by="protocol").values()) == len(SENDERS) + 1)
        self.assertEqual(len(self.put_aside()), 1)
        self.assertIn("malformed", (self.folder / "log").read_text())

    def test_what_was_counted_waits_while_the_file_cannot_be_written(self):
        self.write_config()
        process = self.start()
        with contextlib.closing(sqlite3.connect(self.folder / "state/reports.db", isolation_level=None)) as another:
            another.execute("BEGIN IMMEDIATE")
            process.send_signal(signal.SIGHUP)  # rules that are read again are named in the file, too
            self.wait_for(lambda: "what reports count waits in memory until it can be written" in (self.folder / "log").read_text(), 60)
            another.execute("ROLLBACK")
        self.wait_for(lambda: "the file of reports can be written again; nothing was lost" in (self.folder / "log").read_text(), 60)
        seen = ["-c", self.config, "--since", "2020-01-01"]
        self.wait_for(lambda: sum(row["parts"] for row in self.report("traffic", *seen, by="protocol").values()) == len(SENDERS) + 1)
        self.assertEqual((self.folder / "log").read_text().count("waits in memory"), 1)

    def test_reports_can_be_off(self):
        self.write_config("reports: off\n")
        self.start()
        told = self.call("report", "traffic", "-c", self.config, status=1)
        self.assertIn("keeps no reports", told.stderr)
        self.assertFalse((self.folder / "state/reports.db").exists())

    def test_text_and_csv_have_the_same_figures(self):
        _, seen = self.run_and_count()
        text = self.call("report", "traffic", *seen, "--by", "protocol").stdout
        self.assertRegex(text, rf"(?m)^smpp +{len(SENDERS)} +{len(SENDERS)} ")
        self.assertRegex(text, rf"(?m)^total +{len(SENDERS) + 1} ")
        csv = self.call("report", "traffic", *seen, "--by", "protocol", "--csv").stdout.splitlines()
        self.assertTrue(csv[0].startswith("protocol,messages,parts,"))
        self.assertIn(["smpp", str(len(SENDERS))], [line.split(",")[:2] for line in csv[1:]])

    def test_who_is_turned_away_for_others_asks_again(self):
        self.write_config()
        (self.folder / "state").mkdir()
        asked = []

        class Appliance(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_response(503 if len(asked) == 1 else 400)
                if len(asked) == 1:
                    self.send_header("Retry-After", "1")
                self.end_headers()
                self.wfile.write(json.dumps({"error": {"what": f"found question {len(asked)}", "expected": "none"}}).encode())

            def log_message(self, *_):
                pass

        class Server(socketserver.UnixStreamServer):
            def get_request(self):
                return super().get_request()[0], ("here", 0)

        with Server(str(self.folder / "state/control"), Appliance) as server:
            threading.Thread(target=server.serve_forever).start()
            try:
                told = self.call("report", "traffic", "-c", self.config, status=2).stderr
            finally:
                server.shutdown()
        self.assertEqual(asked, ["/v1/report?name=traffic"] * 2)
        self.assertIn("found question 2", told)

    def test_what_cannot_be_asked_is_refused_with_the_reason(self):
        self.call("report", status=2)
        self.call("report", "traffic", "--json", "--csv", status=2)
        self.assertIn("/nowhere", self.call("report", "traffic", "--from", "/nowhere/reports.db", status=1).stderr)
        self.write_config()
        self.assertIn("no appliance answers", self.call("report", "traffic", "-c", self.config, status=1).stderr)
        self.assertIn("expected traffic, blocked", self.call("report", "weather", "-c", self.config, status=2).stderr)

    def test_wrong_arguments_are_refused_alike_whoever_is_asked(self):
        self.run_and_count()
        for words, found, expected in (
                (["weather"], "`weather`", "traffic, blocked"),
                (["weather-of-the-last-week"], "`weather-of-the-last-week`", "traffic, blocked"),
                (["traffic", "--by", "colour"], "`colour`", "route, direction"),
                (["traffic", "--by", "route,route"], "`route` twice", "once"),
                (["traffic", "--where", "verdict"], "`verdict`", "verdict=block"),
                (["traffic", "--where", "colour=red"], "`colour`", "route, direction"),
                (["uninspected", "--where", "verdict=block"], "`verdict`", "route or reason"),
                (["traffic", "--since", "yesterday"], "`yesterday`", "2026-11-01"),
                (["traffic", "--until", "2026-02-30"], "`2026-02-30`", "2026-11-01"),
                (["traffic", "--since", "1h", "--until", "2h"], "not before", "earlier"),
                (["traffic", "--step", "fortnightly"], "`fortnightly`", "minute, hour or day"),
                (["traffic", "--top", "0"], "`0`", "a number of 1"),
                (["traffic", "--top", "12345678901"], "`12345678901`", "a number of 1")):
            with self.subTest(words):
                of_appliance = self.call("report", *words, "-c", self.config, status=2)
                of_file = self.call("report", *words, "--from", self.folder / "state/reports.db", status=2)
                self.assertEqual((of_appliance.stdout, of_appliance.stderr), (of_file.stdout, of_file.stderr))
                self.assertRegex(of_file.stderr, f"{re.escape(found)}.*; expected .*{re.escape(expected)}")

    def test_what_only_the_appliance_does_not_take_is_a_wrong_argument_too(self):
        self.run_and_count()
        longest = 2000  # octets of `where`, by the description of the API
        told = self.call("report", "traffic", "--where", f"policy={'x' * longest}", "-c", self.config, status=2)
        self.assertIn("found another value for `where`", told.stderr)


if __name__ == "__main__":
    tap.main()
