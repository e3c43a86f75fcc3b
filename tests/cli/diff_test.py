#!/usr/bin/env python3
"""The diff command as a person meets it. Environment: TOLLGATE, the program."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import tap

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
# Three messages: `From abroad` from 447700900123 over the route `international`, `At home` and `STOP` without one.
CAPTURE = SOURCE / "tests/cases/home-and-route"

CODES = "- {id: 1, name: Codes, labels: [otp], when: {text: '/[0-9]{6}/'}}\n"
BEFORE = CODES + """\
- {id: 2, name: Prizes, labels: [spam], when: {text: prize}}
- {id: 3, name: Names, labels: [a2p], when: {sender.type: alphanumeric}}
"""
AFTER = CODES + """\
- {id: 2, name: Prizes and codes, labels: [spam], when: {text: [prize, code]}}
- {id: 9, name: In shadow, state: shadow, labels: [p2p], when: {size: '> 0'}}
"""
SPAM = "- {name: Spam, when: {labels: spam}, then: block}\n- {name: Codes pass, when: {labels: otp}, then: pass}\n"
PAID = "- {name: A2P, when: {labels: a2p}, then: {charge: domestic}}\n"
REST = "- {name: Rest, then: pass}\n"

MESSAGES = [
    {"id": "x1", "text": "123456 is your code", "sender": {"address": "ACME"}, "recipient": {"address": "447700900123"},
     "route": "international", "origin": {"account": "acme"}},
    {"text": "win a prize", "sender": {"address": "ACME"}},
    {"text": "hello from us", "sender": {"address": "ACME"}, "imsi": "001010000000001",
     "parts": {"ref": 7, "total": 2, "seq": 1}},
    {"text": "and\u200b more", "sender": {"address": "ACME"}, "parts": {"ref": 7, "total": 2, "seq": 2}},
    {"kind": "response", "component": "result"},
    {"text": "hello"},
]


class DiffTest(unittest.TestCase):
    def setUp(self):
        self.maxDiff = None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.rules("before", BEFORE, SPAM + PAID + REST)
        self.rules("after", AFTER, SPAM + REST)
        self.messages("in.jsonl", MESSAGES)

    def rules(self, name, rules, policy):
        (self.folder / name).mkdir(exist_ok=True)
        (self.folder / name / "rules.yaml").write_text(rules)
        (self.folder / name / "policy.yaml").write_text(policy)

    def messages(self, name, messages):
        (self.folder / name).write_text("".join(json.dumps(m) + "\n" for m in messages))

    def diff(self, *arguments, status=1, folders=("before", "after")):
        environment = os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")}
        rules = [argument for folder in folders for argument in ("--rules", folder)]
        run = subprocess.run([TOLLGATE, "diff", *rules, *arguments], cwd=self.folder, env=environment,
                             capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, status, run.stderr)
        return run

    def object(self, *arguments, **more):
        run = self.diff("--json", *arguments, **more)
        self.assertEqual(run.stderr, "")
        return json.loads(run.stdout)

    def test_tells_a_person_what_changes_lost_passwords_first(self):
        shown = self.diff("in.jsonl").stdout
        before, after = (self.object("in.jsonl")[side]["ruleset"] for side in ("before", "after"))
        self.assertEqual(shown, f"""\
before  before ({before})
after   after ({after})

3 of 5 verdicts change (other labels, but the same verdict: 1)

One-time passwords that would be lost: 1
  pass -> block  in.jsonl:1: Codes pass -> Spam
    ACME to 447700900123: 123456 is your code

Charges by tariff (amounts come with the ledger)
  domestic                 gone: 1 messages, 2 parts   new: 0 messages, 0 parts

Verdicts
       2  charge domestic -> pass
          in.jsonl:3: A2P -> Rest
            ACME to IMSI 001010000000001: hello from us
          in.jsonl:4: A2P -> Rest
            ACME to (no recipient): and\\u200b more
       1  pass -> block
          in.jsonl:1: Codes pass -> Spam
            ACME to 447700900123: 123456 is your code

Rules that hold before, after or both
       2  charge domestic -> pass   before  3 Names
          in.jsonl:3: A2P -> Rest
            ACME to IMSI 001010000000001: hello from us
       1  pass -> block             both    1 Codes
          in.jsonl:1: Codes pass -> Spam
            ACME to 447700900123: 123456 is your code
       1  pass -> block             after   2 Prizes and codes
          in.jsonl:1: Codes pass -> Spam
            ACME to 447700900123: 123456 is your code
       1  pass -> block             before  3 Names
          in.jsonl:1: Codes pass -> Spam
            ACME to 447700900123: 123456 is your code

Labels before, after or both
       2  charge domestic -> pass   before  a2p
       1  pass -> block             before  a2p
       1  pass -> block             both    otp
       1  pass -> block             after   spam

Accounts
       2  charge domestic -> pass   (none)
       1  pass -> block             acme

Routes
       2  charge domestic -> pass   (none)
       1  pass -> block             international

Lines of the policy
       2  charge domestic -> pass   A2P -> Rest
       1  pass -> block             Codes pass -> Spam
""")

    def test_json_has_the_same(self):
        found = self.object("in.jsonl")
        self.assertEqual((found["messages"], found["changed"], found["relabelled"], found["otp_won"]), (5, 3, 1, 0))
        lost = {"file": "in.jsonl", "line": 1, "id": "x1", "sender": "ACME", "recipient": "447700900123",
                "text": "123456 is your code", "before": {"verdict": "pass", "policy": "Codes pass"},
                "after": {"verdict": "block", "policy": "Spam"}}
        self.assertEqual(found["otp_lost"], {"count": 1, "examples": [lost]})
        self.assertEqual(found["charges"], [{"tariff": "domestic", "gone": {"messages": 1, "parts": 2},
                                             "new": {"messages": 0, "parts": 0}}])
        self.assertEqual(found["verdicts"][1], {"before": "pass", "after": "block", "count": 1, "examples": [lost]})
        self.assertEqual(found["rules"][2], {"id": 2, "name": "Prizes and codes", "holds": "after", "before": "pass",
                                             "after": "block", "count": 1, "examples": [lost]})
        self.assertEqual([(row["label"], row["given"]) for row in found["labels"]],
                         [("a2p", "before"), ("a2p", "before"), ("otp", "both"), ("spam", "after")])
        self.assertEqual([row["account"] for row in found["accounts"]], ["", "acme"])
        self.assertEqual([row["route"] for row in found["routes"]], ["", "international"])
        self.assertEqual([row["lines"] for row in found["policy_lines"]], ["A2P -> Rest", "Codes pass -> Spam"])

    def test_the_other_way_round_passwords_are_won_and_charges_new(self):
        found = self.object("in.jsonl", folders=("after", "before"))
        self.assertEqual((found["otp_lost"], found["otp_won"]), ({"count": 0, "examples": []}, 1))
        self.assertEqual(found["charges"][0]["new"], {"messages": 1, "parts": 2})

    def test_where_nothing_changes_status_is_0(self):
        shown = self.diff("in.jsonl", status=0, folders=("before", "before")).stdout
        self.assertIn("\n\n0 of 5 verdicts change (other labels, but the same verdict: 0)\n", shown)
        self.rules("after", BEFORE + "- {id: 4, name: More, labels: [p2p], when: {text: hello}}\n", SPAM + PAID + REST)
        self.assertEqual(self.object("in.jsonl", status=0)["relabelled"], 2)

    def test_reads_captures_and_several_inputs(self):
        self.rules("before", "- {id: 1, name: A, labels: [spam], when: {text: stop}}\n", SPAM.splitlines()[0] + "\n" + REST)
        self.rules("after", "- {id: 1, name: A, labels: [spam], when: {route: international}}\n",
                   SPAM.splitlines()[0] + "\n" + REST)
        capture = str(CAPTURE / "in.pcap")
        found = self.object("-c", str(CAPTURE / "tollgate.yaml"), capture, "in.jsonl", capture)
        self.assertEqual((found["messages"], found["changed"]), (11, 5))
        to_block, to_pass = found["verdicts"]
        self.assertEqual((to_block["after"], to_block["count"], to_pass["after"], to_pass["count"]), ("block", 3, "pass", 2))
        first = to_block["examples"][0]
        self.assertEqual((first["file"], first["frame"], first["sender"], first["text"]),
                         (capture, 1, "447700900123", "From abroad"))
        self.assertEqual([(e["text"], e.get("frame"), e.get("line")) for e in to_block["examples"]],
                         [("From abroad", 1, None), ("123456 is your code", None, 1), ("From abroad", 1, None)])
        self.assertEqual(len({e["id"] for e in to_pass["examples"]}), 1, "the same capture has the same ids")
        self.assertEqual([(row["route"], row["count"]) for row in found["routes"]], [("international", 3), ("", 2)])

    def test_output_is_bounded_however_much_changes(self):
        self.messages("in.jsonl", [{"text": f"123456 code {i} " + "x" * 1000, "sender": {"address": f"S{i}"},
                                    "origin": {"account": f"account-{i}"}} for i in range(100)])
        shown = self.diff("in.jsonl").stdout
        self.assertIn("One-time passwords that would be lost: 100\n", shown)
        self.assertIn("\n  and 90 more\n", shown)
        self.assertIn("\n          and 80 more rows\n", shown)
        self.assertLess(len(shown), 20_000)
        found = self.object("in.jsonl")
        self.assertEqual((len(found["accounts"]), len(found["verdicts"][0]["examples"])), (100, 3))

    def test_rows_are_bounded_and_what_has_none_is_counted(self):
        self.messages("in.jsonl", [{"text": "123456 code", "origin": {"account": f"account-{i}"}} for i in range(10_050)])
        accounts = self.object("in.jsonl")["accounts"]
        self.assertEqual((len(accounts), accounts[-1]), (10_001, {"without_row": 50}))

    def test_faults_of_both_folders_are_told_as_check_tells_them(self):
        for name in ("before", "after"):
            (self.folder / name / "more.yaml").write_text("- {id: 7, name: A, labels: [x], when: {pid: 300}}\n")
        run = self.diff("in.jsonl", status=1)
        self.assertEqual(run.stdout, "")
        for name in ("before", "after"):
            self.assertIn(f"{name}/more.yaml:1:45: error: found `300` for `pid`", run.stderr)
        self.assertIn("tollgate diff: the rules of before have 1 error; nothing was done; the rules of after have 1 error; "
                      "nothing was done\n", run.stderr)

    def test_what_cannot_be_read_is_status_1(self):
        self.assertIn("absent.pcap", self.diff("absent.pcap", status=1).stderr)
        self.assertIn("cannot read absent.jsonl", self.diff("absent.jsonl", status=1).stderr)
        (self.folder / "bad.jsonl").write_text('{"text":"a"}\n{\n')
        self.assertEqual(self.diff("bad.jsonl", status=1).stderr,
                         "tollgate diff: bad.jsonl:2: not JSON: octet 2 is not what JSON has there\n")

    def test_wrong_arguments_are_status_2(self):
        for folders, arguments, expected in [
                ((), ("in.jsonl",), "found --rules nowhere; expected it twice: the rules before, and those after"),
                (("before",), ("in.jsonl",), "found --rules 1 times; expected it twice"),
                (("before", "after", "after"), ("in.jsonl",), "found --rules 3 times; expected it twice"),
                (("before", "after"), (), "the captures or files of events to judge are missing")]:
            run = self.diff(*arguments, status=2, folders=folders)
            self.assertEqual(run.stdout, "")
            self.assertIn(expected, run.stderr)


if __name__ == "__main__":
    tap.main()
