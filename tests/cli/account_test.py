#!/usr/bin/env python3
"""The account command as a person meets it. Environment: TOLLGATE, the program; TOLLGATE_LEDGER_CHARGE, what charges
events to an account."""
import calendar
import contextlib
import csv
import datetime
import hashlib
import io
import json
import os
import pathlib
import pwd
import re
import shutil
import socket
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
ME = f"{pwd.getpwuid(os.geteuid()).pw_name} (local, uid {os.geteuid()})"  # in the audit log


def ns(*when):
    return int(datetime.datetime(*when, tzinfo=UTC).timestamp()) * 10**9


class AccountTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.write("accounts.yaml", ACCOUNTS)
        self.write("tollgate.yaml", "version: 1\nstate: state\nledger: {sqlite: ledger.db}\n")

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def run_account(self, *arguments, status=0):
        run = subprocess.run([TOLLGATE, "account", *arguments, "-c", "tollgate.yaml"], cwd=self.folder,
                             capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stderr if status else run.stdout

    def json_of(self, *arguments):
        return json.loads(self.run_account(*arguments, "--json"))

    def charge(self, account, tariff, count, amount, first_ns, step_ns=10**9, kept=0):
        words = (account, tariff, count, amount, first_ns, step_ns, 0, kept)
        return subprocess.run([CHARGE, "ledger.db", *map(str, words)], cwd=self.folder, check=True, capture_output=True,
                              text=True, timeout=60).stdout

    def database(self):
        return sqlite3.connect(self.folder / "ledger.db")

    def test_help_and_wrong_arguments(self):
        run = lambda *words: subprocess.run([TOLLGATE, "account", *words], cwd=self.folder, capture_output=True, text=True)
        self.assertIn("statement", run("--help").stdout)
        for command in ("appliances backup correct credit import invoice leakage list pay release restore resume show statement suspend verify").split():
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

    def test_a_ledger_that_root_makes_belongs_to_whom_the_folder_does(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")
        os.chown(self.folder, 12345, 23456)
        self.run_account("import", "accounts.yaml")
        self.run_account("credit", "acme", "1", "--reference", "B1")
        for path in self.folder.glob("ledger.db*"):
            self.assertEqual((path.stat().st_uid, path.stat().st_gid, path.stat().st_mode & 0o777), (12345, 23456, 0o600), path)

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
        self.assertEqual(second["charged"], {})
        self.assertEqual((second["charged_before"], second["charge_refused"]), (5, refused))
        (account,) = [one for one in self.json_of("list") if one["id"] == "acme-ltd"]
        self.assertEqual(account["balance"], -(50_000 + 65_000 + 90_000 + 12_500))
        self.run_account("verify")
        # What it might not send is on its statement, once.
        tariffs = {"no_price": "unpriced", "recipient_excluded": "domestic", "sender_not_registered": "domestic"}
        self.assertEqual(self.json_of("statement", "acme-ltd", "--month", "2023-11")["refused"],
                         [{"day": "2023-11-14", "reason": reason, "tariff": tariffs[reason], "messages": count}
                          for reason, count in refused.items()])

    def test_what_leaked_is_kept_and_the_same_capture_counts_once(self):
        """One message of the case passes unpaid: see its make.py. Its packet is of 2023-11-14, in UTC."""
        case = SOURCE / "tests/cases/smpp-charged"
        self.run_account("import", str(case / "rules/accounts.yaml"))
        self.assertEqual(self.run_account("leakage", "--month", "2023-11"), "nothing leaked in 2023-11\n")
        for _ in range(2):
            subprocess.run([TOLLGATE, "replay", str(case / "in.pcap"), "-c", str(case / "tollgate.yaml"), "--ledger", "ledger.db"],
                           cwd=self.folder, check=True, capture_output=True, timeout=60)
        leaked = {"day": "2023-11-14", "kind": "account", "origin": "acme-ltd", "country": "GB", "currency": "EUR",
                  "messages": 1, "amount": 80_000}
        self.assertEqual(self.json_of("leakage", "--month", "2023-11"), {"month": "2023-11", "leaked": [leaked]})
        (row,) = csv.DictReader(io.StringIO(self.run_account("leakage", "--month", "2023-11", "--csv")))
        self.assertEqual(row, {**{key: str(value) for key, value in leaked.items()}, "amount": "0.08"})
        text = self.run_account("leakage", "--month", "2023-11")
        self.assertRegex(text, r"account +acme-ltd +GB +1 +0\.08 EUR\nall +1 +0\.08 EUR\n$")
        self.assertEqual(self.json_of("leakage", "--month", "2023-12")["leaked"], [])
        self.assertEqual(self.json_of("leakage")["leaked"], [])
        self.run_account("leakage", "--month", "2023-13", status=2)
        self.run_account("verify")

    def test_a_whole_message_is_paid_once_also_by_two_processes(self):
        case = SOURCE / "tests/cases/smpp-charged"
        capture = (case / "in.pcap").read_bytes()
        begin, frames = 24, []
        while begin < len(capture):
            frames.append(capture[begin:begin + 16 + struct.unpack_from("<I", capture, begin + 8)[0]])
            begin += len(frames[-1])
        (self.folder / "half.pcap").write_bytes(capture[:24] + b"".join(frames[:-1]))  # without the message's other part
        self.run_account("import", str(case / "rules/accounts.yaml"))
        for name in ("half.pcap", str(case / "in.pcap"), str(case / "in.pcap")):
            subprocess.run([TOLLGATE, "replay", name, "-c", str(case / "tollgate.yaml"), "--ledger", "ledger.db"],
                           cwd=self.folder, check=True, capture_output=True, timeout=60)
        letters = self.database().execute("SELECT part, amount FROM event JOIN heading ON number = heading WHERE tariff = 'letter'")
        self.assertEqual(sorted(letters), [(1, 0), (2, 90_000)])

    def test_a_capture_without_times_is_charged_all_the_same(self):
        case = SOURCE / "tests/cases/smpp-charged"
        capture = bytearray((case / "in.pcap").read_bytes())
        begin = 24
        while begin < len(capture):
            length = struct.unpack_from("<I", capture, begin + 8)[0]
            capture[begin:begin + 8] = bytes(8)
            begin += 16 + length
        (self.folder / "timeless.pcap").write_bytes(capture)
        (self.folder / "rules").mkdir()
        shutil.copytree(case / "rules", self.folder / "rules", dirs_exist_ok=True)
        # Nothing that began later than 1970.
        accounts = (self.folder / "rules/accounts.yaml").read_text()
        (self.folder / "rules/accounts.yaml").write_text("\n".join(line for line in accounts.split("\n") if "since" not in line))
        self.run_account("import", "rules/accounts.yaml")
        run = subprocess.run([TOLLGATE, "replay", "timeless.pcap", "-c", str(case / "tollgate.yaml"), "--rules", "rules",
                              "--ledger", "ledger.db", "--json"], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        told = json.loads(run.stdout)["revenue"]
        (events, amount), = self.database().execute("SELECT count(*), sum(amount) FROM event")
        self.assertGreater(events, 0)
        self.assertEqual(told["charged"]["EUR"], {"messages": events, "amount": amount})
        self.assertEqual(list(self.database().execute("SELECT sum(balance) FROM book WHERE role = 'reserved'")), [(0,)])

    def replay_of(self, capture, settings=""):
        """The summary, and events, of a replay by the rules and accounts of the case smpp-charged, thrown away."""
        case = SOURCE / "tests/cases/smpp-charged"
        shutil.copytree(case / "rules", self.folder / "rules")
        self.write("case.yaml", (case / "tollgate.yaml").read_text() + settings)
        run = subprocess.run([TOLLGATE, "replay", str(capture), "-c", "case.yaml", "--events", "events.jsonl", "--json"],
                             cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        events = [json.loads(line) for line in (self.folder / "events.jsonl").read_text().splitlines()]
        return json.loads(run.stdout), events

    def test_where_nothing_is_enforced_all_that_is_a2p_leaks(self):
        """Nine of the case's messages and parts have the label."""
        told, events = self.replay_of(SOURCE / "tests/cases/smpp-charged/in.pcap", "enforcement: off\n")
        self.assertEqual(told["revenue"]["charged"], {})
        self.assertEqual(told["revenue"]["leaked"], {"EUR": {"messages": 9, "amount": 9 * 80_000}})
        self.assertEqual([e["leaked"]["amount"] for e in events if "leaked" in e], [80_000] * 9)

    def test_nobody_pays_for_a_list_of_unknown_length(self):
        sys.path.insert(0, str(SOURCE / "tests/cases"))
        import wire
        text = b"A notice"
        of_one, of_list = b"\1\1\1" + wire.c_string("447700900123"), b"\2" + wire.c_string("customers")
        def submit_multi(count, destinations):
            head = wire.c_string("") + b"\5\0" + wire.c_string("ACME") + bytes([count]) + destinations
            return wire.pdu(0x21, 3, head + bytes([0, 0, 0, 0, 0, 0, 0, 1, 0, len(text)]) + text)
        frames = wire.bound(*(("esme", submit_multi(*one)) for one in ((1, of_list), (2, of_one + of_list), (1, of_one))))
        (self.folder / "lists.pcap").write_bytes(wire.pcap(frames))
        told, events = self.replay_of("lists.pcap")
        of_lists = [e["charge"].get("refused", e["charge"].get("amount")) for e in events if e["operation"] == "submit_multi"]
        self.assertEqual(of_lists, ["distribution_list", "distribution_list", 50_000])
        self.assertEqual(told["revenue"]["charge_refused"], {"distribution_list": 2})

    def test_of_one_name_one_process_charges(self):
        """While another replay holds the ledger; it is let go of however that ends."""
        case = SOURCE / "tests/cases/smpp-charged"
        self.run_account("import", str(case / "rules/accounts.yaml"))
        pipe = self.folder / "endless.pcap"
        os.mkfifo(pipe)
        command = [TOLLGATE, "replay", "-c", str(case / "tollgate.yaml"), "--ledger", "ledger.db"]
        first = subprocess.Popen([*command, str(pipe)], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(first.wait)
        self.addCleanup(first.kill)
        with open(pipe, "wb") as feed:
            feed.write((case / "in.pcap").read_bytes())
            feed.flush()
            until = time.monotonic() + 30
            while not list(self.database().execute("SELECT 1 FROM appliance")) and time.monotonic() < until:
                time.sleep(0.05)
            second = subprocess.run([*command, str(case / "in.pcap")], cwd=self.folder, capture_output=True, text=True, timeout=60)
            self.assertEqual(second.returncode, 1, second.stdout + second.stderr)
            self.assertIn("another process charges into it as `replay`", second.stderr)
            first.kill()
            first.wait()
        third = subprocess.run([*command, str(case / "in.pcap")], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(third.returncode, 0, third.stderr)

    def audit(self):
        lines = [json.loads(line) for line in (self.folder / "state/audit.jsonl").read_text().splitlines()]
        self.assertEqual({line["role"] for line in lines}, {"admin"})
        return [(line["what"], line["before"], line["after"]) for line in lines]

    def test_every_change_is_in_the_audit_log(self):
        self.run_account("import", "accounts.yaml")
        self.run_account("credit", "acme", "12.5", "--reference", "B1")
        self.run_account("suspend", "acme", "--reason", "late")
        self.run_account("resume", "acme")
        self.run_account("pay", "acme", "1", "--reference", "B2", status=1)
        self.run_account("list")
        self.run_account("credit", "nobody", "1", "--reference", "B3", status=1)
        active = {"account": "acme", "status": "active", "balance": 12_500_000}
        lines = self.audit()
        self.assertEqual(lines[:-1], [
            ("account.import", {"prices": 0}, {"file": "accounts.yaml", "accounts": 2, "prices": 2, "senders": 1, "new_accounts": 2}),
            ("account.credit", active | {"balance": 0}, {"amount": 12_500_000, "reference": "B1", "account": "acme"}),
            ("account.suspend", active, {"reason": "late", "account": "acme"}),
            ("account.resume", active | {"status": "suspended", "reason": "late"}, {"account": "acme"}),
            ("account.pay", active, {"amount": 1_000_000, "reference": "B2", "account": "acme"})])
        self.assertEqual(lines[-1][0], "account.pay.failed")
        self.assertIn("prepaid", lines[-1][2]["error"])

    def test_what_was_before_is_in_the_audit_log(self):
        self.run_account("import", "accounts.yaml")
        self.run_account("credit", "acme", "5", "--reference", "B1")
        self.run_account("credit", "acme", "5", "--reference", "B1")
        self.run_account("backup", "backup.db")
        self.charge("acme", "domestic", 1, 1_000_000, time.time_ns() - 3_600 * 10**9, 10**9, kept=3_000_000)
        self.run_account("release", "test")
        self.run_account("correct", "1", "--reference", "a mistake", status=1)  # some of it is spent
        with contextlib.closing(self.database()) as database:
            (last, version), = database.execute("SELECT (SELECT max(number) FROM movement), version FROM meta")
        self.run_account("restore", "backup.db")
        lines = {what: (before, after) for what, before, after in self.audit()}
        active = {"account": "acme", "status": "active", "balance": 5_000_000}
        self.assertEqual(lines["account.credit.repeated"],
                         (active, {"amount": 5_000_000, "reference": "B1", "account": "acme", "booked": False}))
        self.assertEqual(lines["account.release"][0], {"put_aside": [{"account": "acme", "amount": 3_000_000}]})
        self.assertEqual(lines["account.correct"][0], {"account": "acme", "kind": "credit", "amount": 5_000_000, "reference": "B1"})
        before, after = lines["account.restore"]
        self.assertEqual(before, {"version": version, "last_movement": last})
        self.assertEqual((after["file"], after["backup"]["last_movement"]), ("backup.db", 1))

    def test_what_cannot_be_audited_is_not_done(self):
        self.run_account("import", "accounts.yaml")
        audit = self.folder / "state/audit.jsonl"
        audit.rename(self.folder / "elsewhere")
        audit.mkdir()
        self.assertIn("audit.jsonl", self.run_account("credit", "acme", "1", "--reference", "B1", status=1))
        self.assertEqual(self.json_of("list")[0]["balance"], 0)

    def test_a_ledger_that_is_named_is_no_appliances(self):
        for words in (("import", "accounts.yaml"), ("credit", "acme", "1", "--reference", "B1")):
            subprocess.run([TOLLGATE, "account", *words, "--ledger", "other.db"], cwd=self.folder, check=True, capture_output=True, timeout=60)
        self.assertFalse((self.folder / "state").exists())

    def named(self, *words, status=0):
        run = subprocess.run([TOLLGATE, "account", *words, "--ledger", "ledger.db"], cwd=self.folder, capture_output=True,
                             text=True, timeout=60)
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stderr if status else run.stdout

    def test_a_ledger_of_a_configuration_is_not_changed_without_a_line_by_its_name(self):
        self.run_account("import", "accounts.yaml")
        self.run_account("backup", "backup.db")
        self.named("credit", "acme", "2", "--reference", "B1")
        self.named("resume", "acme")
        self.named("restore", "backup.db")
        self.named("suspend", "acme", "--reason", "x")
        self.assertEqual([line[0] for line in self.audit()],
                         ["account.import", "account.credit", "account.resume", "account.restore", "account.suspend"])
        for name in ("ledger.db-wal", "ledger.db-shm"):
            (self.folder / name).unlink(missing_ok=True)
        self.write("ledger.db", "x" * 10_000)  # its backup says where the line is to stand
        self.named("restore", "backup.db")
        self.assertEqual(len(self.audit()), 6)

    def test_what_cannot_be_audited_is_not_done_by_name(self):
        self.run_account("import", "accounts.yaml")
        audit = self.folder / "state/audit.jsonl"
        audit.rename(self.folder / "elsewhere")
        for words in (("credit", "acme", "1", "--reference", "B1"), ("import", "accounts.yaml")):
            told = self.named(*words, status=1)
            self.assertIn(f"audit log {audit}, which cannot be written (No such file or directory)", told)
        self.assertFalse(audit.exists())
        self.assertEqual(json.loads(self.named("list", "--json"))[0]["balance"], 0)
        # Another configuration takes it over.
        self.write("tollgate.yaml", "version: 1\nstate: other\nledger: {sqlite: ledger.db}\n")
        self.run_account("credit", "acme", "1", "--reference", "B1")
        self.named("credit", "acme", "1", "--reference", "B2")
        lines = [json.loads(line) for line in (self.folder / "other/audit.jsonl").read_text().splitlines()]
        self.assertEqual([line["what"] for line in lines], ["account.audit", "account.credit", "account.credit"])
        self.assertEqual((lines[0]["before"], lines[0]["after"]["audit"]), ({"audit": str(audit)}, str(self.folder / "other/audit.jsonl")))

    def test_that_another_configuration_takes_a_ledger_over_is_told_in_both_audit_logs(self):
        self.run_account("import", "accounts.yaml")
        self.write("tollgate.yaml", "version: 1\nstate: other\nledger: {sqlite: ledger.db}\n")
        for _ in range(2):
            self.run_account("resume", "acme")
        told = {name: [json.loads(line) for line in (self.folder / name / "audit.jsonl").read_text().splitlines()]
                for name in ("state", "other")}
        self.assertEqual([line["what"] for line in told["state"]], ["account.import", "account.audit"])
        self.assertEqual([line["what"] for line in told["other"]], ["account.audit", "account.resume", "account.resume"])
        for name, line in (("state", told["state"][1]), ("other", told["other"][0])):
            self.assertEqual((line["before"], line["after"]),
                             ({"audit": str(self.folder / "state/audit.jsonl")},
                              {"audit": str(self.folder / "other/audit.jsonl"), "ledger": str(self.folder / "ledger.db")}), name)
        # What cannot be said in the log of before is not done.
        self.write("tollgate.yaml", "version: 1\nstate: third\nledger: {sqlite: ledger.db}\n")
        (self.folder / "other/audit.jsonl").unlink()
        (self.folder / "other/audit.jsonl").mkdir()
        self.run_account("credit", "acme", "1", "--reference", "B1", status=1)
        self.assertEqual(self.json_of("list")[0]["balance"], 0)
        (line,) = [json.loads(line) for line in (self.folder / "third/audit.jsonl").read_text().splitlines()]
        self.assertEqual(line["what"], "account.audit")

    def test_a_replay_that_charges_a_ledger_is_in_its_audit_log(self):
        case = SOURCE / "tests/cases/smpp-charged"
        self.run_account("import", str(case / "rules/accounts.yaml"))
        command = [TOLLGATE, "replay", str(case / "in.pcap"), "-c", str(case / "tollgate.yaml"), "--ledger", "ledger.db"]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True, timeout=60)
        (_, _, _), (what, before, after) = self.audit()
        self.assertEqual((what, before, after), ("account.replay", None, {"capture": str(case / "in.pcap"), "ledger": str(self.folder / "ledger.db")}))
        balance = self.json_of("list")[0]["balance"]
        shutil.move(self.folder / "state/audit.jsonl", self.folder / "elsewhere")
        again = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(again.returncode, 1)
        self.assertIn("nothing is changed", again.stderr)
        self.assertEqual(self.json_of("list")[0]["balance"], balance)

    def test_a_replay_that_cannot_charge_says_so_in_the_audit_log(self):
        case = SOURCE / "tests/cases/smpp-charged"
        self.run_account("import", str(case / "rules/accounts.yaml"))
        medium = self.folder / "medium"
        medium.mkdir()
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(medium)], capture_output=True).returncode:
            self.skipTest("needs root, to mount a disk")
        try:
            shutil.copy(self.folder / "ledger.db", medium)
            subprocess.run(["mount", "-o", "remount,ro", str(medium)], check=True)
            run = subprocess.run([TOLLGATE, "replay", str(case / "in.pcap"), "-c", str(case / "tollgate.yaml"), "--ledger", "medium/ledger.db"],
                                 cwd=self.folder, capture_output=True, text=True, timeout=60)
        finally:
            subprocess.run(["umount", str(medium)], check=True)
        self.assertEqual(run.returncode, 1)
        asked, failed = self.audit()[-2:]
        self.assertEqual((asked[0], failed[0]), ("account.replay", "account.replay.failed"))
        self.assertIn(failed[2]["error"], run.stderr)

    def test_a_correction_gives_back_and_shows_on_the_statement(self):
        self.run_account("import", "accounts.yaml")
        self.run_account("credit", "acme", "1", "--reference", "B1")
        self.charge("acme", "domestic", 4, 65_000, ns(2026, 11, 1))
        spend = next(m["number"] for m in self.json_of("show", "acme")["movements"] if m["kind"] == "spend")
        self.run_account("correct", str(spend), "--reference", "complaint 7")
        self.assertEqual(self.json_of("list")[0]["balance"], 1_000_000)
        self.assertEqual([e["reference"] for e in self.json_of("statement", "acme")["entries"] if e["kind"] == "correction"], ["complaint 7"])
        self.assertIn("whole", json.dumps(self.json_of("verify")))

    def test_what_an_appliance_had_put_aside_goes_back_where_it_never_comes_back(self):
        self.run_account("import", "accounts.yaml")
        self.run_account("credit", "acme", "12.5", "--reference", "B1")
        self.assertEqual(self.json_of("appliances"), [])
        # An hour ago it put 4 EUR aside, charged 1 of it, and died.
        self.charge("acme", "domestic", 1, 1_000_000, time.time_ns() - 3_600 * 10**9, 10**9, kept=3_000_000)
        (north,) = self.json_of("appliances")
        self.assertEqual((north["name"], north["put_aside"]), ("test", [{"currency": "EUR", "amount": 3_000_000}]))
        seen = datetime.datetime.fromisoformat(north["seen"].replace("Z", "+00:00"))
        self.assertAlmostEqual(seen.timestamp(), time.time() - 3_600, delta=60)
        self.assertIn("3.00 EUR", self.run_account("appliances"))
        self.assertIn("no appliance `east`", self.run_account("release", "east", "--force", status=1))
        self.assertEqual(self.run_account("release", "test"), "test: 3.00 EUR go back to account acme\n")
        self.assertEqual(self.run_account("release", "test"), "test: it has nothing put aside\n")
        self.assertEqual(self.json_of("show", "acme")["credit"], 11_500_000)
        self.charge("acme", "domestic", 1, 1_000_000, time.time_ns(), 10**9, kept=2_000_000)
        self.assertIn("use --force", self.run_account("release", "test", status=1))
        with contextlib.closing(self.database()) as held:  # force would not help here
            held.execute("BEGIN IMMEDIATE")
            self.assertNotIn("--force", self.run_account("release", "test", status=1))
        self.assertEqual(self.json_of("show", "acme")["credit"], 8_500_000)
        self.run_account("release", "test", "--force")
        self.assertEqual(self.json_of("show", "acme")["credit"], 10_500_000)
        self.assertIn("all as they were written", self.run_account("verify"))

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
        self.write("tollgate.yaml", "version: 1\nstate: state\nledger: {sqlite: ledger.db, invoices: {due_days: 30, interest_percent: 0}}\n")
        invoice = self.json_of("invoice", "bank", "--month", "2026-01")
        self.assertEqual((invoice["due"], invoice["interest"]), ("2026-03-03", 0))

    def test_interest_is_booked_once_though_six_book_it_at_once(self):
        self.run_account("import", "accounts.yaml")
        self.charge("bank", "domestic", 100, 1_000_000, ns(2026, 1, 10))
        command = [TOLLGATE, "account", "invoice", "bank", "--month", "2026-01", "--book-interest", "--json", "-c", "tollgate.yaml"]
        six = [subprocess.Popen(command, cwd=self.folder, stdout=subprocess.PIPE, text=True) for _ in range(6)]
        invoices = [json.loads(one.communicate(timeout=60)[0]) for one in six]
        booked = [amount for (amount,) in self.database().execute("SELECT amount FROM movement WHERE kind = 'interest'")]
        self.assertEqual(booked, [invoices[0]["interest"]])
        self.assertEqual({one["interest_booked"] for one in invoices}, {booked[0]})
        # What was undone is not taken again.
        number = next(m["number"] for m in self.json_of("show", "bank")["movements"] if m["kind"] == "interest")
        self.run_account("correct", str(number), "--reference", "goodwill")
        invoice = self.json_of("invoice", "bank", "--month", "2026-01", "--book-interest")
        self.assertEqual((invoice["interest_booked"], invoice["interest_undone"]), (booked[0], booked[0]))
        self.run_account("pay", "bank", "100", "--reference", "bank-2026-01")
        self.assertEqual(self.json_of("invoice", "bank", "--month", "2026-01")["unpaid"], 0, "no interest is left to be paid first")

    def test_an_invoice_knows_what_was_undone_after_its_month(self):
        self.run_account("import", "accounts.yaml")
        self.charge("bank", "domestic", 3, 10_000_000, ns(2026, 9, 10))
        self.charge("bank", "domestic", 1, 5_000_000, ns(2026, 10, 10))
        self.run_account("pay", "bank", "35", "--reference", "p1")
        sums = lambda month: tuple(self.json_of("invoice", "bank", "--month", month)[key] for key in ("total", "unpaid"))
        self.assertEqual((sums("2026-09"), sums("2026-10")), ((30_000_000, 0), (5_000_000, 0)))
        moved = {(m["kind"], m["amount"]): m["number"] for m in self.json_of("show", "bank")["movements"]}
        self.run_account("correct", str(moved["payment", 35_000_000]), "--reference", "bounced")
        self.assertEqual((sums("2026-09"), sums("2026-10")), ((30_000_000, 30_000_000), (5_000_000, 5_000_000)))
        self.run_account("correct", str(moved["spend", 30_000_000]), "--reference", "credit note")
        self.assertEqual((sums("2026-09"), sums("2026-10")), ((0, 0), (5_000_000, 5_000_000)))
        self.assertRegex(self.run_account("invoice", "bank", "--month", "2026-09"), r"corrections +-30.00")
        self.run_account("pay", "bank", "5", "--reference", "p2")
        self.assertEqual(sums("2026-10"), (5_000_000, 0))
        self.assertEqual(self.json_of("list")[1]["balance"], 0)
        self.assertTrue(self.json_of("verify")["whole"])

    def test_who_comes_after_a_restore_does_not_pay_for_who_was_before(self):
        self.run_account("import", "accounts.yaml")
        self.run_account("backup", "backup.db")
        self.write("late.yaml", "accounts:\n  - {id: late, currency: EUR, payment: postpaid}\n")
        self.run_account("import", "late.yaml")  # number 3
        self.run_account("restore", "backup.db")
        self.write("other.yaml", "accounts:\n  - {id: other, currency: EUR, payment: postpaid}\n")
        self.run_account("import", "other.yaml")
        with contextlib.closing(self.database()) as database:
            numbers = dict(database.execute("SELECT id, number FROM account"))
        self.assertEqual(numbers, {"acme": 1, "bank": 2, "other": 4})
        self.write("prices.csv", "list,tariff,amount,currency\nlate,domestic,0.1,EUR\n")
        self.run_account("import", "prices.csv")
        self.run_account("restore", "backup.db")
        self.run_account("import", "prices.csv")
        self.assertEqual([n for (n,) in self.database().execute("SELECT number FROM price ORDER BY number")], [1, 2, 4])

    def test_amounts_have_an_end(self):
        self.run_account("import", "accounts.yaml")
        self.assertIn("found the amount '1000000000001'", self.run_account("credit", "acme", "1000000000001", "--reference", "r", status=2))
        for number in range(9):
            self.run_account("credit", "acme", "1000000000000", "--reference", f"r{number}")
        self.assertIn("beyond what a ledger can count", self.run_account("credit", "acme", "1000000000000", "--reference", "r9", status=1))
        self.assertTrue(self.json_of("verify")["whole"])

    def test_accounts_come_from_csv_as_from_yaml(self):
        keys = {"name": "Acme, Ltd", "price_list": "standard", "currency": "EUR", "payment": "postpaid", "monthly_limit": "10.5",
                "total_limit": "20", "messages_per_second": "30", "time_zone": "Europe/London"}
        lists = {"warn_at": ["50", "99"], "excluded": ["@dnc", "@gone"], "labels": ["otp", "two words"]}
        marks = {"system_id": ["acme1", "acme2"], "peer": ["192.0.2.0/24", "2001:db8::7"], "gt": ["4477009000"],
                 "service_centre": ["447700900001"], "link": ["ic1"]}
        marketing = {"between": "08:00-20:00", "zone": "recipient"}
        senders = ["ACME", "Acme Shop", "4477009*"]
        yaml = {"id": "full", **keys, **lists, "recognised_by": marks, "marketing": {**marketing, "days": ["mon", "fri"]}, "senders": senders}
        self.write("full.yaml", "accounts: " + json.dumps([yaml, {"id": "least", "currency": "EUR"}]))
        cells = {"id": "full", **keys, "warn_at": "50 99", "excluded": "@dnc;@gone", "labels": "otp; two words", "senders": ";".join(senders),
                 **{f"recognised_by.{key}": " ".join(values) for key, values in marks.items()},
                 **{f"marketing.{key}": value for key, value in marketing.items()}, "marketing.days": "mon fri"}
        with open(self.folder / "full.csv", "w", newline="") as file:
            table = csv.DictWriter(file, cells)
            table.writeheader()
            table.writerows([cells, {"id": "least", "currency": "EUR"}])
        shown = []
        for file in ("full.yaml", "full.csv"):
            self.run_account("import", file)
            shown.append([self.json_of("show", "full"), self.json_of("show", "least")])
            (self.folder / "ledger.db").unlink()
        self.assertEqual(shown[0], shown[1])
        self.assertEqual(shown[0][0]["recognised_by"][0]["value"], "4477009000")
        self.assertEqual(shown[1][1]["warn_at"], [80, 95])
        self.write("wrong.csv", "id,currency,recognised_by.peer\nx,EUR,192.0.2.1 192.0.2.300\n")
        self.assertIn("wrong.csv:2:7: error: found `192.0.2.1 192.0.2.300`", self.run_account("import", "wrong.csv", status=1))

    def test_only_its_owner_reads_a_ledger_and_what_is_made_of_it(self):
        before = os.umask(0)
        self.addCleanup(os.umask, before)
        self.run_account("import", "accounts.yaml")
        with contextlib.closing(self.database()) as database:
            database.execute("CREATE TABLE x (a)")
            database.commit()
            self.run_account("backup", "backup.db")
            self.assertEqual({p.name: oct(p.stat().st_mode & 0o777) for p in self.folder.glob("*.db*")},
                             {name: "0o600" for name in ("ledger.db", "ledger.db-wal", "ledger.db-shm", "backup.db")})
        (self.folder / "ledger.db").chmod(0o640)
        self.run_account("restore", "backup.db")
        self.assertEqual((self.folder / "ledger.db").stat().st_mode & 0o777, 0o640, "as it was")

    def test_an_empty_file_is_no_ledger(self):
        self.run_account("import", "accounts.yaml")
        self.write("empty.db", "")
        self.assertIn("ledger empty.db: the file is empty", self.run_account("restore", "empty.db", status=1))
        self.assertEqual(len(self.json_of("list")), 2)
        self.run_account("backup", "backup.db")
        self.write("ledger.db", "")
        for command in (("list",), ("verify",), ("import", "accounts.yaml"), ("credit", "acme", "1", "--reference", "r")):
            self.assertIn("ledger ledger.db: the file is empty", self.run_account(*command, status=1))
        self.run_account("restore", "backup.db")
        self.assertEqual(len(self.json_of("list")), 2)

    def test_a_new_ledger_is_told(self):
        case = SOURCE / "tests/cases/smpp-charged"
        told = lambda *words: subprocess.run([TOLLGATE, *words], cwd=self.folder, capture_output=True, text=True, timeout=60).stderr
        replay = ("replay", str(case / "in.pcap"), "-c", str(case / "tollgate.yaml"), "--ledger", "tpyo.db")
        self.assertIn("tpyo.db: a new ledger was made", told(*replay))
        self.assertNotIn("new ledger", told(*replay))
        importing = ("account", "import", "accounts.yaml", "-c", "tollgate.yaml")
        self.assertIn("ledger.db: a new ledger was made", told(*importing))
        self.assertNotIn("new ledger", told(*importing))
        self.assertEqual(sorted(p.name for p in self.folder.glob("*.db")), ["ledger.db", "tpyo.db"])

    def test_errors_name_the_file_that_was_given(self):
        self.run_account("import", "accounts.yaml")
        self.write("text.db", "no ledger at all, but long enough to be taken for the header of one" * 20)
        self.assertIn("text.db", self.run_account("restore", "text.db", status=1))
        other = sqlite3.connect(self.folder / "other.db")
        other.execute("CREATE TABLE theirs (a)")
        other.close()
        self.assertIn("ledger other.db: ", self.run_account("restore", "other.db", status=1))
        self.assertIn("ledger no/backup.db: ", self.run_account("backup", "no/backup.db", status=1))

    def test_what_only_shows_does_not_write(self):
        self.run_account("import", "accounts.yaml")
        self.charge("bank", "domestic", 3, 65_000, ns(2026, 10, 10))
        medium = self.folder / "medium"
        medium.mkdir()
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(medium)], capture_output=True).returncode:
            self.skipTest("needs root, to mount a disk")
        try:
            shutil.copy(self.folder / "ledger.db", medium)
            subprocess.run(["mount", "-o", "remount,ro", str(medium)], check=True)
            self.write("tollgate.yaml", "version: 1\nstate: state\nledger: {sqlite: medium/ledger.db}\n")
            self.assertEqual(len(self.json_of("list")), 2)
            self.assertEqual(self.json_of("show", "bank")["balance"], -3 * 65_000)
            self.assertEqual(self.json_of("statement", "bank", "--month", "2026-10")["charged"], 3 * 65_000)
            self.assertEqual(self.json_of("invoice", "bank", "--month", "2026-10")["total"], 3 * 65_000)
            self.assertTrue(self.json_of("verify")["whole"])
            self.assertIn("medium/ledger.db", self.run_account("pay", "bank", "1", "--reference", "r", status=1))
        finally:
            subprocess.run(["umount", str(medium)], check=True)

    def test_texts_can_be_shown(self):
        self.run_account("import", "accounts.yaml")
        for command in (("credit", "acme", "1", "--reference"), ("suspend", "acme", "--reason"), ("correct", "1", "--reference")):
            self.assertIn("control characters", self.run_account(*command, "bank\x1b[2J", status=2))
        self.run_account("credit", "acme", "1", "--reference", "=1+1,2")
        rows = list(csv.DictReader(io.StringIO(self.run_account("statement", "acme", "--csv"))))
        self.assertEqual([row["name"] for row in rows if row["kind"] == "credit"], ["'=1+1,2"])
        self.write("names.yaml", 'accounts:\n  - {id: bad, name: "a\\0b", currency: EUR}\n')
        self.assertIn("names.yaml:2:21", self.run_account("import", "names.yaml", status=1))


class BothWaysTest(unittest.TestCase):
    """What the running appliance does for the command, and what the command does itself, reads the same."""

    COMMANDS = [["credit", "acme", "12.50", "--reference", "B1"], ["credit", "acme", "12.50", "--reference", "B1"],
                ["credit", "acme", "13", "--reference", "B1"], ["credit", "bank", "1", "--reference", "B2"],
                ["pay", "bank", "0.000001", "--reference", "B3 – of the bank"], ["pay", "nobody", "1", "--reference", "B4"],
                ["pay", "bank", "0", "--reference", "B5"], ["credit", "acme", "1", "--reference", ""],
                ["credit", "acme", "1", "--reference", "\t"], ["suspend", "acme", "--reason", "complaints"], ["list"],
                ["suspend", "nobody", "--reason", "x"], ["list", "--json"], ["resume", "acme"], ["resume", "nobody"],
                ["list", "--json"], ["list"], ["statement", "acme", "--csv", "--month", "2025-01"],
                ["statement", "acme", "--json", "--month", "2025-01"], ["statement", "acme", "--month", "2025-13"],
                ["invoice", "bank", "--month", "2025-01"], ["invoice", "bank", "--month", "2025-01", "--json", "--book-interest"],
                ["invoice", "nobody", "--month", "2025-01"], ["show", "nobody"], ["correct", "99999", "--reference", "x"], ["release", "nobody"],
                ["import", "more.yaml"], ["import", "wrong.yaml"], ["import", "absent.yaml"], ["import", "latin1.yaml"], ["import", "senders.csv"]]

    def make(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, folder)
        (folder / "accounts.yaml").write_text(ACCOUNTS)
        (folder / "more.yaml").write_text("accounts:\n  - {id: bank, currency: EUR, payment: postpaid, total_limit: 2000}\n"
                                          "  - {id: fresh, currency: EUR}\n")
        (folder / "wrong.yaml").write_text("accounts:\n  - {id: fresh, currency: Euro}\n  - {id: b, currency: 1}\n")
        (folder / "latin1.yaml").write_bytes(b"accounts:\n  - {id: fresh, currency: EUR, name: caf\xe9}\n")
        (folder / "senders.csv").write_text("account,address\nfresh,FRESH\n")
        (folder / "tollgate.yaml").write_text("version: 1\nstate: state\nledger: {sqlite: ledger.db}\n"
                                              "links: [{name: a, outside: net_null0, inside: net_null1}]\n")
        self.assertEqual(self.account(folder, "import", "accounts.yaml")[0], 0)
        # Without credit an appliance would suspend it.
        self.assertEqual(self.account(folder, "credit", "acme", "100", "--reference", "B0", "--ledger", "ledger.db")[0], 0)
        return folder

    def account(self, folder, *words):
        run = subprocess.run([TOLLGATE, "account", *words, "-c", "tollgate.yaml"], cwd=folder, capture_output=True, text=True,
                             timeout=60)
        return run.returncode, *map(self.without_numbers, (run.stdout, run.stderr))

    def without_numbers(self, text):
        """Of movements: an appliance makes some of its own, to put credit aside."""
        return re.sub(r"movement \d+", "movement N", text)

    def start(self, folder):
        log = folder / "log"
        with open(log, "wb") as out:
            process = subprocess.Popen([TOLLGATE, "run", "-c", "tollgate.yaml"], cwd=folder, stdout=subprocess.DEVNULL, stderr=out)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        until = time.monotonic() + 60
        while "ready" not in log.read_text():
            self.assertIsNone(process.poll(), log.read_text())
            self.assertLess(time.monotonic(), until, log.read_text())
            time.sleep(0.05)
        return process

    def audited(self, folder):
        """But for those of make()."""
        text = self.without_numbers((folder / "state/audit.jsonl").read_text())
        lines = [json.loads(line) for line in text.splitlines()]
        return [line for line in lines if line["what"].startswith("account.") and line["what"] != "account.import" and
                (line["after"] or {}).get("reference") != "B0"]

    def test_both_ways_give_the_same(self):
        alone, served = self.make(), self.make()
        process = self.start(served)
        for words in self.COMMANDS:
            with self.subTest(words):
                self.assertEqual(self.account(served, *words), self.account(alone, *words))
        self.assertEqual(process.poll(), None)
        for folder in (alone, served):  # the correction of a movement whose number is its own
            movement = json.loads(self.account(folder, "show", "bank", "--json")[1])["movements"]
            number = next(str(one["number"]) for one in movement if one["reference"].startswith("B3"))
            self.assertIn("B3 – of the bank, " + ME, self.account(folder, "show", "bank", "--movements", "2")[1])
            self.assertEqual(self.account(folder, "correct", number, "--reference", "B6"), (0, "movement N is undone by movement N\n", ""))
        told = [[(line["what"], line["before"], {**line["after"], "movement": 0}) for line in self.audited(folder)] for folder in (served, alone)]
        self.assertEqual(told[0], told[1])
        self.assertIn("account.suspend", [line["what"] for line in self.audited(alone)])
        # The appliance knows the user by the socket, whatever the command says.
        self.assertEqual({line["who"] for folder in (alone, served) for line in self.audited(folder)}, {ME})
        movements = json.loads(self.account(served, "show", "acme", "--json")[1])["movements"]
        made_by = {one["reference"]: one["made_by"] for one in movements}
        self.assertEqual(made_by["B1"], self.audited(served)[0]["who"])

    def test_a_ledger_that_is_named_is_opened_here(self):
        folder = self.make()
        self.start(folder)
        self.assertEqual(self.account(folder, "credit", "acme", "1", "--reference", "B1", "--ledger", "ledger.db")[0], 0)
        (line,) = self.audited(folder)
        self.assertEqual(line["who"], ME)

    def test_another_ledger_than_the_appliance_has_is_not_changed_by_it(self):
        folder = self.make()
        self.start(folder)
        config = folder / "tollgate.yaml"
        config.write_text(config.read_text().replace("ledger.db", "other.db"))
        self.assertEqual(self.account(folder, "backup", "backup.db", "--ledger", "ledger.db")[0], 0)
        # Larger than what is sent to an appliance.
        (folder / "large.yaml").write_text((folder / "more.yaml").read_text() + "# and so on\n" * 400_000)
        for words in (["credit", "acme", "1", "--reference", "B1"], ["list"], ["import", "more.yaml"], ["import", "large.yaml"],
                      ["restore", "backup.db"], ["backup", "new.db"], ["verify"], ["leakage"], ["appliances"]):
            with self.subTest(words):
                status, out, told = self.account(folder, *words)
                self.assertEqual((status, out), (1, ""))
                for name in ("ledger.db", "other.db"):
                    self.assertIn(str(folder.resolve() / name), told)
                self.assertFalse((folder / "other.db").exists())
        self.assertFalse((folder / "new.db").exists())
        self.assertEqual(self.audited(folder), [])
        config.write_text(config.read_text().replace("other.db", "./../" + folder.name + "/ledger.db"))  # the same
        self.assertEqual(self.account(folder, "credit", "acme", "1", "--reference", "B1")[0], 0)
        self.assertEqual(len(self.audited(folder)), 1)
        self.assertEqual(self.account(folder, "verify")[0], 0)

    def test_without_an_appliance_a_backup_becomes_the_ledger_of_the_configuration(self):
        folder = self.make()
        process = self.start(folder)
        self.assertEqual(self.account(folder, "backup", "backup.db")[0], 0)
        process.terminate()
        process.wait()
        config = folder / "tollgate.yaml"
        config.write_text(config.read_text().replace("ledger.db", "other.db"))
        self.assertEqual(self.account(folder, "restore", "backup.db")[0], 0)
        self.assertTrue((folder / "other.db").exists())

    def test_an_appliance_that_takes_a_ledger_over_tells_it_in_its_own_audit_log_at_least(self):
        folder = self.make()
        config = folder / "tollgate.yaml"
        config.write_text(config.read_text().replace("state: state", "state: other"))
        before = folder / "state/audit.jsonl"
        before.unlink()
        before.mkdir()
        self.start(folder)
        log = (folder / "log").read_text()
        self.assertRegex(log, f"the audit log {before} cannot be written .*; it cannot be told that its ledger is taken over")
        self.assertNotIn("nothing is changed", log)
        lines = [json.loads(line) for line in (folder / "other/audit.jsonl").read_text().splitlines()]
        self.assertEqual([line["before"] for line in lines if line["what"] == "account.audit"], [{"audit": str(before)}])

    def test_an_appliance_that_may_not_be_asked_is_not_gone_round(self):
        folder = self.make()
        (folder / "state").chmod(0o755)  # all but the socket is everybody's
        for path in (folder, folder / "state", *folder.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)
        with socket.socket(socket.AF_UNIX) as appliance:
            appliance.bind(str(folder / "state/control"))
            appliance.listen()
            (folder / "state/control").chmod(0o600)
            stranger = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
            if not stranger:
                (folder / "state/control").chmod(0)
            run = lambda *words: subprocess.run([TOLLGATE, *words, "-c", "tollgate.yaml"], cwd=folder, capture_output=True,
                                                text=True, timeout=60, **stranger)
            try:
                run("account", "--help")
            except PermissionError as error:
                self.skipTest(f"another user cannot run it: {error}")
            before = (folder / "ledger.db").read_bytes()
            for words in (["account", "list"], ["account", "credit", "acme", "1", "--reference", "B1"], ["account", "verify"],
                          ["account", "import", "more.yaml"], ["account", "backup", "new.db"], ["account", "leakage"],
                          ["account", "appliances"], ["status"], ["bypass", "on"], ["report", "traffic"], ["list", "show"],
                          ["mark", "list"], ["rules", "history"]):
                with self.subTest(words):
                    done = run(*words)
                    self.assertEqual((done.returncode, done.stdout), (1, ""))
                    self.assertIn("the control socket state/control may not be used", done.stderr)
                    self.assertIn(f"as the user {pwd.getpwuid(os.geteuid()).pw_name}, who owns {folder}/state/control", done.stderr)
            self.assertFalse((folder / "new.db").exists())
            self.assertEqual((folder / "ledger.db").read_bytes(), before)
            self.assertIn("acme", run("account", "list", "--ledger", "ledger.db").stdout)

    def test_an_appliance_that_was_killed_is_not_waited_for(self):
        folder = self.make()
        process = self.start(folder)
        process.kill()
        process.wait()
        self.assertTrue((folder / "state/control").exists())
        self.assertEqual(self.account(folder, "credit", "acme", "1", "--reference", "B1")[0], 0)
        self.assertEqual(self.audited(folder)[0]["who"], ME)


if __name__ == "__main__":
    tap.main()
