#!/usr/bin/env python3
"""Reports of many days against a plain recount of the same events, line by line, which knows nothing of rollups: of a file in which
all is kept, and of one with the bounds that an appliance has. Prints how long each report takes. With --long: 90 days, and more than
5,000,000 rows of rollups. Environment: TOLLGATE, TOLLGATE_REPORT_TRAFFIC."""
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
OTHERS = "(others)"
RANKS = {"revenue": "charged", "leakage": "leaked"}  # by what the first rows are found; else by parts
PARTS = {"rules": "hits", "uninspected": "packets"}  # what reports call parts
SHARES = {"blocked": "parts", "leakage": "leaked"}   # of what in all a row has a share


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


def rounded(share):
    return share if share is None else round(share, 9)


def percent(part, whole):
    return rounded(100 * part / whole)


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

    def __init__(self, name, by, columns, where="", holds=lambda event: True, since=0, until=DAYS * 86400, step="day", top=0):
        self.name, self.by, self.columns, self.where, self.holds, self.step, self.top = name, by, columns, where, holds, step, top
        start = int(FIRST.timestamp())
        self.since, self.until = start + since, start + until
        self.rows = collections.defaultdict(lambda: [0] * len(MEASURES))
        self.all = collections.Counter()  # what rows have shares of

    def __str__(self):
        return f"{self.name} by {','.join(self.by)}" + (f" where {self.where}" if self.where else "") + (f", the first {self.top}" if self.top else "")

    def count(self, event):
        if not self.since <= event.second < self.until or not self.holds(event):
            return
        if self.name == "blocked" and event.values["verdict"] not in ("block", "throttle", "divert"):
            return
        if self.name == "leakage" and not event.figures[7]:
            return
        if self.name in SHARES:  # once, however many labels it has
            self.all[self.whole_of(event.values["currency"])] += event.figures[MEASURES.index(SHARES[self.name])]
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

    def count_unread(self, unread):
        """Packets are no messages."""

    def expected(self):
        """The figures of each row, and how many groups stand together as others."""
        shown, left_out = self.first()
        rows = collections.defaultdict(lambda: [0] * len(MEASURES))
        for key, row in self.rows.items():
            together = rows[tuple(value if column in ("time", "currency") or self.group(key) in shown else OTHERS
                                  for column, value in zip(self.by, key))]
            for i, figure in enumerate(row):
                together[i] += figure
        return {key: [self.share(key, row, shown) if column == "share" else row[MEASURES.index(column)] for column in self.columns]
                for key, row in rows.items()}, left_out

    def whole_of(self, currency):
        """Sums of two currencies are no whole."""
        return currency if SHARES[self.name] == "leaked" else ""

    def share(self, key, row, shown):
        whole = self.all[self.whole_of(dict(zip(self.by, key)).get("currency", ""))]
        return percent(row[MEASURES.index(SHARES[self.name])], whole)

    def share_of_all(self):
        """Of the totals."""
        return None

    def first(self):
        rank = MEASURES.index(RANKS.get(self.name, "parts"))
        ranks = collections.Counter()
        for key, row in self.rows.items():
            ranks[self.group(key)] += row[rank]
        order = sorted(ranks, key=lambda group: (-ranks[group], group))
        shown = order[:self.top or None]
        return set(shown), len(order) - len(shown)

    def group(self, key):
        """What tells a row apart but for its time and its currency."""
        return tuple(value for column, value in zip(self.by, key) if column not in ("time", "currency"))

    def found(self, report):
        """The figures of each row of the program's answer."""
        names = [column["name"] for column in report["columns"]]
        found = {}
        for row in report["rows"]:
            values = dict(zip(names, row))
            key = tuple(values[column] for column in self.by)
            assert key not in found, key
            values |= {"parts": values.get(PARTS.get(self.name, "parts")), "share": rounded(values.get("share"))}
            found[key] = [values[column] for column in self.columns]
        return found

    def words(self, file):
        # The currency tells rows apart by itself where there is money; asked for, it is a group like others.
        by = [column for column in self.by if column != "currency" or not self.top]
        words = [TOLLGATE, "report", self.name, "--from", file, "--json", "--by", ",".join(by), "--step", self.step,
                 "--since", written(self.since), "--until", written(self.until)]
        return words + (["--where", self.where] if self.where else []) + (["--top", str(self.top)] if self.top else [])


class AskedUnread(Asked):
    """The report of what was not read: packets, and their share of them and of the messages that were read."""

    def __init__(self, by, where="", holds=lambda route: True, reason=None, **more):
        super().__init__("uninspected", by, ("parts", "share"), where, holds, **more)
        self.reason = reason  # counts this one alone; shares are of all that could be read

    def count(self, event):
        if self.since <= event.second < self.until and self.holds(event.values["route"]):
            self.all[self.beside(event.second, event.values["route"])] += 1

    def count_unread(self, unread):
        if not self.since <= unread.second < self.until or not self.holds(unread.route):
            return
        values = {"time": written(STEPS[self.step](unread.second)), "reason": unread.reason, "route": unread.route}
        if self.reason in (None, unread.reason):
            self.rows[tuple(values[column] for column in self.by)][MEASURES.index("parts")] += unread.packets
        self.all[self.beside(unread.second, unread.route)] += unread.packets

    def beside(self, second, route):
        """What a row is a share of: all of its time and route, whatever the reason."""
        values = {"time": written(STEPS[self.step](second)), "route": route}
        return tuple(values[column] for column in self.by if column in values)

    def share(self, key, row, shown):
        beside = tuple(value for column, value in zip(self.by, key) if column != "reason")
        whole = self.all[beside]
        if "route" in self.by and beside[-1] == OTHERS:
            if "reason" in self.by:  # a route may be among the others for one reason alone
                return None
            whole = sum(count for (*time, route), count in self.all.items() if (route,) not in shown and tuple(time) == beside[:-1])
        return percent(row[MEASURES.index("parts")], whole)

    def share_of_all(self):
        return percent(sum(row[MEASURES.index("parts")] for row in self.rows.values()), sum(self.all.values()))


Unread = collections.namedtuple("Unread", "second reason route packets")


def generated(file, length, events, **settings):
    """Makes a file of rollups, and gives the events that it is of, one after the other."""
    words = [TRAFFIC, file, str(length), str(events), "1", *(f"{name}={number}" for name, number in settings.items())]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as traffic:
        count = 0
        for line in traffic.stdout:
            count += 1
            yield Event(line)
    assert traffic.returncode == 0 and count == events, (traffic.returncode, count)


def unread_beside(file):
    """The packets that were not read; all times are there once the events were read to their end."""
    for line in pathlib.Path(file + ".unread").read_text().splitlines():
        second, reason, route, packets = line.split(",")
        yield Unread(int(second), reason, route, int(packets))


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
    yield Asked("blocked", ("policy",), ("messages", "parts", "share"))
    yield Asked("blocked", ("label", "verdict"), ("messages", "parts", "share"), **ODD)
    yield Asked("blocked", ("time", "account"), ("messages", "parts", "share"), step="hour", top=2)
    yield Asked("revenue", ("account", "currency"), ("messages", "parts", "paid", "charged", "fees", "refused"))
    yield Asked("leakage", ("origin", "currency"), ("messages", "leaks", "leaked", "share"))
    yield Asked("leakage", ("time", "country", "currency"), ("messages", "leaks", "leaked", "share"), step="hour", **ODD)
    yield Asked("senders", ("sender", "currency"), TRAFFIC_COLUMNS)
    yield Asked("senders", ("sender", "verdict", "currency"), TRAFFIC_COLUMNS, "sender=Brand1*,account=acme",
                lambda e: e.values["sender"].startswith("Brand1") and e.values["account"] == "acme")
    yield Asked("rules", ("rule", "state"), ("parts", "messages", "blocked"))
    yield Asked("rules", ("rule", "route"), ("parts", "messages", "blocked"), **ODD)
    yield Asked("accounts", ("account", "currency"), TRAFFIC_COLUMNS + ("refused",))
    yield Asked("senders", ("sender", "currency"), TRAFFIC_COLUMNS, top=7)
    yield Asked("traffic", ("time", "country", "currency"), TRAFFIC_COLUMNS, step="hour", top=2)
    yield Asked("revenue", ("account", "currency"), ("messages", "paid", "charged", "fees"), top=3)
    yield Asked("leakage", ("origin", "currency"), ("messages", "leaks", "leaked", "share"), top=2, **ODD)
    yield AskedUnread(("reason",))
    yield AskedUnread(("route",), **ODD)
    yield AskedUnread(("time", "reason"))
    yield AskedUnread(("time", "route"), step="hour", **ODD)
    yield AskedUnread(("reason", "route"), "route!=hub", lambda route: route != "hub")
    yield AskedUnread(("time", "route"), "reason=unread_encrypted", reason="unread_encrypted", **ODD)
    yield AskedUnread(("reason",), top=1)
    yield AskedUnread(("time", "route"), top=1)
    yield AskedUnread(("reason", "route"), top=3)


def answer_to(words):
    begun = time.monotonic()
    told = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout), time.monotonic() - begun


def is_as_recounted(test, asked, file):
    report, seconds = answer_to(asked.words(file))
    print(f"# {seconds * 1000:6.0f} ms  {asked}, {report['since'][:16]} to {report['until'][:16]}: {len(report['rows'])} rows", flush=True)
    expected, left_out = asked.expected()
    test.assertGreater(len(expected), 0)
    test.assertEqual(asked.found(report), expected)
    test.assertEqual(report["left_out"], left_out)
    names = [column["name"] for column in report["columns"]]
    test.assertEqual("share" in names, "share" in asked.columns, "where a report has shares, they are compared")
    if "share" in names:
        test.assertEqual(rounded(report["totals"][names.index("share")]), asked.share_of_all())
    return report


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
        for event in generated(cls.file, DAYS, EVENTS):
            for asked in cls.asked:
                asked.count(event)
            for rule in event.rules:
                cls.last_hits[str(rule["id"])] = event.second
        for unread in unread_beside(cls.file):
            for asked in cls.asked:
                asked.count_unread(unread)
        print(f"# {EVENTS} events counted and recounted in {time.monotonic() - begun:.0f} s", flush=True)

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
            with self.subTest(str(asked)):
                is_as_recounted(self, asked, self.file)

    def test_totals_count_a_message_with_several_labels_once(self):
        report, _ = answer_to([TOLLGATE, "report", "traffic", "--from", self.file, "--json", "--by", "label",
                                 "--since", written(int(FIRST.timestamp())), "--until", written(int(FIRST.timestamp()) + DAYS * 86400)])
        names = [column["name"] for column in report["columns"]]
        self.assertEqual(report["totals"][names.index("parts")], EVENTS)
        self.assertGreater(sum(row[names.index("parts")] for row in report["rows"]), EVENTS)

    def test_rules_say_when_they_hit_last(self):
        report, _ = answer_to([TOLLGATE, "report", "rules", "--from", self.file, "--json", "--since", "2026-08-25T00:00:00Z",
                                 "--until", written(int(FIRST.timestamp()) + DAYS * 86400)])
        names = [column["name"] for column in report["columns"]]
        found = {row[0]: row[names.index("last_hit")] for row in report["rows"]}
        self.assertEqual(found, {rule: written(second) for rule, second in self.last_hits.items()})


class Bounds:
    """What an appliance keeps of a time that was so long: for how many days, and how many senders and origins by themselves."""
    DAYS, EVENTS = (30, 300_000) if LONG else (12, 40_000)
    KEPT_DAYS = {"minute": 2, "hour": 5, "day": DAYS - 3}
    SENDERS = {"minute": 4, "hour": 40, "day": 40}
    LEVELS = ("day", "hour", "minute")
    BEGIN = 10 * 3600 + 33 * 60  # so that what is too old ends in the middle of an hour

    def __init__(self, events):
        newest = max(event.second for event in events) // 60 * 60
        self.kept = {level: newest - days * 86400 for level, days in self.KEPT_DAYS.items()}
        self.counts = {level: collections.defaultdict(collections.Counter) for level in self.LEVELS}
        self.leaks = {level: collections.defaultdict(collections.Counter) for level in self.LEVELS}
        for event in events:
            for level in self.LEVELS:
                begin = STEPS[level](event.second)
                self.counts[level][begin][event.values["sender"]] += 1
                if event.figures[7]:
                    self.leaks[level][begin][event.values["origin"]] += 1
        self.first = {}

    def has(self, level, second):
        """Whether the cell of that length that a moment lies in is still there."""
        return STEPS[level](second) >= self.kept[level]

    def cell(self, second, since, until, step):
        """How long the cell is that a moment is counted in: the longest that lies in the span whole and is no longer than a step."""
        for level in self.LEVELS[self.LEVELS.index(step):]:
            begin = STEPS[level](second)
            end = next(begin + length for length in ((82800, 86400, 90000) if level == "day" else (3600,) if level == "hour" else (60,))
                       if STEPS[level](begin + length) == begin + length)
            if since <= begin and end <= until:
                return level
        raise AssertionError(written(second))

    def shown(self, event, level, name):
        """A sender or an origin, or what stands for those that are not among the first of their time."""
        counts = self.counts if name == "sender" else self.leaks
        begin = STEPS[level](event.second)
        key = name, level, begin
        if key not in self.first:
            of_time = counts[level][begin]
            self.first[key] = set(sorted(of_time, key=lambda one: (-of_time[one], one))[:self.SENDERS[level]])
        return event.values[name] if event.values[name] in self.first[key] else OTHERS


class BoundedTest(unittest.TestCase):
    """Of a file with an appliance's bounds: what is too old stands in hours or days alone, and senders beyond the first of a time
    stand together."""
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.file = str(cls.folder / "reports.db")
        kept = Bounds.KEPT_DAYS
        cls.events = list(generated(cls.file, Bounds.DAYS, Bounds.EVENTS, minutes=kept["minute"], hours=kept["hour"], days=kept["day"],
                                    senders=Bounds.SENDERS["hour"], begin=Bounds.BEGIN))
        cls.unread = list(unread_beside(cls.file))
        cls.bounds = Bounds(cls.events)

    def recount(self, asked, since, until):
        """Of what is asked, from `since` to `until`: where the report says that it begins and ends."""
        words = asked.words(self.file)
        asked.since, asked.until = since, until
        for event in self.events:
            if not since <= event.second < until:
                continue
            known = event.values
            level = self.bounds.cell(event.second, since, until, asked.step if "time" in asked.by else "day")
            if asked.name in ("senders", "leakage"):
                name = "sender" if asked.name == "senders" else "origin"
                event.values = known | {name: self.bounds.shown(event, level, name)}
            asked.count(event)
            event.values = known
        for unread in self.unread:
            asked.count_unread(unread)
        asked.words = lambda file: words
        report = is_as_recounted(self, asked, self.file)
        self.assertEqual((report["since"], report["until"]), (written(since), written(until)))
        return report

    def asked_of(self, since, until):
        """By what each report of that span is asked."""
        span = dict(since=since - int(FIRST.timestamp()), until=until - int(FIRST.timestamp()))
        yield Asked("traffic", ("time", "route", "currency"), TRAFFIC_COLUMNS, **span)
        yield Asked("traffic", ("label", "currency"), TRAFFIC_COLUMNS, **span)
        yield Asked("senders", ("sender", "currency"), TRAFFIC_COLUMNS, **span)
        yield Asked("senders", ("time", "sender", "account", "currency"), TRAFFIC_COLUMNS, **span)
        yield Asked("senders", ("sender", "currency"), TRAFFIC_COLUMNS, top=5, **span)
        yield Asked("leakage", ("origin", "currency"), ("messages", "leaks", "leaked", "share"), **span)
        yield Asked("rules", ("rule", "state"), ("messages", "blocked"), **span)
        yield AskedUnread(("time", "route"), **span)
        yield AskedUnread(("reason",), **span)

    def check(self, since, until, told_since, told_until):
        for asked in self.asked_of(since, until):
            with self.subTest(str(asked)):
                report = self.recount(asked, told_since, told_until)
                told = [word for word, is_told in (("begins", told_since != since), ("ends", told_until != until)) if is_told]
                self.assertEqual([note.split()[0] for note in report["notes"]], told, report["notes"])

    def test_whole_days_are_told_by_days(self):
        since, until = day_of(self.bounds.kept["day"] + 2 * 86400), day_of(self.bounds.kept["hour"])
        self.check(since, until, since, until)

    def test_hours_go_where_minutes_have_gone_and_days_where_hours_have(self):
        hour, day = 3600, 86400
        for name, since in (("hours", day_of(self.bounds.kept["hour"] + day) + 5 * hour + 17 * 60), ("days", day_of(self.bounds.kept["hour"] - day) + 5 * hour + 17 * 60)):
            until = self.bounds.kept["minute"] + day + 7 * 60  # where minutes are
            told = STEPS["hour" if name == "hours" else "day"](since)
            self.check(since, until, told, until)

    def test_an_end_among_hours_or_days_is_that_of_the_hour_or_the_day(self):
        hour, day = 3600, 86400
        until = day_of(self.bounds.kept["hour"] + day) + 5 * hour + 17 * 60
        self.check(day_of(until) - day, until, day_of(until) - day, until // hour * hour + hour)
        until = day_of(self.bounds.kept["hour"] - 2 * day) + 5 * hour
        self.check(day_of(until) - day, until, day_of(until) - day, day_of(until) + day)

    def test_where_minutes_or_hours_begin_in_the_middle_nothing_is_left_out(self):
        """Retention ends in the middle of an hour and of a day, parts of which have gone."""
        for level, longer in (("minute", "hour"), ("hour", "day")):
            kept = self.bounds.kept[level]
            begin = STEPS[longer](kept)
            end = next(begin + length for length in (3600, 82800, 86400, 90000) if STEPS[longer](begin + length) == begin + length)
            near = STEPS[level](kept + (end - kept) // 2)
            self.assertLess(begin, kept)
            self.assertLess(kept, near)
            self.assertLess(near, end)
            self.check(day_of(kept - 86400), near, day_of(kept - 86400), end)   # ends in it
            later = end + 7200
            self.check(near, later, near, later)                                 # begins in what is left of it
            self.check(kept - 60, later, begin, later)                           # begins in what has gone

    def test_what_is_too_old_for_days_is_gone(self):
        since, until = int(FIRST.timestamp()) - 86400, day_of(self.bounds.kept["hour"])
        asked = Asked("traffic", ("time", "currency"), TRAFFIC_COLUMNS, since=-86400, until=until - int(FIRST.timestamp()))
        report, _ = answer_to(asked.words(self.file))
        first = min(row[0] for row in report["rows"])
        day = day_of(self.bounds.kept["day"] + 90000)
        self.assertEqual(first, written(day if day_of(day - 1) < self.bounds.kept["day"] else day_of(day - 1)))
        asked.since = day_of(self.bounds.kept["day"] - 1) + 86400
        for event in self.events:
            asked.count(event)
        self.assertEqual(asked.found(report), asked.expected()[0])


if __name__ == "__main__":
    tap.main()
