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


class DiffCase(unittest.TestCase):
    def setUp(self):
        self.maxDiff = None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

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


class DiffTest(DiffCase):
    def setUp(self):
        super().setUp()
        self.rules("before", BEFORE, SPAM + PAID + REST)
        self.rules("after", AFTER, SPAM + REST)
        self.messages("in.jsonl", MESSAGES)

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

Charges by tariff (without amounts: there are no accounts)
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


class MoneyTest(DiffCase):
    """Amounts are by hand, from these prices."""
    ACCOUNTS = """\
accounts:
  - {id: acme, name: Acme Ltd, currency: EUR, payment: postpaid}
  - {id: poor, currency: EUR}
prices:
  - {list: standard, tariff: domestic, amount: 0.065, currency: EUR, fees: {termination: 0.01}}
  - {list: standard, tariff: letter, per: message, amount: 0.09, currency: EUR}
  - {list: standard, tariff: list, amount: 0.08, currency: EUR}
"""
    RULES = "- {id: 1, name: Commerce, labels: [a2p], when: {text: [notice, letter, offer]}}\n"
    POLICY = """\
- {name: Letters, when: {text: letter}, then: {charge: letter, or: {block: {}}}}
- {name: Notices, when: {text: notice}, then: {charge: domestic, or: {block: {}}}}
- {name: Offers, when: {text: offer}, then: {charge: unpriced, or: pass}}
- {name: Rest, then: pass}
"""

    @staticmethod
    def message(text, account=None, **more):
        return {"text": text, "sender": {"address": "ACME"}, "recipient": {"address": "447700900123"},
                **({"origin": {"account": account}} if account else {}), **more}

    def setUp(self):
        super().setUp()
        self.messages("in.jsonl", [
            self.message("notice 1", "acme"),
            self.message("notice 2", "acme"),
            self.message("notice 3", "poor"),
            self.message("notice 4"),
            self.message("letter", "acme", parts={"ref": 7, "total": 2, "seq": 1}),
            self.message("letter, its end", "acme", parts={"ref": 7, "total": 2, "seq": 2}),
            self.message("offer", "acme"),
            self.message("hello", "acme"),
        ])
        for folder in ("before", "after"):
            self.rules(folder, self.RULES, self.POLICY)
            self.accounts(folder)

    def accounts(self, folder, *changes):
        text = self.ACCOUNTS
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        (self.folder / folder / "accounts.yaml").write_text(text)

    # Two notices, and a letter of two parts.
    CHARGED = {"EUR": {"messages": 4, "amount": 2 * 65_000 + 90_000}}
    FEES = {"EUR": {"messages": 2, "amount": 2 * 10_000}}
    REFUSED = {"no_account": 1, "no_credit": 1, "no_price": 1}
    LEAKED = {"EUR": {"messages": 1, "amount": 80_000}}
    MONEY = {"charged": CHARGED, "fees": FEES, "charged_before": 0, "charge_refused": REFUSED, "leaked": LEAKED}

    def test_both_sides_charge_as_a_replay_does(self):
        found = self.object("in.jsonl", status=0)
        self.assertEqual((found["messages"], found["changed"], found["repriced"]), (8, 0, 0))
        self.assertEqual(found["money"]["before"], self.MONEY)
        self.assertEqual(found["money"]["after"], self.MONEY)
        self.assertEqual(found["money"]["difference"]["charged"], {"EUR": {"messages": 0, "amount": 0}})
        self.assertEqual((found["charges"], found["prices"]), ([], []))

    def test_a_price_that_changes_alone_is_told_and_status_1(self):
        self.accounts("after", ("0.065", "0.07"), ("0.01}", "0.005}"))
        found = self.object("in.jsonl")
        self.assertEqual((found["changed"], found["repriced"], found["verdicts"]), (0, 2, []))
        self.assertEqual(found["money"]["before"], self.MONEY)
        self.assertEqual(found["money"]["after"], {**self.MONEY, "charged": {"EUR": {"messages": 4, "amount": 230_000}},
                                                   "fees": {"EUR": {"messages": 2, "amount": 10_000}}})
        self.assertEqual(found["money"]["difference"], {
            "charged": {"EUR": {"messages": 0, "amount": 10_000}}, "fees": {"EUR": {"messages": 0, "amount": -10_000}},
            "charged_before": 0, "charge_refused": {"no_account": 0, "no_credit": 0, "no_price": 0},
            "leaked": {"EUR": {"messages": 0, "amount": 0}}})
        nothing = {"messages": 0, "parts": 0, "paid": {}}
        self.assertEqual(found["charges"], [{
            "tariff": "domestic", "gone": nothing, "new": nothing,
            "repriced": {"messages": 2, "parts": 2, "before": {"EUR": {"amount": 130_000, "fees": 20_000}},
                         "after": {"EUR": {"amount": 140_000, "fees": 10_000}}}}])
        (row,) = found["prices"]
        self.assertEqual((row["account"], row["before"], row["after"], row["count"], row["examples"][0]["before"]),
                         ("acme", "0.065 EUR, 0.01 EUR in fees", "0.07 EUR, 0.005 EUR in fees", 2,
                          {"price": "0.065 EUR, 0.01 EUR in fees", "policy": "Notices"}))

    def test_tells_a_person_what_is_charged_before_and_after(self):
        self.accounts("after", ("0.065", "0.07"), ("0.01}", "0.005}"))
        self.rules("after", self.RULES, self.POLICY.split("\n", 1)[1])  # letters pass
        shown = self.diff("in.jsonl").stdout
        head, money, tariffs, prices = shown.split("\n\n")[1:5]
        self.assertEqual(head, "2 of 8 verdicts change (other labels, but the same verdict: 0; another price: 2)")
        self.assertEqual([" ".join(line.split()) for line in money.splitlines()], [
            "Money before after difference",
            "charged 4 0.22 EUR 2 0.14 EUR -2 -0.08 EUR",
            "charged with fees 2 0.02 EUR 2 0.01 EUR +0 -0.01 EUR",
            "not charged: no_account 1 1 +0",
            "not charged: no_credit 1 1 +0",
            "not charged: no_price 1 1 +0",
            "leaked 1 0.08 EUR 3 0.24 EUR +2 +0.16 EUR"])
        self.assertEqual(len({len(line) for line in money.splitlines() if "EUR" in line}), 1, "columns")
        self.assertEqual(tariffs, "One-time passwords that would be lost: 0")
        self.assertEqual(prices, """\
Charges by tariff
  domestic                 cost otherwise: 2 messages, 2 parts, 0.13 EUR and 0.02 EUR in fees -> 0.14 EUR and 0.01 EUR in fees
  letter                   gone: 1 messages, 2 parts, 0.09 EUR   new: 0 messages, 0 parts""")
        self.assertIn("""\
Prices, where the verdict is the same
       2  0.065 EUR, 0.01 EUR in fees -> 0.07 EUR, 0.005 EUR in fees  acme
          in.jsonl:1: Notices -> Notices
            ACME to 447700900123: notice 1
""", shown)

    def test_charges_that_go_and_come_have_amounts(self):
        self.rules("after", self.RULES, self.POLICY.replace("charge: domestic", "charge: letter"))
        found = self.object("in.jsonl")
        self.assertEqual((found["changed"], found["repriced"]), (2, 0))
        domestic, letter = found["charges"]
        self.assertEqual(domestic["gone"], {"messages": 2, "parts": 2, "paid": {"EUR": {"amount": 130_000, "fees": 20_000}}})
        self.assertEqual(letter["new"], {"messages": 2, "parts": 2, "paid": {"EUR": {"amount": 180_000, "fees": 0}}})
        self.assertEqual(found["money"]["after"]["charged"], {"EUR": {"messages": 4, "amount": 3 * 90_000}})
        self.assertEqual(found["money"]["difference"]["fees"], {"EUR": {"messages": -2, "amount": -20_000}})

    def test_what_an_account_no_longer_pays_changes_verdicts(self):
        self.accounts("after", ("  - {id: acme, name: Acme Ltd, currency: EUR, payment: postpaid}\n", ""))
        found = self.object("in.jsonl")
        self.assertEqual((found["changed"], found["repriced"]), (4, 1), "the offer passes as before, but for another reason")
        self.assertEqual([(row["before"], row["after"], row["count"]) for row in found["verdicts"]],
                         [("charge domestic", "block", 2), ("charge letter", "block", 2)])
        after = found["money"]["after"]
        self.assertEqual((after["charged"], after["charge_refused"]), ({}, {"no_account": 6, "no_credit": 1}))
        self.assertEqual(found["money"]["difference"]["charge_refused"], {"no_account": 5, "no_credit": 0, "no_price": -1})
        (row,) = found["prices"]
        self.assertEqual((row["before"], row["after"]), ("no_price, leaked 0.08 EUR", "no_account, leaked 0.08 EUR"))

    def test_another_payer_of_the_same_amount_is_told(self):
        for folder, payer in (("before", "acme"), ("after", "other")):
            self.accounts(folder, ("id: acme", f"id: {payer}"), ("postpaid", "postpaid, recognised_by: {link: ic1}"))
        self.messages("in.jsonl", [self.message("notice", link="ic1")])
        found = self.object("in.jsonl")
        self.assertEqual((found["changed"], found["repriced"]), (0, 1))
        self.assertEqual(found["prices"][0]["before"], "0.065 EUR, 0.01 EUR in fees by acme")
        self.assertEqual(found["prices"][0]["after"], "0.065 EUR, 0.01 EUR in fees by other")

    def test_a_side_without_accounts_charges_nobody(self):
        (self.folder / "before/accounts.yaml").unlink()
        found = self.object("in.jsonl")
        self.assertIsNone(found["money"]["before"])
        self.assertEqual(found["money"]["after"], self.MONEY)
        self.assertEqual(found["money"]["difference"], self.MONEY)
        self.assertEqual([row["gone"] for row in found["charges"] if row["tariff"] == "domestic"], [{"messages": 2, "parts": 2}],
                         "what is refused now, of unknown price")
        shown = self.diff("in.jsonl").stdout
        self.assertIn("\n  There is no accounts.yaml before: nobody is charged.\n", shown)
        self.assertNotIn("accounts.yaml after", shown)

    def test_what_is_not_enforced_leaks(self):
        (self.folder / "tollgate.yaml").write_text("version: 1\nenforcement: off\n")
        money = self.object("-c", "tollgate.yaml", "in.jsonl", status=0)["money"]["before"]
        self.assertEqual((money["charged"], money["leaked"]), ({}, {"EUR": {"messages": 7, "amount": 7 * 80_000}}))

    def test_a_capture_is_charged_by_its_connections(self):
        """What it charges is by hand: see make.py of the case."""
        case = SOURCE / "tests/cases/smpp-charged"
        for folder in ("before", "after"):
            shutil.rmtree(self.folder / folder)
            shutil.copytree(case / "rules", self.folder / folder)
        accounts = self.folder / "after/accounts.yaml"
        accounts.write_text(accounts.read_text().replace("per: message, amount: 0.09", "per: message, amount: 0.1"))
        run = self.diff("-c", str(case / "tollgate.yaml"), "--json", str(case / "in.pcap"))
        found = json.loads(run.stdout)
        self.assertEqual((found["changed"], found["repriced"]), (0, 1), "the part that comes first")
        self.assertEqual(found["money"]["before"], {
            "charged": {"EUR": {"messages": 4, "amount": 50_000 + 65_000 + 90_000}},
            "fees": {"EUR": {"messages": 1, "amount": 12_500}}, "charged_before": 1,
            "charge_refused": {"no_price": 1, "recipient_excluded": 1, "sender_not_registered": 2},
            "leaked": {"EUR": {"messages": 1, "amount": 80_000}}})
        self.assertEqual(found["money"]["difference"]["charged"], {"EUR": {"messages": 0, "amount": 10_000}})

    def test_the_balances_of_a_ledger_count_and_stay(self):
        account = lambda *words: subprocess.run([TOLLGATE, "account", *words, "--ledger", "ledger.db"], cwd=self.folder,
                                                check=True, capture_output=True, text=True, timeout=60)
        account("import", "before/accounts.yaml")
        account("credit", "poor", "0.1", "--reference", "bill 1")
        (self.folder / "before/accounts.yaml").unlink()
        self.messages("in.jsonl", [self.message("notice 1", "poor"), self.message("notice 2", "poor")])
        ledger = self.folder / "ledger.db"
        ledger.chmod(0o400)
        octets = ledger.read_bytes()
        found = self.object("--ledger", "ledger.db", "in.jsonl", status=0)
        # 0.1 is enough for one message of 0.075.
        self.assertEqual(found["money"]["before"]["charged"], {"EUR": {"messages": 1, "amount": 65_000}})
        self.assertEqual(found["money"]["before"]["charge_refused"], {"no_credit": 1})
        self.assertEqual(found["money"]["before"], found["money"]["after"], "each side has a copy of its own")
        self.assertEqual(ledger.read_bytes(), octets)
        run = self.diff("--ledger", "absent.db", "in.jsonl", status=1)
        self.assertIn("absent.db", run.stderr)
        self.assertFalse((self.folder / "absent.db").exists())

    def test_accounts_with_a_fault_are_told(self):
        self.accounts("after", ("amount: 0.065", "amount: much"))
        run = self.diff("in.jsonl", status=1)
        self.assertEqual(run.stdout, "")
        self.assertIn("after/accounts.yaml:5:", run.stderr)


if __name__ == "__main__":
    tap.main()
