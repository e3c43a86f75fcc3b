#!/usr/bin/env python3
"""The ledger fails under a process that charges: a full disk, a read-only one, another process that holds it, damage; and the
clock is set back.

Each time an error is told that names the ledger, the process goes on, and once the ledger can be used again it has all that
the packet path was told is paid. Where disks are mounted, it needs root.

Environment: TOLLGATE, TOLLGATE_CHARGE_LOAD: the programs."""
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "support")]
import tap
from load import BOUND, Load, account, identity, make_ledger, settle, told_in

JOURNAL = 1 << 17  # events
PAGE = 8192
needs_root = unittest.skipUnless(os.geteuid() == 0, "mounting needs root")


class Failure(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.state, self.told = self.folder / "state", self.folder / "told"
        self.state.mkdir()
        self.use(self.folder / "ledger.db")

    def use(self, ledger):
        self.ledger = ledger
        self.options = ["--ledger", ledger]

    def start(self, seed=1, quota=50):
        load = Load(self.ledger, self.state, self.told, seed, quota=quota)
        self.addCleanup(load.close)
        return load

    def start_well(self, **settings):
        load = self.start(**settings)
        self.assertEqual(load.line(), "ready")
        return load

    def mount(self, size):
        disk = self.folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], capture_output=True).returncode != 0:
            self.skipTest("no disk can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", disk], check=True)
        self.use(disk / "ledger.db")
        return disk

    def remount(self, disk, options):
        subprocess.run(["mount", "-o", f"remount,{options}", disk], check=True)

    def error(self, load, *words, timeout=30):
        """The next line is an error that names the ledger, with one of the words."""
        line = load.errors.pop(0) if load.errors else load.line(timeout)
        self.assertTrue(line.startswith(f"ledger {self.ledger}: "), line)
        self.assertTrue(any(word in line for word in words), line)
        print("#", line, flush=True)

    def goes_on(self, load):
        """What waits is written down, and more is charged."""
        charged = load.count()[0]
        end = time.monotonic() + 30
        while time.monotonic() < end:
            time.sleep(0.1)
            now, _, _, waiting = load.count()
            if now > charged + 1_000 and max(waiting) < JOURNAL // 2:
                return
        self.fail(f"{charged} were charged, and {now} half a minute later; {waiting} wait")

    def check(self, load, months=1):
        load.kill()
        settle(self.ledger, self.state, self.told)
        account(self.options, "verify")
        told = told_in(self.told, once=False)
        ledger = sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True)
        try:
            events = {}
            for number, key, amount in ledger.execute("SELECT account, id, amount FROM event"):
                self.assertNotIn(identity(key), events)
                events[identity(key)] = (number, amount)
            self.assertEqual(sum(1 for key, charged in told.items() if events.get(key) != charged), 0, "were lost")
            for name, number in ledger.execute("SELECT id, number FROM account"):
                spent = sum(amount for one, amount in events.values() if one == number)
                self.assertLessEqual(spent, BOUND[name] * (months if name == "owes" else 1), f"{name} is overspent")
            self.assertEqual(ledger.execute("SELECT sum(balance) FROM book").fetchone(), (0,))
        finally:
            ledger.close()

    def wait_until_refused(self, load, full):
        """All that comes is refused as ledger_behind, where `full` with full journals."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            before = load.count()
            time.sleep(0.2)
            charged, behind, _, waiting = load.count()
            if charged == before[0] and behind > before[1] and (not full or min(waiting) == JOURNAL):
                return
        self.fail(f"{charged} charged, {behind} refused as ledger_behind, {waiting} wait")

    @needs_root
    def test_the_disk_is_full(self):
        disk = self.mount("3m")
        make_ledger(self.options, self.folder)
        load = self.start_well()
        self.error(load, "there is no room on its disk")
        self.wait_until_refused(load, full=False)
        self.remount(disk, "size=512m")
        self.goes_on(load)
        self.check(load)

    @needs_root
    def test_the_disk_is_read_only(self):
        disk = self.mount("512m")
        make_ledger(self.options, self.folder)
        load = self.start_well()
        time.sleep(0.3)
        load.kill()
        self.remount(disk, "ro")
        load = self.start(seed=2)
        self.error(load, "must be writable", "must be there, and writable")
        self.assertTrue(load.lines.empty())
        self.remount(disk, "rw")
        self.assertEqual(load.line(), "ready")
        self.goes_on(load)
        self.check(load)

    def test_another_process_holds_it_for_15_seconds(self):
        make_ledger(self.options, self.folder)
        load = self.start_well(quota=300_000)
        holder = sqlite3.connect(self.ledger, isolation_level=None, timeout=60)
        self.addCleanup(holder.close)
        holder.execute("BEGIN EXCLUSIVE")
        since = time.monotonic()
        self.wait_until_refused(load, full=True)
        self.error(load, "another process holds it; try again")
        time.sleep(max(0, since + 15 - time.monotonic()))
        holder.execute("ROLLBACK")
        self.goes_on(load)
        self.check(load)

    def damage(self, first):
        """All from that octet on is another."""
        with open(self.ledger, "r+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(first)
            file.write(b"\xa5" * (size - first))

    def test_it_is_damaged_before_the_start(self):
        make_ledger(self.options, self.folder)
        load = self.start_well()
        time.sleep(0.5)
        load.kill()
        settle(self.ledger, self.state, self.told)
        backup = self.folder / "backup.db"
        account(self.options, "backup", backup)
        for seed, first in enumerate([0, PAGE, self.ledger.stat().st_size // 2], 2):
            with self.subTest(first=first):
                self.damage(first)
                load = self.start(seed)
                self.error(load, "damaged", "no ledger")
                account(self.options, "restore", backup, "--while-in-use")
                load.wait_for("ready")
                self.goes_on(load)
                self.check(load)
                backup.unlink()
                account(self.options, "backup", backup)

    def test_it_is_damaged_while_the_process_works_with_it(self):
        make_ledger(self.options, self.folder)
        load = self.start_well()
        time.sleep(0.5)
        holder = sqlite3.connect(self.ledger, isolation_level=None, timeout=60)
        self.addCleanup(holder.close)
        holder.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        # Nothing is written down between backup and damage: what is charged then waits.
        holder.execute("BEGIN IMMEDIATE")
        holder.execute("UPDATE meta SET version = version + 1")
        account(self.options, "backup", self.folder / "backup.db")
        self.damage(PAGE)
        holder.execute("COMMIT")
        holder.close()
        self.error(load, "damaged")
        self.wait_until_refused(load, full=False)
        account(self.options, "restore", self.folder / "backup.db", "--while-in-use")
        self.goes_on(load)
        self.check(load)

    def test_the_clock_is_set_back(self):
        make_ledger(self.options, self.folder)
        load = self.start_well()
        self.goes_on(load)
        for seconds in (-3_600, -31 * 86_400, 0):
            load.tell(seconds)
            self.goes_on(load)
        self.assertEqual(load.errors, [])
        # Each month has its own limit.
        self.check(load, months=3)


if __name__ == "__main__":
    tap.main()
