#!/usr/bin/env python3
"""The account command as a person meets it. Environment: TOLLGATE, the program; TOLLGATE_LEDGER_CHARGE, what charges
events to an account."""
import calendar
import csv
import datetime
import hashlib
import io
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import tap

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
CHARGE = os.environ.get("TOLLGATE_LEDGER_CHARGE", str(SOURCE / "build/tests/cli/ledger-charge"))

ACCOUNTS = """\
accounts:
  - {id: acme, name: Acme Ltd, currency: EUR, recognised_by: {system_id: acme}, senders: [ACME]}
  - {id: bank, currency: EUR, payment: postpaid, total_limit: 1000}
prices:
  - {list: standard, tariff: domestic, amount: 0.065, currency: EUR}
  - {list: standard, tariff: grey, amount: 0.1, currency: EUR, fees: {register: 0.005, termination: 0.02}}
"""
UTC = datetime.timezone.utc


def ns(*when):
    return int(datetime.datetime(*when, tzinfo=UTC).timestamp()) * 10**9


class AccountTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.write("accounts.yaml", ACCOUNTS)
        self.write("tollgate.yaml", "version: 1\nledger: {sqlite: ledger.db}\n")

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def run_account(self, *arguments, status=0):
        run = subprocess.run([TOLLGATE, "account", *arguments, "-c", "tollgate.yaml"], cwd=self.folder,
                             capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stderr if status else run.stdout

    def json_of(self, *arguments):
        return json.loads(self.run_account(*arguments, "--json"))

    def charge(self, account, tariff, count, amount, first_ns, step_ns=10**9):
        return subprocess.run([CHARGE, "ledger.db", account, tariff, str(count), str(amount), str(first_ns), str(step_ns)],
                              cwd=self.folder, check=True, capture_output=True, text=True, timeout=60).stdout

    def database(self):
        return sqlite3.connect(self.folder / "ledger.db")

    def test_help_and_wrong_arguments(self):
        run = lambda *words: subprocess.run([TOLLGATE, "account", *words], cwd=self.folder, capture_output=True, text=True)
        self.assertIn("statement", run("--help").stdout)
        for command in ("backup correct credit import invoice list pay restore resume show statement suspend verify").split():
            help = run(command, "--help")
            self.assertEqual((help.returncode, help.stderr), (0, ""))
            self.assertIn(f"usage: tollgate account {command}", help.stdout)
        for words in [(), ("frobnicate",), ("credit", "acme"), ("credit", "acme", "1", "2", "--reference", "r"),
                      ("credit", "acme", "-1", "--reference", "r"), ("credit", "acme", "1"), ("show",), ("correct", "x", "--reference", "r")]:
            self.assertEqual(run(*words, "--ledger", "ledger.db").returncode if words else run().returncode, 2, words)
        self.assertFalse((self.folder / "ledger.db").exists(), "only an import makes a ledger")

    def test_without_a_ledger_it_says_what_to_do(self):
        self.assertIn("tollgate account import", self.run_account("list", status=1))
        self.write("tollgate.yaml", "version: 1\n")
        self.assertIn("--ledger FILE", self.run_account("list", status=1))

    def test_import_list_and_show(self):
        self.assertEqual(self.run_account("import", "accounts.yaml"), "2 accounts, 2 prices, 1 registered senders\n")
        self.assertEqual([a["id"] for a in self.json_of("list")], ["acme", "bank"])
        shown = self.json_of("show", "acme")
        self.assertEqual(shown["senders"], [{"address": "ACME", "prefix": False}])
        self.assertEqual(shown["recognised_by"], [{"by": "system_id", "value": "acme"}])
        self.assertIn("Acme Ltd", self.run_account("show", "acme"))
        self.assertIn("no account `nobody`", self.run_account("show", "nobody", status=1))
        self.write("senders.csv", "account,address,since\nacme,ACME,\nacme,4477009*,2026-12-01\n")
        self.assertEqual(self.run_account("import", "senders.csv"), "0 accounts, 0 prices, 2 registered senders\n")
        self.assertIn({"address": "4477009", "prefix": True, "since": "2026-12-01"}, self.json_of("show", "acme")["senders"])

    def test_an_import_with_an_error_changes_nothing(self):
        self.run_account("import", "accounts.yaml")
        self.write("wrong.yaml", "accounts:\n  - {id: fresh, currency: EUR}\n  - {id: other, currency: Euro}\n")
        self.assertIn("wrong.yaml:3:27: error: found `Euro`", self.run_account("import", "wrong.yaml", status=1))
        self.assertEqual(len(self.json_of("list")), 2)

    def test_credit_is_booked_once_for_a_reference(self):
        self.run_account("import", "accounts.yaml")
        self.assertIn("booked; it has 12.50 EUR", self.run_account("credit", "acme", "12.50", "--reference", "B1"))
        self.assertIn("already", self.run_account("credit", "acme", "12.50", "--reference", "B1"))
        self.assertIn("another amount", self.run_account("credit", "acme", "13", "--reference", "B1", status=1))
        self.assertIn("postpaid", self.run_account("credit", "bank", "1", "--reference", "B2", status=1))
        self.assertEqual(self.json_of("list")[0]["balance"], 12_500_000)

    def test_suspend_and_resume(self):
        self.run_account("import", "accounts.yaml")
        self.run_account("suspend", "acme", "--reason", "complaints")
        self.assertEqual(self.json_of("list")[0]["reason"], "complaints")
        self.run_account("resume", "acme")
        self.assertEqual(self.json_of("list")[0]["status"], "active")

    def test_a_statement_adds_up(self):
        self.run_account("import", "accounts.yaml")
        self.run_account("credit", "acme", "100", "--reference", "B1")  # now
        # The month before last has one event, the last one many on two days.
        self.charge("acme", "domestic", 1, 65_000, ns(2025, 1, 31, 23, 59, 59))
        self.charge("acme", "domestic", 10, 65_000, ns(2025, 2, 1))
        self.charge("acme", "grey", 5, 100_000, ns(2025, 2, 2))
        self.charge("acme", "grey", 4, 100_000, ns(2025, 2, 1, 23, 59, 58))
        february = self.json_of("statement", "acme", "--month", "2025-02")
        self.assertEqual(february["opening"], -65_000)
        self.assertEqual([(g["day"], g["country"], g["operator"], g["tariff"], g["events"], g["amount"]) for g in february["events"]],
                         [("2025-02-01", "GB", "Example Mobile", "domestic", 10, 650_000),
                          ("2025-02-01", "GB", "Example Mobile", "grey", 2, 200_000),
                          ("2025-02-02", "GB", "Example Mobile", "grey", 7, 700_000)])
        self.assertEqual([(f["name"], f["amount"]) for f in february["fees"]], [("register", 45_000), ("termination", 180_000)])
        self.assertEqual(february["closing"], -65_000 - 650_000 - 900_000 - 225_000)
        now = self.json_of("statement", "acme")
        self.assertEqual(now["opening"], february["closing"])
        self.assertEqual([(e["kind"], e["amount"]) for e in now["entries"]], [("credit", 100_000_000)])
        self.assertEqual(now["closing"], self.json_of("list")[0]["balance"])
        text = self.run_account("statement", "acme", "--month", "2025-02")
        self.assertIn("GB Example Mobile", text)
        self.assertIn("-1.84", text)
        rows = list(csv.DictReader(io.StringIO(self.run_account("statement", "acme", "--month", "2025-02", "--csv"))))
        sums = sum(round(float(row["amount"]) * 1e6) for row in rows[:-1])
        self.assertEqual((rows[-1]["kind"], sums), ("closing", february["closing"]))
        self.assertIn("no month", self.run_account("statement", "acme", "--month", "2025-13", status=1))

    def test_the_hash_chain_is_what_the_documentation_says(self):
        self.run_account("import", "accounts.yaml")
        self.run_account("credit", "acme", "1", "--reference", "back\\slash | bar")
        self.charge("acme", "domestic", 3, 65_000, ns(2026, 11, 1))
        self.charge("acme", "grey", 2, 100_000, ns(2026, 11, 2))
        escape = lambda text: text.replace("\\", "\\\\").replace("|", "\\|")
        line = lambda fields: "|".join(f.hex() if isinstance(f, bytes) else escape(str(f)) for f in fields).encode()
        digest = lambda before, fields: hashlib.blake2b(before + line(fields), digest_size=32).digest()
        database = self.database()
        before = bytes(32)
        events = database.execute("SELECT account, sequence, id, retry, time_ns, price, amount, fees, part, parts, tariff, country, "
                                  "operator, route, hash FROM event JOIN heading ON number = heading ORDER BY sequence").fetchall()
        self.assertEqual(len(events), 5)
        for *fields, stored in events:
            before = digest(before, fields)
            self.assertEqual(stored, before)
        before = bytes(32)
        book = "{0}.role || '/' || {0}.account || '/' || {0}.detail"
        movements = database.execute(
            f"SELECT m.number, m.id, m.time_ns, m.kind, {book.format('f')}, {book.format('t')}, f.currency, m.amount, m.account, "
            "m.reference, m.made_by, m.first, m.last, m.undoes, m.hash FROM movement AS m JOIN book AS f ON f.number = from_book "
            "JOIN book AS t ON t.number = to_book ORDER BY m.number").fetchall()
        self.assertGreater(len(movements), 5)
        for *fields, stored in movements:
            before = digest(before, fields)
            self.assertEqual(stored, before)

    def test_verify_names_the_first_wrong_record(self):
        self.run_account("import", "accounts.yaml")
        self.charge("bank", "domestic", 20, 65_000, ns(2026, 11, 1))
        self.assertIn("20 events", self.run_account("verify"))
        database = self.database()
        database.execute("UPDATE event SET amount = 1 WHERE sequence IN (7, 9)")
        database.commit()
        run = subprocess.run([TOLLGATE, "account", "verify", "--ledger", "ledger.db"], cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(run.returncode, 1)
        self.assertTrue(run.stdout.startswith("event 7 of account bank: "), run.stdout)

    def test_the_same_capture_twice_charges_once(self):
        """What it charges is by hand: see make.py of the case."""
        case = SOURCE / "tests/cases/smpp-charged"
        self.run_account("import", str(case / "rules/accounts.yaml"))
        command = [TOLLGATE, "replay", str(case / "in.pcap"), "-c", str(case / "tollgate.yaml"), "--ledger", "ledger.db", "--json"]
        revenues = []
        for _ in range(2):
            run = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=60)
            self.assertEqual((run.returncode, run.stderr), (0, ""))
            revenues.append(json.loads(run.stdout)["revenue"])
        refused = {"no_price": 1, "recipient_excluded": 1, "sender_not_registered": 2}
        first, second = revenues
        self.assertEqual(first["charged"], {"EUR": {"messages": 4, "amount": 50_000 + 65_000 + 90_000}})
        self.assertEqual(first["fees"], {"EUR": {"messages": 1, "amount": 12_500}})
        self.assertEqual((first["charged_before"], first["charge_refused"]), (1, refused))
        self.assertEqual(first["leaked"], {"EUR": {"messages": 1, "amount": 80_000}})
        self.assertEqual(first["leaked_by_origin"], [{"origin": "acme-ltd", "currency": "EUR", "messages": 1, "amount": 80_000}])
        self.assertEqual((second["charged"], second["charged_before"], second["charge_refused"]), ({}, 5, refused))
        (account,) = [one for one in self.json_of("list") if one["id"] == "acme-ltd"]
        self.assertEqual(account["balance"], -(50_000 + 65_000 + 90_000 + 12_500))
        self.run_account("verify")

    def test_a_correction_gives_back_and_shows_on_the_statement(self):
        self.run_account("import", "accounts.yaml")
        self.run_account("credit", "acme", "1", "--reference", "B1")
        self.charge("acme", "domestic", 4, 65_000, ns(2026, 11, 1))
        spend = next(m["number"] for m in self.json_of("show", "acme")["movements"] if m["kind"] == "spend")
        self.run_account("correct", str(spend), "--reference", "complaint 7")
        self.assertEqual(self.json_of("list")[0]["balance"], 1_000_000)
        self.assertEqual([e["reference"] for e in self.json_of("statement", "acme")["entries"] if e["kind"] == "correction"], ["complaint 7"])
        self.assertIn("whole", json.dumps(self.json_of("verify")))

    def test_backup_and_restore(self):
        self.run_account("import", "accounts.yaml")
        self.run_account("credit", "acme", "1", "--reference", "B1")
        self.run_account("backup", "backup.db")
        self.assertIn("there already", self.run_account("backup", "backup.db", status=1))
        self.run_account("credit", "acme", "2", "--reference", "B2")
        # While somebody works with it.
        worker = subprocess.Popen([CHARGE, "ledger.db", "bank", "domestic", "1", "1", str(ns(2026, 11, 1)), "1", "60"],
                                  cwd=self.folder, stdout=subprocess.PIPE, text=True)
        try:
            worker.stdout.readline()
            self.run_account("backup", "later.db")
            self.assertIn("--while-in-use", self.run_account("restore", "backup.db", status=1))
            self.assertEqual(self.json_of("list")[0]["balance"], 3_000_000)
            self.run_account("restore", "backup.db", "--while-in-use")
            self.assertEqual(self.json_of("list")[0]["balance"], 1_000_000)
        finally:
            worker.kill()
            worker.communicate()
        self.assertIn("before-restore-2", self.run_account("restore", "later.db"))
        self.assertEqual(self.json_of("list")[0]["balance"], 3_000_000)
        self.assertTrue(self.json_of("verify")["whole"])
        self.assertEqual(sorted(p.name for p in self.folder.glob("*.part*")), [])

    def test_a_wrong_backup_is_not_restored(self):
        self.run_account("import", "accounts.yaml")
        self.run_account("credit", "acme", "1", "--reference", "B1")
        self.run_account("backup", "backup.db")
        database = sqlite3.connect(self.folder / "backup.db")
        database.execute("UPDATE movement SET amount = 5000000")
        database.commit()
        database.close()
        self.assertIn("movement 1: ", self.run_account("restore", "backup.db", status=1))
        self.write("text.db", "no ledger at all, but long enough to be taken for the header of one" * 20)
        self.assertIn("ledger", self.run_account("restore", "text.db", status=1))
        self.assertEqual(self.json_of("list")[0]["balance"], 1_000_000)
        self.assertEqual(sorted(p.name for p in self.folder.glob("ledger.db.*")), [])

    def test_an_invoice_has_a_due_date_and_interest(self):
        self.run_account("import", "accounts.yaml")
        self.charge("bank", "domestic", 100, 1_000_000, ns(2026, 1, 10))
        invoice = self.json_of("invoice", "bank", "--month", "2026-01")
        self.assertEqual((invoice["invoice"], invoice["dated"], invoice["due"]), ("bank-2026-01", "2026-02-01", "2026-02-16"))
        self.assertEqual((invoice["total"], invoice["unpaid"]), (100_000_000, 100_000_000))
        # 1 % a month, each day its part of the month that it is in, from the day after it was due.
        day, days, expected = datetime.date(2026, 2, 17), 0, 0
        now = datetime.datetime.now(UTC)
        while datetime.datetime(day.year, day.month, day.day, 12, tzinfo=UTC) <= now:
            expected += 1_000_000 // calendar.monthrange(day.year, day.month)[1]
            day += datetime.timedelta(days=1)
            days += 1
        self.assertEqual((invoice["days_late"], invoice["interest"]), (days, expected))
        self.assertEqual(self.json_of("invoice", "bank", "--month", "2026-01", "--book-interest")["interest_booked"], expected)
        self.assertEqual(self.json_of("invoice", "bank", "--month", "2026-01", "--book-interest")["interest_booked"], expected)
        self.assertEqual(self.json_of("list")[1]["balance"], -100_000_000 - expected)
        self.run_account("pay", "bank", "100", "--reference", "bank-2026-01")
        self.assertEqual(self.json_of("invoice", "bank", "--month", "2026-01")["unpaid"], expected, "interest is paid first")
        self.assertIn("total", self.run_account("invoice", "bank", "--month", "2026-01"))
        self.assertIn("prepaid", self.run_account("invoice", "acme", "--month", "2026-01", status=1))
        self.assertIn("not over", self.run_account("invoice", "bank", "--month", "2099-01", status=1))
        self.write("tollgate.yaml", "version: 1\nledger: {sqlite: ledger.db, invoices: {due_days: 30, interest_percent: 0}}\n")
        invoice = self.json_of("invoice", "bank", "--month", "2026-01")
        self.assertEqual((invoice["due"], invoice["interest"]), ("2026-03-03", 0))


if __name__ == "__main__":
    tap.main()
