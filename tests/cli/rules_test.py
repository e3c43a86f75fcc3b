#!/usr/bin/env python3
"""The check and judge commands as a person meets them. Environment: TOLLGATE, the program."""
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
  name: Account-suspension lure with a shortened link
  labels: [phishing]
  when:
    text: ['/your (account|card) (is|was|has been) (locked|suspended)/', 'verify your identity']
    url.host: '@url-shorteners'
    sender.type: alphanumeric
    not: {sender: '@registered-senders'}
  tests:
    - {text: 'ACME: your acc0unt has been l0cked, see http://short.example/x', sender: ACME, expect: match}
    - {text: 'My account was locked, can you call me?', sender: '+447700900123', expect: no match}
"""
POLICY = """\
- {name: Phishing never passes, when: {labels: phishing}, then: {block: {as: rejected}, alert: true}}
- {name: Everything else, then: pass}
"""
LURE = {"text": "ACME: your acc0unt has been l0cked, see http://short.example/x", "sender": {"address": "ACME"}, "mine": [1, {"a": None}]}


class RulesTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "rules/lists").mkdir(parents=True)
        self.write("rules/phishing.yaml", RULES)
        self.write("rules/policy.yaml", POLICY)
        self.write("rules/lists/url-shorteners.txt", "# type: host\nshort.example\n")
        self.write("rules/lists/registered-senders.txt", "# type: sender\nGoodBank\n")

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def run_tollgate(self, *arguments, text=""):
        environment = os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")}
        return subprocess.run([TOLLGATE, *arguments], cwd=self.folder, env=environment, input=text,
                              capture_output=True, text=True, timeout=60)

    def judge(self, *messages, arguments=("--rules", "rules", "--json")):
        run = self.run_tollgate("judge", "-", *arguments, text="".join(json.dumps(m) + "\n" for m in messages))
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return [json.loads(line) for line in run.stdout.splitlines()]

    def test_judge_gives_messages_back_in_order_with_the_verdict_and_all_they_had(self):
        lure, plain = self.judge(LURE, {"text": "hello", "verdict": "block"})
        self.assertEqual({key: lure[key] for key in LURE}, LURE)
        self.assertEqual(lure["labels"], ["phishing"])
        # `your acc0unt has been l0cked` are the characters 6 to 33.
        self.assertEqual(lure["rules"], [{"id": 2001, "rev": 3, "state": "enforce", "spans": [[6, 34]]}])
        self.assertEqual((lure["verdict"], lure["policy"], lure["alert"]), ("block", "Phishing never passes", True))
        self.assertEqual((plain["text"], plain["verdict"], plain["labels"], plain["rules"]), ("hello", "pass", [], []))
        self.assertEqual(plain["policy"], "Everything else")

    def test_judge_takes_the_fields_nested_as_events_have_them(self):
        self.write("rules/phishing.yaml", "- {id: 1, name: A, labels: [x], when: {origin.gt: '49*', parts: '> 1', pid: 64}}\n")
        self.write("rules/policy.yaml", "- {name: Rest, then: pass}\n")
        shutil.rmtree(self.folder / "rules/lists")
        message = {"text": "", "origin": {"gt": "491550000000"}, "parts": {"ref": 7, "total": 2, "seq": 1}, "pid": 64}
        self.assertEqual(self.judge(message)[0]["labels"], ["x"])
        self.assertEqual(self.judge(message | {"pid": 0})[0]["labels"], [])

    def test_judge_takes_the_events_of_a_replay(self):
        response = {"kind": "response", "component": "result", "answers": {"frame": 1}}
        binary = {"kind": "message", "data": "c0ffee", "sender": {"address": "ACME"}}
        given_back, judged = self.judge(response, binary)
        self.assertEqual(given_back, response)
        self.assertEqual((judged["verdict"], judged["policy"]), ("pass", "Everything else"))
        run = self.run_tollgate("judge", "-", "--rules", "rules", text=json.dumps(response) + "\n" + json.dumps(binary) + "\n")
        self.assertEqual((run.returncode, len(run.stdout.splitlines())), (0, 1))

    def test_judge_without_rules_passes_everything(self):
        self.write("tollgate.yaml", "version: 1\n")
        judged, = self.judge(LURE, arguments=("-c", "tollgate.yaml", "--json"))
        self.assertEqual((judged["verdict"], judged["labels"]), ("pass", []))
        self.assertNotIn("ruleset", judged)

    def test_judge_finds_the_rules_of_its_configuration(self):
        self.write("tollgate.yaml", "version: 1\nrules: rules\n")
        self.assertEqual(self.judge(LURE, arguments=("-c", "tollgate.yaml", "--json"))[0]["verdict"], "block")

    def test_judge_names_the_line_that_it_cannot_read(self):
        for line, expected in [("{", "not JSON: octet 2 is not what JSON has there"),
                               ("[]", 'found no object; expected one, such as {"text":"hello"}'),
                               ("{}", "the field `text` is missing"),
                               ('{"text":"","pid":300}', "found `300` for `pid`; expected a number from 0 to 255"),
                               ('{"text":["a"]}', "`text` is neither text nor a whole number")]:
            run = self.run_tollgate("judge", "-", "--rules", "rules", text='{"text":"hello"}\n' + line + "\n")
            self.assertEqual((run.returncode, run.stderr), (1, f"tollgate judge: -:2: {expected}\n"), line)
            self.assertIn("hello", run.stdout)

    def test_judge_with_a_faulty_folder_does_nothing(self):
        self.write("rules/more.yaml", "- {id: 2001, name: A, labels: [x], when: {pid: 300}}\n")
        run = self.run_tollgate("judge", "-", "--rules", "rules", text='{"text":"hello"}\n')
        self.assertEqual((run.returncode, run.stdout), (1, ""))
        self.assertIn("rules/more.yaml:1:48: error: found `300` for `pid`", run.stderr)

    def test_check_counts_and_is_content(self):
        run = self.run_tollgate("check", "--rules", "rules", "--json")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        found = json.loads(run.stdout)
        self.assertEqual(found["rules"], {"enforce": 1, "shadow": 0, "draft": 0})
        self.assertEqual(found["patterns"], {"phrases": 1, "regexes": 1})
        self.assertEqual((found["tests"], found["failed"], found["findings"]), (2, [], []))
        self.assertEqual((found["lists"], found["list_entries"], found["policy_lines"]), (2, 2, 2))
        self.assertFalse(found["from_cache"])
        again = json.loads(self.run_tollgate("check", "--rules", "rules", "--json").stdout)
        self.assertTrue(again["from_cache"])
        self.assertEqual(again["ruleset"], found["ruleset"])

    def test_check_shows_a_failed_test_with_the_condition_that_does_not_hold(self):
        self.write("rules/phishing.yaml", RULES + "    - {text: 'your card is locked', sender: ACME, expect: match}\n")
        run = self.run_tollgate("check", "--rules", "rules")
        self.assertEqual(run.returncode, 1)
        self.assertEqual(run.stdout.splitlines()[:3], [
            "rules/phishing.yaml:13:7: rule 2001 should match, and does not",
            "    text: your card is locked",
            "    rules/phishing.yaml:7:15: url.host: @url-shorteners does not hold"])

    def test_check_names_both_places_of_an_id_that_stands_twice(self):
        self.write("rules/more.yaml", "- {id: 2001, name: A, labels: [x], when: {text: a}}\n")
        run = self.run_tollgate("check", "--rules", "rules")
        self.assertEqual((run.returncode, run.stdout),
                         (1, "rules/phishing.yaml:1:7: error: id 2001 is taken by the rule in rules/more.yaml:1:8; "
                             "give this one another\n"))

    def test_check_reads_the_accounts_beside_the_rules(self):
        account = "accounts:\n- {id: acme, currency: EUR, recognised_by: {system_id: acme}, excluded: ['@stop']%s}\n"
        self.write("rules/accounts.yaml", account % ", credit: 5")
        run = self.run_tollgate("check", "--rules", "rules")
        self.assertEqual(run.returncode, 1)
        self.assertIn("rules/accounts.yaml:2:84: error: unknown key `credit`", run.stdout)
        self.write("rules/accounts.yaml", account % "")
        run = self.run_tollgate("check", "--rules", "rules")
        self.assertEqual(run.returncode, 1)
        self.assertIn("rules/accounts.yaml: error: account `acme` excludes `@stop`; expected rules/lists/stop.txt or .csv", run.stdout)
        self.write("rules/lists/stop.txt", "# type: number\n447700900199\n")
        self.assertEqual(self.run_tollgate("check", "--rules", "rules").returncode, 0)

    def test_check_warns_of_what_is_unused_or_says_nothing(self):
        self.write("rules/lists/unused.txt", "# type: number\n447700900123\n")
        self.write("rules/more.yaml", "- {id: 1, name: A, labels: [x], when: {text: '/[a-z]/'}}\n")
        self.write("rules/slow.yaml", "- {id: 2, name: B, labels: [x], when: {text: ['/[ae][^x]{20,60}[qz]/', '/free.{0,40}now/']}}\n")
        self.write("rules/other.yml", "")
        run = self.run_tollgate("check", "--rules", "rules")
        self.assertEqual(run.returncode, 0)
        self.assertIn("rules/slow.yaml:1:47: warning: the pattern /[ae][^x]{20,60}[qz]/ is slow: ", run.stdout)
        self.assertEqual(run.stdout.count(" is slow"), 1)
        self.assertIn("rules/lists/unused.txt: warning: no rule names `@unused`", run.stdout)
        self.assertIn("rules/more.yaml:1:46: warning: the pattern /[a-z]/ stands in ", run.stdout)
        self.assertIn("rules/other.yml: warning: is not read; rules stand in files that end in .yaml", run.stdout)

    def test_check_warns_of_a_folder_without_a_policy(self):
        (self.folder / "rules/policy.yaml").unlink()
        run = self.run_tollgate("check", "--rules", "rules")
        self.assertEqual(run.returncode, 0)
        self.assertIn("rules/policy.yaml: warning: is not there: every message passes\n", run.stdout)

    def test_check_of_a_folder_that_is_not_there(self):
        run = self.run_tollgate("check", "--rules", "nowhere")
        self.assertEqual((run.returncode, run.stdout), (1, "nowhere: error: No such file or directory\n"))


if __name__ == "__main__":
    tap.main()
