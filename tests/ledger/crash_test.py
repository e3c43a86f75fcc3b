#!/usr/bin/env python3
"""A process that charges is killed at random moments, and started again; then another program reads the ledger.

What the packet path was told is paid stands in the ledger, once; nobody was charged more than he had bought; what is spent is
the sum of the events; all books together are zero; the program's own `account verify` agrees.

The same with two appliances on one ledger of PostgreSQL, whose server is killed too (by support/with_postgresql.py).

Environment: TOLLGATE, TOLLGATE_CHARGE_LOAD: the programs; TOLLGATE_CRASHES: how often (20)."""
import csv
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
import tap
from load import BOUGHT, BOUND, PRICE, Load, account, identity, make_ledger, settle, told_in

CRASHES = int(os.environ.get("TOLLGATE_CRASHES", "20"))
SERVER = os.environ.get("TOLLGATE_TEST_POSTGRESQL")
WORKERS = 2


class Crash(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def check(self, told, crashes, is_last):
        """Of what was told before so many crashes."""
        account(self.options, "verify")
        numbers = {name: int(number) for name, number in self.rows("SELECT id, number FROM account")}
        events = {}
        for number, key, amount in self.rows("SELECT account, id, amount FROM event"):
            self.assertNotIn(key, events, "an event stands in the ledger twice")
            events[key] = (int(number), int(amount))
        lost = [key for key in told if key not in events]
        self.assertEqual(lost, [], f"{len(lost)} events lost after {crashes} kills")
        for key, charged in told.items():
            self.assertEqual(events[key], charged)
        # One a worker and start at most was charged, and the process killed before it could tell.
        self.assertLessEqual(len(events) - len(told), WORKERS * crashes)
        (balance,), = self.rows("SELECT sum(balance) FROM book")
        self.assertEqual(int(balance), 0)
        for name, number in numbers.items():
            spent = sum(amount for one, amount in events.values() if one == number)
            (moved,), = self.rows(f"SELECT coalesce(sum(amount), 0) FROM movement WHERE account = {number} AND kind = 'spend'")
            self.assertEqual(spent, int(moved), name)
            self.assertLessEqual(spent, BOUND[name], f"{name} is overspent")
            if is_last and name == "poor":
                self.assertGreater(spent, BOUND[name] - PRICE, "what could be spent was not")


@unittest.skipIf(SERVER, "this run is of PostgreSQL")
class CrashOnSqlite(Crash):
    def rows(self, query):
        ledger = sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True)
        try:
            return [[identity(value) if isinstance(value, bytes) else value for value in row] for row in ledger.execute(query)]
        finally:
            ledger.close()

    def test_killed_at_random_moments(self):
        self.ledger, told = self.folder / "ledger.db", self.folder / "told"
        self.options = ["--ledger", self.ledger]
        make_ledger(self.options, self.folder)
        random_ = random.Random(20261122)
        for crash in range(1, CRASHES + 1):
            load = Load(self.ledger, self.folder, told, crash)
            self.addCleanup(load.close)
            self.assertEqual(load.line(), "ready")
            time.sleep(random_.uniform(0.001, 0.12))
            load.kill()
            if crash % 10 == 0 or crash == CRASHES:
                settle(self.ledger, self.folder, told)
                self.check(told_in(told), crash, crash == CRASHES)
        count = len(told_in(told))
        self.assertGreater(count, 100 * CRASHES)
        print(f"# {CRASHES} times killed, {count} charges", flush=True)


@unittest.skipUnless(SERVER, "there is no PostgreSQL here: support/with_postgresql.py starts one")
class CrashOnPostgresql(Crash):
    def rows(self, query):
        run = subprocess.run(["psql", "-X", "-q", "--csv", "-t", "-d", SERVER, "-c", query], check=True, capture_output=True, text=True)
        return [[identity(bytes.fromhex(value[2:])) if value.startswith("\\x") else value for value in row]
                for row in csv.reader(run.stdout.splitlines())]

    def kill_server(self):
        first, _ = pathlib.Path(os.environ["TOLLGATE_TEST_POSTGRESQL_PID"]).read_text().split("\n", 1)
        os.kill(int(first), signal.SIGKILL)

    def start_server(self):
        # Its processes that still work with the memory of the one that was killed go soon.
        for _ in range(50):
            if subprocess.run(os.environ["TOLLGATE_TEST_POSTGRESQL_START"], shell=True, stderr=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL).returncode == 0:
                return
            time.sleep(0.2)
        self.fail("the server does not start again")

    def start(self, appliance, seed):
        load = Load(SERVER, self.folder / appliance, self.folder / appliance / "told", seed, appliance)
        self.addCleanup(load.close)
        return load

    def test_two_appliances_and_the_server_killed_at_random_moments(self):
        appliances = ["one", "two"]
        config = self.folder / "tollgate.yaml"
        config.write_text(f'version: 1\nstate: state\nledger: {{postgresql: "{SERVER}", appliance: test}}\n')
        self.options = ["--config", config]
        make_ledger(self.options, self.folder)
        for appliance in appliances:
            (self.folder / appliance).mkdir()
        random_ = random.Random(20261122)
        loads = {appliance: self.start(appliance, number) for number, appliance in enumerate(appliances)}
        starts = len(appliances)
        servers = 0
        said = set()
        for crash in range(1, CRASHES + 1):
            time.sleep(random_.uniform(0.01, 0.25))
            which = random_.choice([*appliances, "server"])
            if which == "server":
                servers += 1
                self.kill_server()
                time.sleep(random_.uniform(0, 0.3))
                self.start_server()
            else:
                said |= self.said(loads[which])
                loads[which].kill()
                loads[which] = self.start(which, 1_000 + crash)
                starts += 1
            if crash % 20 == 0 or crash == CRASHES:
                for load in loads.values():
                    said |= self.said(load)
                    load.kill()
                told = {}
                for appliance in appliances:
                    settle(SERVER, self.folder / appliance, self.folder / appliance / "told", appliance)
                    of_one = told_in(self.folder / appliance / "told")
                    self.assertEqual(told.keys() & of_one.keys(), set())
                    told |= of_one
                self.check(told, starts, crash == CRASHES)
                if crash != CRASHES:
                    loads = {appliance: self.start(appliance, 2_000 + 2 * crash + n) for n, appliance in enumerate(appliances)}
                    starts += len(appliances)
        self.assertGreater(servers, 0)
        self.assertGreater(len(told), 50 * CRASHES)
        for line in said:
            self.assertTrue(line.startswith("ledger "), line)
        self.assertGreater(len(said), 0, "nobody noticed that the server was gone")
        print(f"# {starts - len(appliances)} times started again, the server {servers} times, {len(told)} charges", flush=True)

    @staticmethod
    def said(load):
        lines = set()
        while not load.lines.empty():
            lines.add(load.line())
        return lines - {"ready"}


if __name__ == "__main__":
    tap.main()
