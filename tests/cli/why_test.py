#!/usr/bin/env python3
"""What explain says of a verdict: folded text, rules, policy, conditions. Environment: TOLLGATE, the program."""
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

RULES = """\
- id: 2001
  rev: 3
  name: Account-suspension lure
  labels: [phishing]
  when:
    text: ['/your (account|card) is (locked|suspended)/', 'verify your identity']
    sender.type: alphanumeric
    not: {sender: '@registered'}
- id: 7
  name: A draft
  state: draft
  labels: [spam]
  when:
    any:
      - {text: locked, pid: '> 3'}
      - all: [{time: {between: '21:00-08:00', days: [sat, sun], zone: Europe/London}}, {url.host: bit.example}]
- {id: 8, name: In shadow, state: shadow, labels: [p2p], when: {size: '> 3'}}
"""
POLICY = """\
- {name: Phishing never passes, when: {labels: phishing}, then: {block: {smpp_status: 69}, alert: true}}
- {name: Everything else, then: pass}
"""
LURE = "ACME: your acc\u200b0unt is l0cked, see http://bit.example/x"
URL = "http://bit.example/x"


def submit_sm(text, sender=b"ACME"):
    """SMPP 3.4 4.4.1, the text in UCS2."""
    short_message = text.encode("utf-16-be")
    body = b"\0" + b"\5\0" + sender + b"\0" + b"\1\1" + b"447700900123\0" + bytes(3) + b"\0\0" + bytes(2) + b"\x08\0"
    body += bytes([len(short_message)]) + short_message
    return ((16 + len(body)).to_bytes(4, "big") + (4).to_bytes(4, "big") + bytes(4) + (7).to_bytes(4, "big") + body).hex()


class WhyTest(unittest.TestCase):
    def setUp(self):
        self.maxDiff = None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "rules/lists").mkdir(parents=True)
        self.write("rules/a.yaml", RULES)
        self.write("rules/policy.yaml", POLICY)
        self.write("rules/lists/registered.txt", "# type: sender\nGoodBank\n")

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def explain(self, text, *arguments, rules=("--rules", "rules")):
        environment = os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")}
        return subprocess.run([TOLLGATE, "explain", "--hex", submit_sm(text), "--as", "smpp", *rules, *arguments],
                              cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60)

    def shown(self, text, *arguments):
        """What follows the event's own fields."""
        run = self.explain(text, *arguments)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return run.stdout[run.stdout.index("\nFolded text\n") + 1:].split("\nWhat is changed")[0]

    def object(self, text, *arguments):
        run = self.explain(text, "--json", *arguments)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return json.loads(run.stdout)

    def test_why_a_message_is_stopped(self):
        self.assertEqual(self.shown(LURE), """\
Folded text
  acme: your acc0unt is l0cked, see http://bit.example/x
  acme: your account is locked, see http://bit.example/x

Rules that hold
  8 rev 1 (shadow) In shadow
    rules/a.yaml:17:8; would give p2p
  2001 rev 3 (enforce) Account-suspension lure
    rules/a.yaml:1:7; gives phishing
    ACME: your acc\\u200b0unt is l0cked, see http://bit.example/x
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^

Labels
  phishing

Policy
  Phishing never passes: block, SMPP status 0x00000045, with an alert
    rules/policy.yaml:1:3; the first line that holds
    yes  labels: phishing  found `phishing`  rules/policy.yaml:1:48
""")

    def test_which_octets_a_block_changes(self):
        before = bytes.fromhex(submit_sm(LURE))
        text = LURE.encode("utf-16-be")
        head = before[:before.index(b"447700900123")]
        fields = bytes(3) + b"\0\0" + bytes(2) + b"\x08\0" + b"\0"  # from esm_class to sm_length, which is 0
        filler = 12 + len(text) - 4  # without its own tag and length
        expected = head + b"\0" + fields + bytes.fromhex("3754") + filler.to_bytes(2, "big") + bytes(filler)
        self.assertEqual(len(expected), len(before))
        found = self.object(LURE)
        after = bytearray(before)
        for edit in found["edits"]:
            old, new = bytes.fromhex(edit["old"]), bytes.fromhex(edit["new"])
            self.assertEqual(before[edit["offset"]:edit["offset"] + len(old)], old)
            after[edit["offset"]:edit["offset"] + len(new)] = new
        self.assertEqual(bytes(after), expected)
        self.assertNotIn("enforced", found)
        self.assertNotIn("edits", self.object("ok"))
        section = self.explain(LURE).stdout.split("\nWhat is changed")[1]
        first = found["edits"][0]
        self.assertIn(f'{first["offset"]:>6}  {bytes.fromhex(first["old"])[:8].hex(" "):<23}  ->  ', section)

    def test_nothing_changes_where_nothing_is_enforced(self):
        self.write("tollgate.yaml", "version: 1\nenforcement: off\nrules: rules\n")
        run = self.explain(LURE, "--json", rules=("-c", "tollgate.yaml"))
        found = json.loads(run.stdout)
        self.assertEqual((found["verdict"], found["enforced"]), ("block", False))
        self.assertNotIn("edits", found)

    def test_why_a_message_passes(self):
        self.assertEqual(self.shown("ok"), """\
Folded text
  ok

Rules that hold
  (none)

Labels
  (none)

Policy
  Everything else: pass
    rules/policy.yaml:2:3; the first line that holds
    always holds
""")

    def test_what_became_of_each_condition_of_a_rule_that_does_not_hold(self):
        shown = self.shown(f"your card is locked: {URL}", "--rule", "7")
        self.assertEqual(shown[shown.index("Rule 7"):], """\
Rule 7 does not hold
  7 rev 1 (draft) A draft
    rules/a.yaml:9:7
    no   any of  rules/a.yaml:15:7
      no   all of  rules/a.yaml:15:9
        yes  text: locked  found `locked`  rules/a.yaml:15:16
        no   pid: > 3  found `0`  rules/a.yaml:15:29
      no   all of  rules/a.yaml:16:14
        no   time: 21:00-08:00 on sat, sun by Europe/London  found `thu 01:00`  rules/a.yaml:16:22
        yes  url.host: bit.example  found `bit.example`  rules/a.yaml:16:99
""", "1970-01-01T00:00:00Z was a Thursday, and London an hour ahead of UTC")

    def test_what_became_of_negations_lists_and_several_values(self):
        shown = self.shown("nothing of it", "--rule", "2001")
        self.assertEqual(shown[shown.index("Rule 2001"):], """\
Rule 2001 does not hold
  2001 rev 3 (enforce) Account-suspension lure
    rules/a.yaml:1:7
    no   all of  rules/a.yaml:6:5
      no   any of  rules/a.yaml:6:11
        no   text: /your (account|card) is (locked|suspended)/  not found  rules/a.yaml:6:12
        no   text: verify your identity  not found  rules/a.yaml:6:59
      yes  sender.type: alphanumeric  found `alphanumeric`  rules/a.yaml:7:18
      yes  not  rules/a.yaml:8:5
        no   raw.sender: @registered  found `ACME`  rules/a.yaml:8:19
""")

    def test_what_conditions_found_of_every_kind(self):
        self.write("tollgate.yaml", "version: 1\nhome: {country: GB, gt: ['4477'], time_zone: Europe/Berlin}\nrules: rules\n")
        self.write("rules/a.yaml", RULES + """\
- id: 9
  name: Every kind
  labels: [x]
  when:
    any:
      - {origin.ip: 192.0.2.0/24}
      - {url.shortener: true}
      - {text.number: '0*'}
      - {sender.country: '= recipient.country'}
      - {recipient: '@home'}
      - {time: {between: '00:00-02:00'}}
      - {time: {days: fri, zone: recipient}}
      - {raw.text: '/LOCK/'}
""")
        self.write("rules/lists/url-shorteners.txt", "# type: host\nbit.example\n")
        run = self.explain(f"call 0770 0900 123 {URL}", "--rule", "9", rules=("-c", "tollgate.yaml"))
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertEqual([line.strip() for line in run.stdout[run.stdout.index("any of"):].splitlines()[1:]], [
            "no   origin.ip: 192.0.2.0/24  found none  rules/a.yaml:23:21",
            "yes  url.shortener: true  found `true`  rules/a.yaml:24:25",
            "yes  text.number: 0*  found `0770`, `0900`, `123`, `07700900123`  rules/a.yaml:25:23",
            "no   sender.country: = recipient.country  found `recipient.country GB`  rules/a.yaml:26:26",
            "yes  recipient: @home  found `447700900123`  rules/a.yaml:27:21",
            "yes  time: 00:00-02:00 by Europe/Berlin  found `thu 01:00`  rules/a.yaml:28:16",
            "no   time: 00:00-24:00 on fri by the recipient's clocks  found `thu 01:00`  rules/a.yaml:29:16",
            "no   raw.text: /LOCK/  not found  rules/a.yaml:30:20"])

    def test_json_has_the_same(self):
        event = self.object(LURE, "--rule", "7")
        self.assertEqual(event["folded"], ["acme: your acc0unt is l0cked, see http://bit.example/x",
                                           "acme: your account is locked, see http://bit.example/x"])
        self.assertEqual(event["rules"][1], {
            "id": 2001, "rev": 3, "state": "enforce", "spans": [[6, 29]], "name": "Account-suspension lure",
            "labels": ["phishing"], "place": {"file": "rules/a.yaml", "line": 1, "column": 7}})
        self.assertEqual(event["policy_line"], {
            "name": "Phishing never passes", "place": {"file": "rules/policy.yaml", "line": 1, "column": 3},
            "action": "block, SMPP status 0x00000045, with an alert",
            "conditions": {"holds": True, "field": "labels", "expected": "phishing", "found": ["phishing"],
                           "place": {"file": "rules/policy.yaml", "line": 1, "column": 48}}})
        rule = event["rule"]
        self.assertEqual((rule["id"], rule["state"], rule["holds"]), (7, "draft", False))
        first, second = (branch["all"] for branch in rule["conditions"]["any"])
        self.assertEqual([(c["field"], c["expected"], c["found"], c["holds"]) for c in first + second], [
            ("text", "locked", ["l0cked"], True), ("pid", "> 3", ["0"], False),
            ("time", "21:00-08:00 on sat, sun by Europe/London", ["thu 01:00"], False),
            ("url.host", "bit.example", ["bit.example"], True)])
        self.assertEqual(first[0]["spans"], [[23, 29]])
        self.assertIn("layers", event)

    def test_right_to_left_text_repeats_what_is_marked(self):
        self.write("rules/a.yaml", "- {id: 1, name: A, labels: [phishing], when: {text: حسابك}}\n")
        (self.folder / "rules/lists/registered.txt").unlink()
        self.assertIn("    تم ايقاف حسابك اليوم\n    ^ حسابك\n", self.shown("تم ايقاف حسابك اليوم"))

    def test_a_rule_that_is_not_there_is_status_1(self):
        run = self.explain("ok", "--rule", "99")
        self.assertEqual((run.returncode, run.stdout, run.stderr), (1, "", "tollgate explain: there is no rule 99\n"))

    def test_a_rule_without_rules_or_that_is_no_number_is_status_2(self):
        self.write("tollgate.yaml", "version: 1\n")
        run = self.explain("ok", "--rule", "1", rules=("-c", "tollgate.yaml"))
        self.assertEqual(run.returncode, 2)
        self.assertIn("--rule needs rules: --rules DIR, or `rules` in the configuration\n", run.stderr)
        run = self.explain("ok", "--rule", "one")
        self.assertEqual(run.returncode, 2)
        self.assertIn("--rule one: expected the id of a rule, a number\n", run.stderr)

    def test_without_rules_there_is_no_why(self):
        self.write("tollgate.yaml", "version: 1\n")
        run = self.explain("ok", rules=("-c", "tollgate.yaml"))
        self.assertNotIn("Folded text", run.stdout)
        self.assertIn("verdict                      pass\n", run.stdout)


if __name__ == "__main__":
    tap.main()
