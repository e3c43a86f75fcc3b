#!/usr/bin/env python3
"""Reports of many days against a plain recount of the same events, line by line, which knows nothing of rollups. Prints how long
each report takes. With --long: 90 days, and more than 5,000,000 rows of rollups. Environment: TOLLGATE, TOLLGATE_REPORT_TRAFFIC."""
import collections
import datetime
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import zoneinfo

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import tap

LONG = "--long" in sys.argv
TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
TRAFFIC = os.environ.get("TOLLGATE_REPORT_TRAFFIC", str(SOURCE / "build/tests/report/report-traffic"))
DAYS, EVENTS, LEAST_ROWS = (90, 1_700_000, 5_000_000) if LONG else (3, 60_000, 100_000)
FIRST = datetime.datetime(2026, 8, 25, tzinfo=datetime.timezone.utc)
ZONE = zoneinfo.ZoneInfo("Europe/London")
UTC = datetime.timezone.utc
MEASURES = ("messages", "parts", "blocked", "refused", "paid", "charged", "fees", "leaks", "leaked")


def day_of(second, known={}):
    """The begin of the day by the clocks of London, in seconds."""
    quarter = second // 900
    if quarter not in known:
        local = datetime.datetime.fromtimestamp(second, ZONE)
        known[quarter] = int(local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).timestamp())
    return known[quarter]


STEPS = {"minute": lambda s: s - s % 60, "hour": lambda s: s - s % 3600, "day": day_of}


def written(second):
    return datetime.datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Event:
    """What reports tell apart, of one line."""

    def __init__(self, line, known={}):
        event = json.loads(line)
        stamp = event["time"]
        minute = stamp[:16]
        if minute not in known:
            known[minute] = int(datetime.datetime.strptime(minute, "%Y-%m-%dT%H:%M").replace(tzinfo=UTC).timestamp())
        self.second = known[minute] + int(stamp[17:19])
        charge, leaked = event.get("charge", {}), event.get("leaked", {})
        centre, origin = event.get("service_centre", {}), event.get("origin", {})
        self.labels = event.get("labels") or [""]
        self.rules = event.get("rules", [])
        self.values = {
            "route": event.get("route", ""), "direction": event.get("direction", ""), "protocol": event["protocol"],
            "operation": event["operation"], "operator": centre.get("operator") or origin.get("operator", ""),
            "country": centre.get("country") or origin.get("country", ""), "account": origin.get("account", ""),
            "verdict": event["verdict"], "policy": event.get("policy", ""), "refusal": charge.get("refused", ""),
            "currency": charge.get("currency") or leaked.get("currency", ""),
            "sender": event["sender"].get("number") or event["sender"]["address"],
            "origin": origin.get("account") or centre.get("operator") or origin.get("operator") or centre.get("address")
                      or origin.get("gt") or event.get("smpp", {}).get("system_id") or event.get("link") or "unknown"}
        first = "parts" not in event or event["parts"]["seq"] == 1
        paid = "amount" in charge and not charge.get("repeated")
        self.figures = (int(first), 1, int(event["verdict"] == "block"), int("refused" in charge), int(paid),
                        charge["amount"] if paid else 0, charge.get("fees", 0) if paid else 0,
                        int("amount" in leaked), leaked.get("amount", 0))


class Asked:
    """A report, and what a recount finds of it."""

    def __init__(self, name, by, columns, where="", holds=lambda event: True, since=0, until=DAYS * 86400, step="day"):
        self.name, self.by, self.columns, self.where, self.holds, self.step = name, by, columns, where, holds, step
        start = int(FIRST.timestamp())
        self.since, self.until = start + since, start + until
        self.rows = collections.defaultdict(lambda: [0] * len(MEASURES))

    def count(self, event):
        if not self.since <= event.second < self.until or not self.holds(event):
            return
        if self.name == "blocked" and event.values["verdict"] not in ("block", "throttle", "divert"):
            return
        if self.name == "leakage" and not event.figures[7]:
            return
        times = event.rules if self.name == "rules" else [None]
        for rule in times:
            keys = [()]
            for column in self.by:
                if column == "time":
                    keys = [key + (written(STEPS[self.step](event.second)),) for key in keys]
                elif column == "label":
                    keys = [key + (label,) for key in keys for label in event.labels]
                elif column in ("rule", "state"):
                    keys = [key + (str(rule["id"]) if column == "rule" else rule["state"],) for key in keys]
                else:
                    keys = [key + (event.values[column],) for key in keys]
            for key in keys:
                row = self.rows[key]
                for i, figure in enumerate(event.figures):
                    row[i] += figure

    def words(self, file):
        words = [TOLLGATE, "report", self.name, "--from", file, "--json", "--by", ",".join(self.by), "--step", self.step,
                 "--since", written(self.since), "--until", written(self.until)]
        return words + (["--where", self.where] if self.where else [])


TRAFFIC_COLUMNS = ("messages", "parts", "blocked", "paid", "charged", "fees", "leaks", "leaked")
# An odd piece of time, over the day on which clocks are set where that is among the days.
ODD = dict(since=(60 if LONG else 1) * 86400 + 5 * 3600 + 17 * 60, until=(62 if LONG else 2) * 86400 + 23 * 60 + 1 * 60)


def all_asked():
    for by in ("route", "direction", "protocol", "operation", "operator", "country", "account", "label", "verdict", "policy", "refusal"):
        yield Asked("traffic", (by, "currency"), TRAFFIC_COLUMNS)
    yield Asked("traffic", ("time", "verdict", "currency"), TRAFFIC_COLUMNS)
    yield Asked("traffic", ("time", "currency"), TRAFFIC_COLUMNS, step="hour")
    yield Asked("traffic", ("time", "route", "currency"), TRAFFIC_COLUMNS, step="minute", **ODD)
    yield Asked("traffic", ("account", "label", "verdict", "currency"), TRAFFIC_COLUMNS, **ODD)
    yield Asked("traffic", ("time", "currency"), TRAFFIC_COLUMNS, "label=otp,route!=hub",
                lambda e: "otp" in e.labels and e.values["route"] != "hub")
    yield Asked("traffic", ("country", "currency"), TRAFFIC_COLUMNS, r"policy=A sender\, registered \| known,verdict=charge|block",
                lambda e: e.values["policy"].startswith("A sender") and e.values["verdict"] in ("charge", "block"))
    yield Asked("blocked", ("policy",), ("messages", "parts"))
    yield Asked("blocked", ("label", "verdict"), ("messages", "parts"), **ODD)
    yield Asked("revenue", ("account", "currency"), ("messages", "parts", "paid", "charged", "fees", "refused"))
    yield Asked("leakage", ("origin", "currency"), ("messages", "leaks", "leaked"))
    yield Asked("leakage", ("time", "country", "currency"), ("messages", "leaks", "leaked"), step="hour", **ODD)
    yield Asked("senders", ("sender", "currency"), TRAFFIC_COLUMNS)
    yield Asked("senders", ("sender", "verdict", "currency"), TRAFFIC_COLUMNS, "sender=Brand1*,account=acme",
                lambda e: e.values["sender"].startswith("Brand1") and e.values["account"] == "acme")
    yield Asked("rules", ("rule", "state"), ("messages", "blocked"))
    yield Asked("rules", ("rule", "route"), ("messages", "blocked"), **ODD)
    yield Asked("accounts", ("account", "currency"), TRAFFIC_COLUMNS + ("refused",))


class RecountTest(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.file = str(cls.folder / "reports.db")
        cls.asked = list(all_asked())
        cls.last_hits = {}
        begun = time.monotonic()
        with subprocess.Popen([TRAFFIC, cls.file, str(DAYS), str(EVENTS), "1"], stdout=subprocess.PIPE) as traffic:
            count = 0
            for line in traffic.stdout:
                event = Event(line)
                count += 1
                for asked in cls.asked:
                    asked.count(event)
                for rule in event.rules:
                    cls.last_hits[str(rule["id"])] = event.second
        assert traffic.returncode == 0 and count == EVENTS, (traffic.returncode, count)
        print(f"# {count} events counted and recounted in {time.monotonic() - begun:.0f} s", flush=True)

    def report(self, words):
        begun = time.monotonic()
        told = subprocess.run(words, capture_output=True, text=True, timeout=300)
        self.assertEqual(told.returncode, 0, told.stderr)
        return json.loads(told.stdout), time.monotonic() - begun

    def test_there_are_as_many_rows_as_there_should_be(self):
        database = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)
        self.addCleanup(database.close)
        tables = [name for name, in database.execute("SELECT name FROM sqlite_schema WHERE name LIKE '%\\_minute' ESCAPE '\\' OR "
                                                     "name LIKE '%\\_hour' ESCAPE '\\' OR name LIKE '%\\_day' ESCAPE '\\'")]
        sealed = {name for name, in database.execute("SELECT name FROM sqlite_schema WHERE name LIKE '%\\_sealed' ESCAPE '\\'")}
        rows = {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}
        for table in tables:
            if f"{table}_sealed" in sealed:
                rows[table] += database.execute(f"SELECT coalesce(sum(cells), 0) FROM {table}_sealed").fetchone()[0]
        print(f"# {sum(rows.values())} rows of rollups, {os.path.getsize(self.file) >> 20} MiB: {rows}", flush=True)
        self.assertGreaterEqual(sum(rows.values()), LEAST_ROWS)

    def test_each_report_is_what_a_recount_finds(self):
        for asked in self.asked:
            what = f"{asked.name} by {','.join(asked.by)}" + (f" where {asked.where}" if asked.where else "")
            with self.subTest(what):
                report, seconds = self.report(asked.words(self.file))
                print(f"# {seconds * 1000:6.0f} ms  {what}, {report['since'][:16]} to {report['until'][:16]}: "
                      f"{len(report['rows'])} rows", flush=True)
                names = [column["name"] for column in report["columns"]]
                columns = asked.columns
                found = {}
                for row in report["rows"]:
                    values = dict(zip(names, row))
                    key = tuple(values[column] for column in asked.by)
                    self.assertNotIn(key, found)
                    found[key] = [values["hits" if column == "parts" and asked.name == "rules" else column] for column in columns]
                self.assertGreater(len(found), 0)
                expected = {key: [row[MEASURES.index(column)] for column in columns] for key, row in asked.rows.items()}
                self.assertEqual(found, expected)

    def test_totals_count_a_message_with_several_labels_once(self):
        report, _ = self.report([TOLLGATE, "report", "traffic", "--from", self.file, "--json", "--by", "label",
                                 "--since", written(int(FIRST.timestamp())), "--until", written(int(FIRST.timestamp()) + DAYS * 86400)])
        names = [column["name"] for column in report["columns"]]
        self.assertEqual(report["totals"][names.index("parts")], EVENTS)
        self.assertGreater(sum(row[names.index("parts")] for row in report["rows"]), EVENTS)

    def test_rules_say_when_they_hit_last(self):
        report, _ = self.report([TOLLGATE, "report", "rules", "--from", self.file, "--json", "--since", "2026-08-25T00:00:00Z",
                                 "--until", written(int(FIRST.timestamp()) + DAYS * 86400)])
        names = [column["name"] for column in report["columns"]]
        found = {row[0]: row[names.index("last_hit")] for row in report["rows"]}
        self.assertEqual(found, {rule: written(second) for rule, second in self.last_hits.items()})


if __name__ == "__main__":
    tap.main()
