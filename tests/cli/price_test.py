#!/usr/bin/env python3
"""What explain says of who pays for a message, what, and why. Environment: TOLLGATE, the program."""
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
sys.path.insert(0, str(SOURCE / "tests/cases"))
import tap
import wire

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
# The messages of make.py, whose prices are by hand: frames 6 to 15.
CASE = SOURCE / "tests/cases/smpp-charged"


class PriceTest(unittest.TestCase):
    def setUp(self):
        self.maxDiff = None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copytree(CASE / "rules", self.folder / "rules")
        shutil.copy(CASE / "tollgate.yaml", self.folder)

    def run_command(self, *arguments):
        environment = os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")}
        run = subprocess.run([TOLLGATE, *map(str, arguments)], cwd=self.folder, env=environment, capture_output=True, text=True,
                             timeout=60)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return run.stdout

    def explain(self, frame, *arguments, capture=CASE / "in.pcap"):
        return self.run_command("explain", capture, "--frame", frame, "-c", "tollgate.yaml", *arguments)

    def section(self, frame, *arguments, **more):
        """Below the heading `Charge`."""
        shown = self.explain(frame, *arguments, **more)
        self.assertIn("\nCharge\n", shown)
        self.assertNotIn("\n  charge.", shown, "which says the same")
        self.assertLess(shown.index("\nPolicy\n"), shown.index("\nCharge\n"))
        return shown.split("\nCharge\n")[1].split("\n\n")[0].rstrip("\n")

    def object(self, frame, *arguments, **more):
        return json.loads(self.explain(frame, "--json", *arguments, **more))

    def accounts(self, old, new):
        path = self.folder / "rules/accounts.yaml"
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new))

    def make_ledger(self):
        subprocess.run([TOLLGATE, "account", "import", "rules/accounts.yaml", "--ledger", "ledger.db"], cwd=self.folder, check=True,
                       capture_output=True, timeout=60)

    def without_accounts(self):
        (self.folder / "rules/accounts.yaml").unlink()
        (self.folder / "rules/lists/do-not-contact.txt").unlink()

    def test_a_charge_with_a_fee(self):
        self.assertEqual(self.section(6), """\
  account    acme-ltd (Acme)
  tariff     domestic
  price      0.05 EUR a part; of the list standard
             for tariff domestic, country GB, prefix 447700900
             fee operator: 0.0125 EUR
  charged    0.05 EUR, and 0.0125 EUR in fees""")
        found = self.object(6)
        self.assertEqual(found["charge"], {"account": "acme-ltd", "tariff": "domestic", "amount": 50_000, "fees": 12_500,
                                           "currency": "EUR"})
        self.assertEqual(found["price_line"], {
            "number": 2, "list": "standard", "tariff": "domestic", "country": "GB", "prefix": "447700900", "per": "part",
            "amount": 50_000, "currency": "EUR", "fees": {"operator": 12_500}})
        self.assertEqual(found["account_name"], "Acme")

    def test_events_are_those_of_a_replay(self):
        self.run_command("replay", CASE / "in.pcap", "-c", "tollgate.yaml", "--events", "events.jsonl")
        events = [json.loads(line) for line in (self.folder / "events.jsonl").read_text().splitlines()]
        told = 0
        for event in events:
            found = self.object(event["frame"])
            for name in ("charge", "leaked", "verdict", "origin"):
                self.assertEqual(found.get(name), event.get(name), event["frame"])
            told += "charge" in event
        self.assertEqual(told, 9)

    def test_what_is_sent_again_costs_nothing_more(self):
        self.assertTrue(self.section(7).endswith("\n  charged    nothing more: its application sent it before, and it is paid"))

    def test_a_price_of_a_whole_message_falls_on_its_first_part(self):
        price = "\n  price      0.09 EUR a message, whatever its parts; of the list standard\n             for tariff letter\n"
        self.assertTrue(self.section(14).endswith(price + "  charged    0.09 EUR"))
        self.assertTrue(self.section(15).endswith(price + "  charged    nothing more: another part has paid for the whole message"))
        self.assertEqual(self.object(15)["price_line"]["per"], "message")

    def test_a_refusal_says_what_it_means(self):
        self.assertTrue(self.section(9).endswith(
            "\n  refused    sender_not_registered: The account has no such sender, or does not have it yet."))
        self.assertEqual(self.object(9)["refusal"], "The account has no such sender, or does not have it yet.")
        self.assertEqual(self.object(9)["price_line"]["amount"], 50_000, "what it would cost")
        self.accounts("system_id: acme", "system_id: another")
        self.assertEqual(self.section(6), """\
  account    (nobody is known)
  tariff     domestic
  price      none
  refused    no_account: Nobody is known who pays for what comes from there.""")
        self.assertNotIn("price_line", self.object(6))

    def test_a_leak_has_the_list_price(self):
        self.assertEqual(self.section(12), """\
  account    acme-ltd (Acme)
  tariff     unpriced
  price      none
  refused    no_price: No price line of the account, or of its list, applies: a missing price is not zero.
  leaked     0.08 EUR: nobody pays for what passes; this is its price by the tariff list of the list standard, with fees
  list price 0.08 EUR a part; of the list standard
             for tariff list""")
        found = self.object(12)
        self.assertEqual(found["leaked"], {"amount": 80_000, "currency": "EUR"})
        self.assertEqual(found["list_price_line"], {"number": 4, "list": "standard", "tariff": "list", "per": "part", "amount": 80_000,
                                                    "currency": "EUR"})

    def test_an_own_price_and_its_conditions(self):
        self.accounts("prices:", "prices:\n  - {account: acme-ltd, amount: 0.04, currency: EUR, sender_type: alphanumeric, label: a2p, "
                      "route: international, from: 2023-11-01, until: 2023-12-01T08:00:00}")
        self.assertIn("""
  price      0.04 EUR a part; the own price of acme-ltd
             for sender_type alphanumeric, label a2p, route international, from 2023-11-01T00:00:00Z, until 2023-12-01T08:00:00Z
  charged    0.04 EUR""", self.section(6))
        line = self.object(6)["price_line"]
        self.assertEqual((line["account"], line["from"], line["until"]), ("acme-ltd", "2023-11-01T00:00:00Z", "2023-12-01T08:00:00Z"))

    def test_each_recipient_has_its_price(self):
        destinations = b"".join(b"\1\1\1" + wire.c_string(number) for number in ("447700900123", "447700911123"))
        text = b"A notice"
        body = wire.c_string("") + b"\5\0" + wire.c_string("ACME") + b"\2" + destinations
        body += bytes([0, 0, 0, 0, 0, 0, 0, 1, 0, len(text)]) + text
        (self.folder / "two.pcap").write_bytes(wire.pcap(wire.bound(("esme", wire.pdu(0x21, 2, body)))))
        shown = self.section(6, capture="two.pcap")
        self.assertIn("\n  price      0.05 EUR a part to 447700900123; of the list standard\n", shown)
        self.assertIn("\n  price      0.065 EUR a part to 447700911123; of the list standard\n", shown)
        self.assertTrue(shown.endswith("\n  charged    0.115 EUR, and 0.0125 EUR in fees"))
        lines = self.object(6, capture="two.pcap")["price_lines"]
        self.assertEqual([(line["recipient"], line["number"]) for line in lines], [("447700900123", 2), ("447700911123", 1)])

    def test_without_accounts_nothing_is_said(self):
        self.without_accounts()
        shown = self.explain(6)
        self.assertNotIn("\nCharge\n", shown)
        self.assertRegex(shown, r"(?m)^  charge\.tariff +domestic$")

    def test_a_message_that_costs_nothing_has_no_section(self):
        self.assertNotIn("\nCharge\n", self.explain(13))
        self.assertNotIn("price_line", self.object(13))

    def test_a_ledger_is_asked_and_stays_as_it_is(self):
        self.make_ledger()
        self.run_command("replay", CASE / "in.pcap", "-c", "tollgate.yaml", "--ledger", "ledger.db")
        expected = self.section(6)
        self.accounts("amount: 0.05,", "amount: 0.9,")
        ledger = self.folder / "ledger.db"
        ledger.chmod(0o400)
        octets = ledger.read_bytes()
        self.assertEqual(self.section(6, "--ledger", "ledger.db"), expected, "not charged before, though the ledger has it")
        self.assertEqual(ledger.read_bytes(), octets)

    def test_the_credit_of_a_ledger_counts(self):
        self.accounts("payment: postpaid", "payment: prepaid")
        self.make_ledger()
        self.assertTrue(self.section(6, "--ledger", "ledger.db").endswith(
            "\n  refused    no_credit: The account's prepaid credit, or a limit of it, does not suffice."))
        self.run_command("account", "credit", "acme-ltd", "0.0625", "--reference", "bill 1", "--ledger", "ledger.db")
        for _ in range(2):
            self.assertTrue(self.section(6, "--ledger", "ledger.db").endswith("\n  charged    0.05 EUR, and 0.0125 EUR in fees"))

    def test_a_ledger_on_a_disk_that_cannot_be_written(self):
        self.make_ledger()
        medium = self.folder / "medium"
        medium.mkdir()
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(medium)],
                                               capture_output=True).returncode:
            self.skipTest("needs root, to mount a disk")
        try:
            shutil.copy(self.folder / "ledger.db", medium)
            subprocess.run(["mount", "-o", "remount,ro", str(medium)], check=True)
            self.assertIn("\n  charged    0.05 EUR", self.section(6, "--ledger", "medium/ledger.db"))
        finally:
            subprocess.run(["umount", str(medium)], check=True)

    def test_octets_from_a_log_cost_what_they_would_cost_now(self):
        self.accounts("recognised_by: {system_id: acme}", "recognised_by: {gt: '447700900001'}")
        self.accounts("{list: standard, tariff: domestic, country: GB, prefix", "{list: standard, tariff: domestic, country: GB, "
                      "from: 2020-01-01, prefix")
        octets = wire.unitdata(wire.begin("00000001", wire.dialogue_request(25, 3), wire.components(wire.invoke(
            1, 44, wire.mt_argument(wire.deliver("A notice", "ACME"), imsi="234150123456789"))))).hex()
        found = json.loads(self.run_command("explain", "--hex", octets, "--as", "sccp", "-c", "tollgate.yaml", "--json"))
        self.assertNotIn("time", found)
        self.assertEqual((found["charge"]["account"], found["charge"]["amount"]), ("acme-ltd", 65_000))
        self.assertEqual(found["price_line"]["number"], 1)


if __name__ == "__main__":
    tap.main()
