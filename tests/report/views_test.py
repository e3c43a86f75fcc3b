#!/usr/bin/env python3
"""How long an appliance takes for all that each view of its page asks, by HTTPS on the loopback, of a time that fills its reports;
printed, and marked where it is more than 200 ms. With --long: of 90 days and more than 5,000,000 rows. Environment: TOLLGATE,
TOLLGATE_REPORT_TRAFFIC."""
import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import re
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

SOURCE = pathlib.Path(__file__).resolve().parents[2]
for name in ("tests/support", "tests/page"):
    sys.path.insert(0, str(SOURCE / name))
import appliance_test
import tap

LONG = "--long" in sys.argv
TRAFFIC = os.environ.get("TOLLGATE_REPORT_TRAFFIC", str(SOURCE / "build/tests/report/report-traffic"))
DAYS, EVENTS = (90, 1_700_000) if LONG else (3, 20_000)
BOUND = 200  # milliseconds a view
TIMES = 5
# Not to the hour, so that the finest counts are asked too.
SPAN = {"since": "2026-08-25T05:17:00Z", "until": {90: "2026-11-22T18:41:00Z", 3: "2026-08-27T18:41:00Z"}[DAYS]}
REPORTS = ("traffic", "blocked", "revenue", "leakage", "senders", "rules", "accounts", "uninspected")


def report(name, **words):
    return "/v1/report", {"name": name, **words, **SPAN}


def traffic(by, **words):
    """The view of traffic by one thing."""
    name = {"sender": "senders", "rule": "rules", "origin": "leakage"}.get(by, "traffic")
    return [report("traffic", by="time,verdict", **words), report(name, by=by, top=200, **words)]


# By file of src/control/page/views: what the view asks at once.
VIEWS = {
    "overview": {"overview": [report("traffic", by="time,verdict"), ("/v1/status", {}), report("uninspected"), report("blocked", top=12)]},
    "traffic": {f"traffic by {by}": traffic(by) for by in ("verdict", "label", "sender", "rule", "account", "operator", "country", "policy", "origin")}
    | {"traffic by account of a sender": traffic("sender", where="account=acme,verdict=charge"),
       "traffic by hours": [report("traffic", by="time,verdict", step="hour"), report("traffic", by="verdict", top=200, step="hour")]},
    "senders": {"senders": [report("senders", top=500)]},
    "accounts": {"accounts": [("/v1/accounts", {}), report("accounts")]},
    "report": {f"report {name}": [report(name, top=500)] for name in REPORTS},
    "alerts": {"alerts": [("/v1/alerts", {})]},
    "rules": {"rules": [report("rules")]},
    "versions": {"versions": [("/v1/rules", {})], "two versions compared": [("/v1/rules", {}), ("/v1/rules/difference", {"from": 0, "to": 1})]},
    "marks": {"marks": [("/v1/marks", {})]},
    "tail": {"tail": [("/v1/events", {"after": 0, "most": 200, "kind": "message"})]},
    "message": {"message": [("/v1/events/explain", {"id": "EVENT"})]},
    "try": {"try": [("/v1/try", None)]},
    "log_in": {"log in": [("/v1/me", {})]},
}


class Asking:
    """A connection that stays, as a browser's do."""

    def __init__(self, base, token, certificate):
        context = ssl.create_default_context(cafile=certificate)
        self.connection = http.client.HTTPSConnection(base.removeprefix("https://"), context=context, timeout=60)
        self.headers = {"Authorization": f"Bearer {token}"}

    def ask(self, path, words):
        if words is None:
            body = json.dumps({"text": "notice of a parcel", "sender": {"address": "ACME", "type": "alphanumeric"}})
            self.connection.request("POST", path, body, self.headers | {"Content-Type": "application/json"})
        else:
            self.connection.request("GET", f"{path}?{urllib.parse.urlencode(words)}", headers=self.headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


class ViewsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="tollgate-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.appliance = appliance = appliance_test.Appliance(pathlib.Path(folder.name))
        cls.addClassCleanup(appliance.end)
        appliance.set_up()
        config = appliance.folder / "tollgate.yaml"
        config.write_text(config.read_text().replace("country: GB,", "country: GB, time_zone: Europe/London,") +
                          f"reports: {{file: {appliance.folder}/reports.db, minutes_days: 2000, hours_days: 2000, days_days: 2000}}\n")
        subprocess.run([TRAFFIC, appliance.folder / "reports.db", str(DAYS), str(EVENTS), "1"], check=True, stdout=subprocess.DEVNULL)
        token = appliance.call("token", "add", "admin", "--role", "admin", "-c", "tollgate.yaml").strip()
        if reason := appliance.start():
            raise unittest.SkipTest(reason)
        appliance.wait_for(lambda: "run: ready" in appliance.log())
        cls.event = appliance.events()[0]["id"]
        appliance.push_second_version()
        most = max(len(asked) for views in VIEWS.values() for asked in views.values())
        cls.connections = [Asking(appliance.base, token, appliance.folder / "cert.pem") for _ in range(most)]

    def look(self, asked):
        """All at once; the milliseconds until the last has come, and the answers."""
        asked = [(path, words and {name: self.event if word == "EVENT" else word for name, word in words.items()}) for path, words in asked]
        reports = threading.Semaphore(2)  # as the page: the appliance makes no more at once

        def ask(connection, path, words):
            with reports if path == "/v1/report" else contextlib.nullcontext():
                return connection.ask(path, words)
        with concurrent.futures.ThreadPoolExecutor(len(asked)) as threads:
            begun = time.monotonic()
            answers = list(threads.map(lambda pair: ask(pair[0], *pair[1]), zip(self.connections, asked)))
            return 1000 * (time.monotonic() - begun), answers

    def test_each_view_of_the_page_is_among_these(self):
        files = {path.stem for path in (SOURCE / "src/control/page/views").glob("*.js")}
        self.assertEqual(files, set(VIEWS))
        for name, views in VIEWS.items():
            text = (SOURCE / f"src/control/page/views/{name}.js").read_text()
            paths = {path for asked in views.values() for path, _ in asked}
            wanted = set(re.findall(r'\b(?:get|post)\("(/v1/[a-z/]+)"', text))
            # What only a click asks.
            self.assertEqual(paths, wanted - {"/v1/rules/rollback", "/v1/marks/remove"}, name)

    def test_each_view_is_answered(self):
        for connection in self.connections:
            connection.ask("/v1/me", {})
        print(f"# {EVENTS} messages of {DAYS} days; the middle and the longest of {TIMES}", flush=True)
        for views in VIEWS.values():
            for view, asked in views.items():
                with self.subTest(view):
                    times = []
                    for _ in range(TIMES):
                        took, answers = self.look(asked)
                        times.append(took)
                    middle = statistics.median(times)
                    octets = sum(len(body) for _, body in answers)
                    print(f"# {middle:6.0f} {max(times):6.0f} ms  {view}: {octets >> 10} KiB{', over 200 ms' if middle > BOUND else ''}", flush=True)
                    for (path, words), (status, body) in zip(asked, answers):
                        self.assertEqual(status, 200, (path, words, body))
                        if path == "/v1/report":
                            self.assertGreater(len(json.loads(body)["rows"]), 0, words)
                        if path == "/v1/rules/difference":
                            self.assertEqual(len(json.loads(body)["policy"]["added"]), 1, "the second version has one line more")


if __name__ == "__main__":
    tap.main()
