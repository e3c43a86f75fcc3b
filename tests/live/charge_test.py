#!/usr/bin/env python3
"""What passes is charged, while the appliance is ended and started again under load: each message that arrived was paid once,
and no other. Python's SQLite reads the ledger.

Environment: as that of restart_test.py."""
import pathlib
import signal
import sqlite3
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]
import node_smpp
import restart_test
import smpp_test
import tap
import topology
from appliance import LURE, TOLLGATE, Appliance

PRICE = 65_000  # millionths
CREDIT = 100_000
POLICY = (f"- {{name: Lures, when: {{text: {LURE}}}, then: {{block: {{smpp_status: ESME_RSUBMITFAIL}}}}}}\n"
          "- {name: All pay, then: {charge: domestic, or: {block: {}}}}\n")
ACCOUNTS = """\
accounts: [{id: payer, currency: EUR, payment: prepaid, recognised_by: {system_id: esme}}]
prices: [{list: standard, tariff: domestic, amount: 0.065, currency: EUR}]
"""


@unittest.skipIf(node_smpp.cannot(), node_smpp.cannot())
class Charged(restart_test.RestartTest):
    def new_appliance(self, network):
        appliance = Appliance(network, self.new_folder(), "ledger: {sqlite: ledger.db}\n")
        (appliance.folder / "rules/policy.yaml").write_text(POLICY)
        (appliance.folder / "accounts.yaml").write_text(ACCOUNTS)
        self.account(appliance, "import", appliance.folder / "accounts.yaml")
        self.account(appliance, "credit", "payer", CREDIT, "--reference", "first")
        return appliance

    def account(self, appliance, *words):
        run = subprocess.run([TOLLGATE, "account", *map(str, words), "-c", appliance.folder / "tollgate.yaml"],
                             capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def check(self, number, segment=None):
        sent = smpp_test.messages(restart_test.COUNT, seed=8)
        with topology.Topology() as network:
            if segment:
                network.mss(segment)
            case = smpp_test.CLIENTS["node_without_nagle"](network, self.new_folder(), sent)
            appliance = self.run_with_restarts(network, case, "client", number)
        smpp_test.Smpp().compare(case, sent, enforcing=True)
        self.compare_events(appliance, lambda event: event["text"],
                            {m.text: "block" if m.blocked else "charge" for m in sent}, number)
        self.account(appliance, "verify")
        ledger = sqlite3.connect(appliance.folder / "ledger.db")
        passed = sum(not m.blocked for m in sent)
        paid = ledger.execute("SELECT count(*), count(DISTINCT id), sum(amount) FROM event").fetchone()
        self.assertEqual(paid, (passed, passed, passed * PRICE))
        balance = ledger.execute("SELECT sum(balance) FROM book WHERE role IN ('credit', 'reserved')").fetchone()[0]
        self.assertEqual(balance, CREDIT * 1_000_000 - passed * PRICE)
        # Events of a killed process may be missing; of the others each says what was paid.
        charges = [event["charge"] for event in appliance.events() if event["verdict"] == "charge"]
        self.assertEqual({(c["account"], c["tariff"], c["currency"]) for c in charges}, {("payer", "domestic", "EUR")})
        amounts = sum(charge["amount"] for charge in charges)
        if number == signal.SIGTERM:
            self.assertEqual(amounts, passed * PRICE)
        self.assertLessEqual(amounts, passed * PRICE)
        ledger.close()

    def test_sigterm(self):
        self.check(signal.SIGTERM)

    def test_sigkill(self):
        self.check(signal.SIGKILL)

    def test_sigkill_in_small_segments(self):
        self.check(signal.SIGKILL, segment=200)


if __name__ == "__main__":
    tap.main("__main__")
