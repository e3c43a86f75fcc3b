#!/usr/bin/env python3
"""The queries that Tollgate brings for ClickHouse tell of the same events what `tollgate report` does, row by row and column by
column, and so what the plain recount of report-recount finds. The events come as the sink sends them, some of them twice.

Environment: TOLLGATE, TOLLGATE_REPORT_TRAFFIC, TOLLGATE_CLICKHOUSE_INSERT."""
import collections
import csv
import datetime
import decimal
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import clickhouse
import tap

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
TRAFFIC = os.environ.get("TOLLGATE_REPORT_TRAFFIC", str(SOURCE / "build/tests/report/report-traffic"))
INSERT = os.environ.get("TOLLGATE_CLICKHOUSE_INSERT", str(SOURCE / "build/tests/report/clickhouse-insert"))
# Over the day on which the clocks of London are set: its offset is another then.
DAYS, EVENTS, ZONE = 64, 40_000, "Europe/London"
FIRST = datetime.datetime(2026, 8, 25, tzinfo=datetime.timezone.utc)
# What no event has.
OF_THE_APPLIANCE_ONLY = {"rules": {"name", "false_positives", "false_negatives"}}
NUMBERS = {"messages", "parts", "blocked", "refused", "paid", "charged", "fees", "leaks", "leaked", "hits", "packets",
           "share"}


def at(**later):
    return FIRST + datetime.timedelta(**later)


ALL = (at(), at(days=DAYS))


def row_of(row):
    """Amounts are the same with more or less digits behind their point."""
    return tuple(sorted((name, decimal.Decimal(value) if name in NUMBERS else value) for name, value in row.items()))


@unittest.skipIf(clickhouse.missing(), clickhouse.missing())
class QueriesTest(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.counts = str(cls.folder / "reports.db")
        events = cls.folder / "events.jsonl"
        with open(events, "wb") as out:
            subprocess.run([TRAFFIC, cls.counts, str(DAYS), str(EVENTS), "2"], stdout=out, check=True)
        cls.server = cls.enterClassContext(clickhouse.Server())
        with open(events, "rb") as lines:
            subprocess.run([INSERT, cls.server.url, cls.counts + ".unread"], stdin=lines, check=True)

    def told(self, name, since, until, *more):
        """By the appliance."""
        words = [TOLLGATE, "report", name, *more, "--from", self.counts, "--csv",
                 "--since", since.strftime("%Y-%m-%dT%H:%M:%SZ"), "--until", until.strftime("%Y-%m-%dT%H:%M:%SZ")]
        done = subprocess.run(words, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        names, *rows = csv.reader(done.stdout.splitlines())
        kept = [name_ for name_ in names if name_ not in OF_THE_APPLIANCE_ONLY.get(name, ())]
        return kept, [{name_: row[name_] for name_ in kept} for row in (dict(zip(names, row)) for row in rows)]

    def assert_same(self, name, since=ALL[0], until=ALL[1]):
        written = [time.strftime("%Y-%m-%d %H:%M:%S") for time in (since, until)]
        names, found = self.server.ask(clickhouse.report(name, *written, ZONE))
        expected_names, expected = self.told(name, since, until)
        self.assertEqual(names, expected_names)
        self.assertEqual(sorted(map(row_of, found)), sorted(map(row_of, expected)))
        self.assertGreater(len(found), 1)
        return found

    def test_each_query_is_one_of_these(self):
        self.assertEqual(clickhouse.reports(), ["accounts", "blocked", "leakage", "revenue", "rules", "senders", "traffic",
                                                "uninspected"])

    def test_events_stand_there_twice_and_count_once(self):
        _, (row,) = self.server.ask("SELECT count() AS rows, uniqExact(id) AS events FROM events")
        self.assertEqual(int(row["events"]), EVENTS)
        self.assertGreater(int(row["rows"]), EVENTS)
        self.assertEqual(sum(int(row["parts"]) for row in self.assert_same("traffic")), EVENTS)

    def test_traffic_by_day_by_the_clocks_of_the_zone(self):
        rows = self.assert_same("traffic")
        self.assertEqual({row["time"][11:] for row in rows}, {"23:00:00Z", "00:00:00Z"})

    def test_traffic_by_hour(self):
        self.assert_same("traffic", at(days=7, hours=5), at(days=9, hours=3))

    def test_traffic_by_minute(self):
        self.assert_same("traffic", at(days=7, hours=5, minutes=7), at(days=7, hours=11, minutes=7))

    def test_blocked_has_all_that_the_policy_stops(self):
        rows = self.assert_same("blocked")
        self.assertEqual({row["policy"] for row in rows}, {"Phishing never passes", "Slowly", "Elsewhere"})

    def test_revenue(self):
        rows = self.assert_same("revenue")
        self.assertGreater(sum(decimal.Decimal(row["charged"]) for row in rows), 100)
        self.assertGreater(sum(decimal.Decimal(row["fees"]) for row in rows), 0)

    def test_leakage_has_each_kind_of_origin(self):
        rows = self.assert_same("leakage")
        self.assertGreater(sum(decimal.Decimal(row["leaked"]) for row in rows), 50)
        self.assertLessEqual({"acme", "Rhine", "Transit", "33600000000", "491710000000", "bind-9", "ic1", "unknown"},
                             {row["origin"] for row in rows})

    def test_senders(self):
        self.assert_same("senders")

    def test_accounts(self):
        self.assert_same("accounts")

    def test_rules_in_force_and_in_shadow(self):
        rows = self.assert_same("rules", at(days=3), at(days=5))
        self.assertLessEqual({"1001", "1005"}, {row["rule"] for row in rows})

    def test_uninspected_of_all_and_of_some_minutes(self):
        rows = self.assert_same("uninspected")
        self.assertEqual({row["reason"] for row in rows}, {"unread_encrypted", "uninspected_overload_messages", "unread_smpp_too_long"})
        self.assert_same("uninspected", at(days=7, hours=5, minutes=7), at(days=9, hours=11, minutes=8))

    def test_what_was_not_inspected_stands_there_twice_and_counts_once(self):
        _, (row,) = self.server.ask("SELECT count() AS rows, uniqExact(id) AS counts FROM uninspected")
        lines = pathlib.Path(self.counts + ".unread").read_text().splitlines()
        self.assertEqual(int(row["counts"]), len(lines))
        self.assertGreater(int(row["rows"]), len(lines))
        found = self.assert_same("uninspected")
        self.assertEqual(sum(int(row["packets"]) for row in found), sum(int(line.split(",")[3]) for line in lines))

    def test_what_was_not_inspected_is_told_apart_by_time_reason_and_route(self):
        _, found = self.server.ask("SELECT toStartOfDay(time, 'Europe/London') AS day, reason, route, sum(packets) AS packets FROM "
                                   "(SELECT * FROM uninspected LIMIT 1 BY id) GROUP BY day, reason, route")
        _, expected = self.told("uninspected", *ALL, "--by", "time,reason,route")
        self.assertGreater(len(expected), 300)
        self.assertEqual(collections.Counter((row["reason"], row["route"], int(row["packets"])) for row in found),
                         collections.Counter((row["reason"], row["route"], int(row["packets"])) for row in expected))

    def test_of_one_currency_what_has_no_money_stands_with_it(self):
        """As the events of another database, which has those of one currency alone."""
        made = self.server.client("CREATE DATABASE one; CREATE TABLE one.events AS tollgate.events")
        self.assertEqual(made.returncode, 0, made.stderr)
        names = self.server.ask("SELECT * FROM events LIMIT 1")[0]
        copied = self.server.client(f"INSERT INTO one.events ({','.join(names)}) SELECT {','.join(names)} FROM tollgate.events "
                                    "WHERE money_in IN ('', 'GBP')")
        self.assertEqual(copied.returncode, 0, copied.stderr)
        for name in ("traffic", "revenue", "senders", "accounts"):
            with self.subTest(name):
                query = clickhouse.report(name).replace("FROM events", "FROM one.events")
                _, rows = self.server.ask(query)
                self.assertEqual({row["currency"] for row in rows}, {"GBP"})

    def test_masked_numbers_are_one_sender_and_names_are_themselves(self):
        senders = {"**********00": "(numbers)", "**77": "(numbers)", "ACME": "ACME", "*ACME*": "*ACME*", "12": "12", "": ""}
        rows = ",".join(f"('{sender}')" for sender in senders)
        made = self.server.client("CREATE DATABASE masked; CREATE TABLE masked.events AS tollgate.events; "
                                  f"INSERT INTO masked.events (sender) VALUES {rows}")
        self.assertEqual(made.returncode, 0, made.stderr)
        _, found = self.server.ask("SELECT sender, sent_by FROM masked.events")
        self.assertEqual({row["sender"]: row["sent_by"] for row in found}, senders)


if __name__ == "__main__":
    tap.main()
