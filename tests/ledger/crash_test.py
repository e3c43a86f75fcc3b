#!/usr/bin/env python3
"""A process that charges is killed at random moments, and started again; then Python's own SQLite reads the ledger.

What the packet path was told is paid stands in the ledger, once; nobody was charged more than he had bought; what is spent is
the sum of the events; all books together are zero; the program's own `account verify` agrees.

Environment: TOLLGATE, TOLLGATE_CHARGE_LOAD: the programs; TOLLGATE_CRASHES: how often (20)."""
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import tap

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
LOAD = os.environ.get("TOLLGATE_CHARGE_LOAD", str(SOURCE / "build/tests/ledger/charge_load"))
CRASHES = int(os.environ.get("TOLLGATE_CRASHES", "20"))
WORKERS = 2
PRICE = 65_000
ACCOUNTS = """
accounts:
  - {id: rich, name: Rich, recognised_by: {system_id: rich}, currency: EUR, payment: prepaid}
  - {id: poor, name: Poor, recognised_by: {system_id: poor}, currency: EUR, payment: prepaid}
  - {id: owes, name: Owes, recognised_by: {system_id: owes}, currency: EUR, payment: postpaid, monthly_limit: 50}
prices:
  - {list: standard, tariff: domestic, amount: 0.065, currency: EUR}
"""
BOUGHT = {"rich": 1_000_000, "poor": 20}


class Crash(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.ledger, self.told = self.folder / "ledger.db", self.folder / "told"
        (self.folder / "accounts.yaml").write_text(ACCOUNTS)
        self.account("import", self.folder / "accounts.yaml")
        for account, units in BOUGHT.items():
            self.account("credit", account, units, "--reference", f"first of {account}")

    def account(self, *words):
        command = [TOLLGATE, "account", *map(str, words), "--ledger", self.ledger]
        run = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def start(self, seed):
        process = subprocess.Popen([LOAD, self.ledger, self.folder, self.told, str(seed)], stdout=subprocess.PIPE, text=True)
        self.assertEqual(process.stdout.readline(), "ready\n")
        return process

    def kill(self, process):
        self.assertIsNone(process.poll(), "it ended by itself")
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()

    def test_killed_at_random_moments(self):
        random_ = random.Random(20261122)
        for crash in range(CRASHES):
            process = self.start(crash)
            time.sleep(random_.uniform(0.001, 0.12))
            self.kill(process)
            if crash % 10 == 9:
                self.check(crash + 1)
        told = self.check(CRASHES)
        self.assertGreater(told, 100 * CRASHES)
        print(f"# {CRASHES} times killed, {told} charges", flush=True)

    def check(self, crashes):
        """Of what was told before so many crashes."""
        subprocess.run([LOAD, self.ledger, self.folder, self.told, "settle"], check=True, timeout=60)
        told = {}
        size = struct.calcsize("<QQIIq")
        for high, low, account, _, amount in struct.iter_unpack("<QQIIq", self.told.read_bytes()):
            if amount:
                self.assertNotIn((high, low), told, "the packet path was told twice")
                told[(high, low)] = (account, amount)
        self.assertEqual(size, 32)
        self.account("verify")
        ledger = sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True)
        try:
            numbers = dict(ledger.execute("SELECT id, number FROM account"))
            events = {}
            for account, identity, amount in ledger.execute("SELECT account, id, amount FROM event"):
                key = struct.unpack(">QQ", identity)
                self.assertNotIn(key, events, "an event stands in the ledger twice")
                events[key] = (account, amount)
            lost = [key for key in told if key not in events]
            self.assertEqual(lost, [], f"{len(lost)} events lost after {crashes} kills")
            for key, charged in told.items():
                self.assertEqual(events[key], charged)
            # One a worker and start at most was charged, and the process killed before it could tell.
            self.assertLessEqual(len(events) - len(told), WORKERS * crashes)
            self.assertEqual(ledger.execute("SELECT sum(balance) FROM book").fetchone()[0], 0)
            for name, number in numbers.items():
                spent = sum(amount for account, amount in events.values() if account == number)
                moved = ledger.execute("SELECT coalesce(sum(amount), 0) FROM movement WHERE account = ? AND kind = 'spend'",
                                       (number,)).fetchone()[0]
                self.assertEqual(spent, moved, name)
                bound = BOUGHT[name] * 1_000_000 if name in BOUGHT else 50_000_000
                self.assertLessEqual(spent, bound, f"{name} is overspent")
            if crashes == CRASHES:
                spent = sum(amount for account, amount in events.values() if account == numbers["poor"])
                self.assertGreater(spent, BOUGHT["poor"] * 1_000_000 - PRICE, "what could be spent was not")
        finally:
            ledger.close()
        return len(told)


if __name__ == "__main__":
    tap.main()
