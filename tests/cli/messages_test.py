#!/usr/bin/env python3
"""What analysts ask of the messages that a running appliance has seen. Its packets come from captures, by DPDK's net_pcap.
Environment: TOLLGATE, the program."""
import contextlib
import datetime
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
sys.path.insert(0, str(SOURCE / "tests/cases"))
import local_control
import remote_control
import tap
import wire

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
OPENAPI = json.loads((SOURCE / "src/control/openapi.json").read_text())
CHARGED = SOURCE / "tests/cases/smpp-charged/rules"
# Of SMPP, one that is charged, and one that is not; of MAP.
TEXTS = ["zebra notice 7391", "giraffe 8402", "tapir 9513"]
NUMBERS = ["447700900123", "447700900777", "447700900888", "447700900555"]
MASKED = ["*" * 10 + number[-2:] for number in NUMBERS]


def feed():
    sends = ((2, TEXTS[0], "ACME", NUMBERS[0]), (3, TEXTS[1], NUMBERS[1], NUMBERS[2]))
    frames = wire.bound(*(("esme", wire.short_message(4, *send)) for send in sends))
    return frames + [wire.from_centre(wire.mt_begin(wire.deliver(TEXTS[2], NUMBERS[3])))]


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
        return run.stdout if status == 0 else run.stdout + run.stderr

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
        found, answer = local_control.ask(self.folder / "state", method, path, body, **query)
        self.assertEqual(found, status, answer)
        return answer


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


class ExplainTest(WithAppliance):
    CONTROL = "trial_messages: 3"

    def spent(self):
        ledger = json.loads(self.call("account", "show", "acme-ltd", "--ledger", "ledger.db", "--json"))
        return ledger["balance"], ledger["used_this_month"]

    def test_a_message_is_explained_with_its_text_and_its_price(self):
        event = self.written()[0]
        why = self.ask("GET", "/v1/events/explain", id=event["id"])
        self.assertEqual((why["text"], why["recipient"]["number"]), (TEXTS[0], NUMBERS[0]))
        self.assertEqual(why["folded"], [TEXTS[0]])
        for same in ("time", "frame", "labels", "ruleset", "verdict", "policy", "charge"):
            self.assertEqual(why[same], event[same], same)
        (rule,) = why["rules"]
        self.assertEqual((rule["id"], rule["name"], rule["labels"]), (1, "An application's", ["a2p"]))
        self.assertTrue(rule["place"]["file"].endswith("rules.yaml") or rule["place"]["line"] == 1, rule)
        begin = TEXTS[0].index("notice")
        self.assertEqual(rule["spans"], [[begin, begin + len("notice")]])
        self.assertTrue(why["policy_line"]["conditions"]["holds"])
        self.assertEqual((why["price_line"]["amount"], why["price_line"]["fees"]), (50000, {"operator": 12500}))
        line = json.loads((self.folder / "state/audit.jsonl").read_text().splitlines()[-1])
        self.assertEqual((line["what"], line["after"]), ("text.read", {"event": event["id"]}))

    def test_nobody_is_charged_for_it(self):
        event = self.written()[0]
        self.wait_for(lambda: self.spent()[1] == 62500)
        for _ in range(20):
            self.assertEqual(self.ask("GET", "/v1/events/explain", id=event["id"])["charge"]["amount"], 50000)
            self.assertEqual(self.ask("POST", "/v1/try", self.PAID)["charge"]["amount"], 50000)
        self.process.terminate()
        self.assertEqual(self.process.wait(30), 0)
        self.assertEqual(self.spent()[1], 62500)
        self.assertEqual(len(self.written()), len(TEXTS))

    def test_rules_that_changed_since_judge_it(self):
        event = self.written()[0]
        (self.folder / "rules/policy.yaml").write_text("- {name: No zebras, when: {text: zebra}, then: {block: {}}}\n- {name: Rest, then: pass}\n")
        self.ask("POST", "/v1/rules/reload", status=202)
        self.wait_for(lambda: self.ask("GET", "/v1/status")["ruleset"] != event["ruleset"])
        why = self.ask("GET", "/v1/events/explain", id=event["id"])
        self.assertEqual((why["verdict"], why["policy"]), ("block", "No zebras"))
        self.assertNotEqual(why["ruleset"], event["ruleset"])

    def test_what_is_not_kept_is_said_to_be_so(self):
        found = self.ask("GET", "/v1/events/explain", status=404, id="0" * 32)["error"]
        self.assertIn("the last 3", found["what"])
        self.assertIn("trial_messages", found["expected"])
        for bad in ("1", "x" * 32, "0" * 31 + "g"):
            self.ask("GET", "/v1/events/explain", status=400, id=bad)
        self.ask("GET", "/v1/events/explain", status=400)

    PAID = {"text": "a notice", "sender": "ACME", "recipient": "+447700900123", "smpp": {"system_id": "acme"}}

    def test_a_message_is_tried(self):
        tried = self.ask("POST", "/v1/try", self.PAID)
        self.assertEqual((tried["verdict"], tried["policy"], tried["labels"]), ("charge", "Notices", ["a2p"]))
        self.assertEqual(tried["charge"], {"account": "acme-ltd", "tariff": "domestic", "amount": 50000, "currency": "EUR", "fees": 12500})
        self.assertEqual((tried["folded"], tried["rules"][0]["spans"]), (["a notice"], [[2, 8]]))
        self.assertNotIn("id", tried)
        refused = self.ask("POST", "/v1/try", self.PAID | {"sender": "OTHER"})
        self.assertEqual((refused["verdict"], refused["charge"]["refused"]), ("block", "sender_not_registered"))
        self.assertIn("refusal", refused)
        self.assertEqual(self.ask("POST", "/v1/try", {"text": "a notice"})["charge"]["refused"], "no_account")
        self.assertEqual(self.ask("POST", "/v1/try", {"text": "hello"})["verdict"], "pass")

    def test_a_list_that_was_changed_counts_in_what_is_tried(self):
        before = self.ask("POST", "/v1/try", self.PAID)
        (self.folder / "rules/lists/bad.txt").write_text("# type: sender\nEVIL\n")
        (self.folder / "rules/policy.yaml").write_text("- {name: Bad, when: {sender: '@bad'}, then: {block: {}}}\n- {name: Rest, then: pass}\n")
        self.ask("POST", "/v1/rules/reload", status=202)
        self.wait_for(lambda: self.ask("GET", "/v1/status")["ruleset"] != before["ruleset"])
        self.assertEqual(self.ask("POST", "/v1/try", self.PAID)["verdict"], "pass")
        self.ask("POST", "/v1/lists", {"list": "bad", "change": "add", "values": ["ACME"]})
        self.assertEqual(self.ask("POST", "/v1/try", self.PAID)["policy"], "Bad")

    def test_what_cannot_be_tried(self):
        deep = {"text": "x"}
        for _ in range(5):
            deep = {"text": "x", "a": deep}
        for body in ({}, [], "x", {"text": 1}, {"text": None}, {"sender": "ACME"}, {"text": "x", "time": "yesterday"}, deep,
                     {"text": "x", "signals": {"rate": "high"}}, {"text": "x", "signals": [1]}, {"text": "x", "class": 9}):
            with self.subTest(body):
                self.ask("POST", "/v1/try", body, status=400)


class MarkTest(WithAppliance):
    CONTROL = "trial_messages: 3"

    def mark(self, *words, **options):
        return self.call("mark", *words, "-c", "tollgate.yaml", **options)

    def check(self, status):
        return self.call("check", "--rules", "rules", "-c", "tollgate.yaml", status=status)

    def test_a_mark_becomes_a_test_that_check_runs(self):
        event = self.written()[0]
        self.mark("add", event["id"], "--wrong", "false-positive", "--with-text", "--note", "their own bank")
        shown = self.mark("list")
        for word in ("false_positive", "charge", "rules 1", event["id"], TEXTS[0], "their own bank"):
            self.assertIn(word, shown)
        lines = self.mark("tests", "--rule", "1").splitlines()
        self.assertEqual(lines, ["# Rule 1", f'- {{text: "{TEXTS[0]}", sender: "ACME", expect: no match}}'])
        rules = self.folder / "rules/rules.yaml"
        self.assertEqual(rules.read_text().count("\n"), 1)
        wide = '- id: 1\n  name: x\n  labels: [a2p]\n  when: {text: [notice, offer, letter]}\n  tests:\n'
        rules.write_text(wide + "".join(f"    {line}\n" for line in lines))
        self.check(1)
        rules.write_text(rules.read_text().replace("notice, ", ""))
        self.check(0)

    def test_marks_outlive_a_restart_and_can_be_taken_back(self):
        one, other, _ = self.written()
        number = json.loads(self.mark("add", one["id"], "--wrong", "false_positive", "--json"))["mark"]["number"]
        self.mark("add", other["id"], "--wrong", "false_negative", "--rule", "1", "--text", "it's\nhere")
        self.process.terminate()
        self.assertEqual(self.process.wait(30), 0)
        self.start()
        self.mark("remove", number)
        marks = json.loads(self.mark("list", "--json"))
        self.assertEqual([(one["event"], one["text"]) for one in marks["marks"]], [(other["id"], "it's\nhere")])
        self.assertEqual(marks["counts"], [{"rule": 1, "false_positives": 0, "false_negatives": 1}])
        self.assertEqual(self.mark("tests").splitlines()[1], '- {text: "it\'s\\nhere", expect: match}')
        self.mark("remove", number, status=1)

    def test_without_with_text_none_is_kept(self):
        self.mark("add", self.written()[0]["id"], "--wrong", "false_positive")
        octets = (self.folder / "state/marks.db").read_bytes()
        self.assertIn(b"ACME", octets)
        for secret in TEXTS + NUMBERS:
            self.assertNotIn(secret.encode(), octets)

    def test_a_rule_that_should_not_hold_is_one_that_does(self):
        charged, _, _ = self.written()
        said = self.mark("add", charged["id"], "--wrong", "false_positive", "--rule", "99999", status=1)
        self.assertIn("found the rule 99999, which did not hit; expected one that hit: 1", said)
        self.assertEqual(json.loads(self.mark("list", "--json"))["marks"], [])
        self.mark("add", charged["id"], "--wrong", "false_positive", "--rule", "1")
        self.assertIn("rules 1", self.mark("list"))

    def test_a_rule_that_should_hold_is_one_that_there_is(self):
        (self.folder / "rules/rules.yaml").write_text("".join(
            f"- {{id: {number}, name: x, labels: [a2p], state: {state}, when: {{text: notice}}}}\n"
            for number, state in ((5, "enforce"), (6, "shadow"), (7, "draft"))))
        before = self.ask("GET", "/v1/status")["ruleset"]
        _, passed, _ = self.written()
        said = self.mark("add", passed["id"], "--wrong", "false_negative", "--rule", "5", status=1)
        self.assertIn("found the rule 5, which the appliance does not have; expected the id of one that it has, or no rule", said)
        self.ask("POST", "/v1/rules/reload", status=202)
        self.wait_for(lambda: self.ask("GET", "/v1/status")["ruleset"] != before)
        self.assertIn("found the rule 1,", self.mark("add", passed["id"], "--wrong", "false_negative", "--rule", "1", status=1))
        self.assertEqual(json.loads(self.mark("list", "--json"))["marks"], [])
        for rule in (5, 6, 7):
            self.mark("add", passed["id"], "--wrong", "false_negative", "--rule", rule)
            self.assertEqual([mark["rules"] for mark in json.loads(self.mark("list", "--json"))["marks"]], [[rule]])
        self.mark("add", passed["id"], "--wrong", "false_negative")  # none that is named
        self.assertEqual([mark["rules"] for mark in json.loads(self.mark("list", "--json"))["marks"]], [[]])

    def made(self, event, moment):
        """As if the event had been marked then, with its own id as its text."""
        number = json.loads(self.mark("add", event["id"], "--wrong", "false_positive", "--text", event["id"], "--json"))["mark"]["number"]
        with contextlib.closing(sqlite3.connect(self.folder / "state/marks.db")) as marks, marks:
            marks.execute("UPDATE mark SET made_ns = ? WHERE number = ?", (int(moment.timestamp()) * 10**9, number))

    def listed(self, since, config="tollgate.yaml"):
        """The events of the marks that are listed since then, and of those that are printed as tests."""
        words = [f"--since={since}", "-c", config]
        shown = [mark["event"] for mark in json.loads(self.call("mark", "list", "--json", *words))["marks"]]
        tests = self.call("mark", "tests", *words)
        self.assertEqual(shown, [event["id"] for event in self.written() if event["id"] in tests])
        return shown

    def test_since_is_what_reports_take(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        ago = lambda **span: now - datetime.timedelta(**span)
        events = self.written()
        for event, moment in zip(events, (ago(days=6), ago(days=2), ago(hours=2))):
            self.made(event, moment)
        ids = [event["id"] for event in events]
        for since, first in (("7d", 0), ("-7d", 0), ("145h", 0), ("143h", 1), ("3d", 1), ("3000m", 1), ("24h", 2), ("1h", 3), ("30m", 3),
                             (f"{ago(days=4):%Y-%m-%d}", 1), (f"{ago(days=4):%Y-%m-%dT%H:%M:%SZ}", 1), ("2020-01-01", 0)):
            with self.subTest(since):
                self.assertEqual(self.listed(since), ids[first:])

    def test_a_day_of_since_is_one_of_the_home_zone(self):
        event = self.written()[0]
        self.made(event, datetime.datetime(2026, 3, 1, 20, tzinfo=datetime.timezone.utc))  # in Kolkata it is 1:30 of the next day
        config = (self.folder / "tollgate.yaml").read_text()
        (self.folder / "kolkata.yaml").write_text(config.replace("country: GB,", "country: GB, time_zone: Asia/Kolkata,"))
        self.assertEqual(self.listed("2026-03-01"), [event["id"]])
        self.assertEqual(self.listed("2026-03-02"), [])
        self.assertEqual(self.listed("2026-03-02", "kolkata.yaml"), [event["id"]])
        self.assertEqual(self.listed("2026-03-03", "kolkata.yaml"), [])

    def test_since_that_cannot_be_read_is_refused_in_the_words_of_reports(self):
        for since in ("yesterday", "2026-02-30", "7w", "d"):
            with self.subTest(since):
                of_report = self.call("report", "traffic", "--since", since, "-c", "tollgate.yaml", status=2).splitlines()[0]
                for command in ("list", "tests"):
                    told = self.mark(command, "--since", since, status=2).splitlines()[0]
                    self.assertEqual(told.removeprefix("tollgate mark: "), of_report.removeprefix("tollgate report: "))

    def test_wrong_arguments(self):
        for words in ([], ["add"], ["add", "x"], ["add", "x", "--wrong", "so"], ["remove"], ["remove", "x"], ["remove", "-1"],
                      ["list", "x"], ["list", "--since", "yesterday"], ["look"], ["tests", "x"],
                      ["add", "x", "--wrong", "false_positive", "--text", "x", "--with-text"],
                      *(["add", "x", "--wrong", "false_positive", "--rule", rule] for rule in ("0", "-1", "4294967296", "one", "1x")),
                      ["list", "--rule", "0"]):
            with self.subTest(words):
                self.mark(*words, status=2) if words else self.call("mark", status=2)
        self.mark("add", "0" * 32, "--wrong", "false_positive", status=1)


class NumbersTest(WithAppliance):
    """Events and reports have numbers in full here: what hides them is who asks."""
    EVENTS = ", numbers: full"
    CONTROL = "trial_messages: 3"
    REGISTERED, BEGIN = "447700900321", "4477009006"

    def configure(self):
        rules, accounts = self.folder / "rules", self.folder / "rules/accounts.yaml"
        accounts.write_text(accounts.read_text().replace("senders: [ACME,", f"senders: [ACME, '{self.REGISTERED}', '{self.BEGIN}*',"))
        self.call("account", "import", accounts, "--ledger", "ledger.db")
        (rules / "lists").mkdir(exist_ok=True)
        (rules / "lists/callers.txt").write_text("# type: number\n")
        (rules / "lists/from.txt").write_text("# type: sender\n")
        self.port = remote_control.free_port()
        remote_control.make_certificate(self.folder)
        self.CONTROL += f", tokens: tokens.json, https: {{listen: '127.0.0.1:{self.port}', certificate: cert.pem, key: key.pem}}"
        super().configure()
        with open(self.folder / "tollgate.yaml", "a") as config:
            config.write("alerts: [{name: Much, report: senders, figure: parts, by: sender, over: 0, every: 1s}]\n")
        self.tokens = {role: self.call("token", "add", role, "--role", role, "-c", "tollgate.yaml").strip()
                       for role in ("viewer", "commercial", "analyst")}

    def get(self, role, path, **query):
        """The text of the answer; nothing where the role may not see it."""
        path += "?" + urllib.parse.urlencode(query) if query else ""
        status, answer = remote_control.ask(self.folder, self.port, "GET", path, self.tokens[role])
        self.assertIn(status, (200, 403), (path, answer))
        return answer if status == 200 else None

    def test_a_role_that_sees_no_numbers_finds_none_anywhere(self):
        passed = self.written()[1]
        self.assertEqual(passed["sender"]["address"], NUMBERS[1])
        self.ask("POST", "/v1/marks", {"id": passed["id"], "wrong": "false_negative", "rule": 1, "note": f"of {NUMBERS[1]}"})
        for name, number in (("callers", NUMBERS[2]), ("from", self.REGISTERED)):
            self.ask("POST", "/v1/lists", {"list": name, "change": "add", "values": [number]})
        self.wait_for(lambda: any(alert["rows"] for alert in self.ask("GET", "/v1/alerts")["alerts"]))
        asked = {"/v1/accounts/show": [{"account": "acme-ltd"}],
                 "/v1/accounts/statement": [{"account": "acme-ltd", "form": form} for form in ("json", "text", "csv")],
                 "/v1/accounts/invoice": [{"account": "acme-ltd", "month": "2020-01", "form": form} for form in ("json", "text")],
                 "/v1/lists/entries": [{"list": "callers"}, {"list": "from"}],
                 "/v1/events/explain": [{"id": event["id"]} for event in self.written()],
                 "/v1/report": [{"name": name} for name in ("traffic", "blocked", "revenue", "leakage", "senders", "rules", "accounts",
                                                            "uninspected")]}
        secrets = [*NUMBERS, self.REGISTERED, self.BEGIN]
        may_not, seen = set(), {}
        for path in (path for path, methods in OPENAPI["paths"].items() if "get" in methods):
            for query in asked.get(path, [{}]):
                text = self.get("viewer", path, **query)
                if text is None:
                    may_not.add(path)
                    continue
                with self.subTest(path=path, query=query):
                    self.assertEqual([secret for secret in secrets if secret in text], [])
                seen[path] = seen.get(path, "") + text
        self.assertEqual(may_not, {"/v1/audit", "/v1/rules/difference", "/v1/rules/push", "/v1/marks/tests"})
        # What was looked for is there, but for its digits.
        for path, number in (("/v1/accounts/show", self.REGISTERED), ("/v1/events", NUMBERS[2]), ("/v1/marks", NUMBERS[1]),
                             ("/v1/lists/entries", self.REGISTERED), ("/v1/alerts", NUMBERS[1])):
            self.assertIn("*" * 10 + number[-2:], seen[path], path)
        commercial = json.loads(self.get("commercial", "/v1/accounts/show", account="acme-ltd"))["account"]["senders"]
        self.assertEqual({one["address"] for one in commercial}, {"ACME", "LATER", "*" * 8 + "06", "*" * 10 + "21"})
        self.assertIn(self.REGISTERED, self.get("analyst", "/v1/accounts/show", account="acme-ltd"))


class NotKeptTest(WithAppliance):
    def test_that_messages_are_kept_has_to_be_said(self):
        found = self.ask("GET", "/v1/events/explain", status=404, id=self.written()[0]["id"])["error"]
        self.assertIn("keeps no messages", found["what"])
        self.assertIn("trial_messages", found["expected"])


if __name__ == "__main__":
    tap.main()
