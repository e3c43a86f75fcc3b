#!/usr/bin/env python3
"""Stands in for an appliance: the page from the source, and made-up answers of the API that it asks.

usage: standin.py [PORT]      prints the address where it answers, and does so until its input ends

The tokens are token-ROLE for each role. Nothing in it is random: every start tells the same.
"""
import datetime
import http.server
import json
import math
import pathlib
import subprocess
import sys
import threading
import urllib.parse
import zoneinfo

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "src/control/page"
CHART = pathlib.Path("/usr/share/javascript/chart.js/chart.min.js")
ROLES = ("viewer", "analyst", "security", "commercial", "admin")
ZONE = zoneinfo.ZoneInfo("Europe/Berlin")
NOW = datetime.datetime(2026, 11, 20, 14, 0, tzinfo=datetime.timezone.utc)
UNITS = {"d": 86400, "h": 3600, "m": 60}
STEPS = {"minute": 60, "hour": 3600, "day": 86400}
SHARES = {"pass": 0.62, "charge": 0.27, "throttle": 0.012, "divert": 0.008, "block": 0.09}
VALUES = {
    "verdict": [*SHARES],
    "label": ["otp", "a2p", "phishing", "spam", "marketing"],
    "sender": ["GoodBank", "PARCEL", "ShopNow", "Verify", "447700900123", "447700900456", "TAXOFFICE", "Airline", "=HYPERLINK(1)",
               "</script><b>x", "WinBig", "44770090081", "Clinic", "Ride"],
    "rule": ["2001", "2002", "2003", "3001", "3002", "4001"],
    "account": ["acme-ltd", "bulk-gateway", "good-bank", None],
    "operator": ["Home Mobile", "Northtel", "Islandcom", None],
    "country": ["GB", "FR", "NG", None],
    "route": ["international", "domestic"],
    "direction": ["mt", "mo"],
    "protocol": ["smpp", "map"],
    "policy": ["Phishing never passes", "Unknown senders are held", "Codes from abroad", "Known aggregators pay"],
    "refusal": [None, "no_account", "credit_exhausted", "sender_not_registered"],
    "currency": ["EUR", "USD"],
    "operation": ["mt-forwardSM", "submit_sm"],
    "state": ["enforce", "shadow"],
    "origin": ["account: bulk-gateway", "operator: Northtel"],
    "reason": ["smpp_tls", "tcap_unknown", "sccp_segment_lost"],
}
ALERTS = [
    {"alert": "Leakage", "state": "firing", "report": "leakage", "figure": "leaked", "over": 50, "back_below": 40, "value": 61.5, "looked_at": "2026-11-20T13:59:00Z",
     "since": "2026-11-20T13:12:00Z", "left_out": 0,
     "rows": [{"value": 61.5, "unit": "EUR", "since": "2026-11-20T13:12:00Z", "row": {"origin": "bulk-gateway", "currency": "EUR"}}]},
    {"alert": "Ledger", "state": "quiet", "measure": "ledger_lag", "over": 60, "back_below": 54, "value": 0.2, "looked_at": "2026-11-20T13:59:00Z", "rows": [], "left_out": 0},
]
COUNTS = ("messages", "parts", "packets", "hits", "blocked", "false_positives", "false_negatives")
COLUMNS = {
    "traffic": ("messages", "parts", "blocked", "charged", "leaked", "currency"), "senders": ("messages", "parts", "blocked", "charged", "currency"),
    "blocked": ("messages",), "revenue": ("messages", "charged", "fees", "currency"), "leakage": ("messages", "leaked", "currency"),
    "accounts": ("messages", "charged", "fees", "currency"), "uninspected": ("packets", "share"),
    "rules": ("name", "hits", "messages", "blocked", "last_hit", "false_positives", "false_negatives"),
}
USUAL_BY = {"traffic": "time", "blocked": "policy", "revenue": "account", "leakage": "operator", "senders": "sender", "rules": "rule",
            "accounts": "account", "uninspected": "reason"}


def stamp(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text, usual):
    if not text:
        return usual
    if text.startswith("-"):
        return NOW - datetime.timedelta(seconds=int(text[1:-1]) * UNITS[text[-1]])
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=datetime.timezone.utc)


def kind_of(name):
    if name in COUNTS:
        return "count"
    return {"charged": "money", "leaked": "money", "fees": "money", "share": "percent", "time": "time", "last_hit": "time"}.get(name, "text")


def weight(name, value):
    """How much of all messages it has."""
    if name == "verdict":
        return SHARES[value]
    return 1 / (1.6 ** VALUES[name].index(value)) / 2.2


def traffic_at(time):
    """Messages a second: fewer by night."""
    return 0.09 + 0.075 * math.sin((time.hour - 8) / 24 * 2 * math.pi) + 0.012 * math.sin(time.timestamp() / 5000)


class Report:
    def __init__(self, query):
        self.name = query.get("name", "traffic")
        self.by = query.get("by", USUAL_BY[self.name]).split(",")
        self.until = moment(query.get("until"), NOW)
        self.since = moment(query.get("since"), self.until - datetime.timedelta(days=1))
        span = (self.until - self.since).total_seconds()
        self.step = query.get("step") or ("minute" if span <= 6 * 3600 else "hour" if span <= 8 * 86400 else "day")
        self.where = dict(one.split("=", 1) for one in query.get("where", "").split(",") if one)
        self.top = int(query.get("top", 1000))

    def keys(self, names):
        if not names:
            yield (), 1.0
            return
        name, rest = names[0], names[1:]
        for value in VALUES[name]:
            if self.where.get(name, value or "") == (value or ""):
                for key, share in self.keys(rest):
                    yield (value, *key), share * weight(name, value)

    def times(self):
        if "time" not in self.by:
            return [None]
        length = STEPS[self.step]
        if self.step == "day":
            return list(self.days())
        first = math.ceil(self.since.timestamp() / length) * length
        return [datetime.datetime.fromtimestamp(at, datetime.timezone.utc) for at in range(first, int(self.until.timestamp()), length)]

    def days(self):
        """Midnights by the clocks of the zone, as an appliance has them."""
        day = self.since.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        while day.astimezone(datetime.timezone.utc) < self.until:
            yield day.astimezone(datetime.timezone.utc)
            day += datetime.timedelta(days=1)

    def rows(self):
        others = math.prod(0.5 for name in self.where if name not in self.by)
        others *= 0.09 if self.name == "blocked" else 1
        names = [name for name in self.by if name != "time"]
        for time in self.times():
            seconds = STEPS[self.step] if time else (self.until - self.since).total_seconds()
            rate = traffic_at(time) if time else 0.09
            for key, share in self.keys(names):
                yield self.row(time, dict(zip(names, key)), max(1, int(rate * seconds * share * others)))

    def row(self, time, key, messages):
        verdict = key.get("verdict", self.where.get("verdict"))
        paid = {"charge": messages, None: messages // 4}.get(verdict, 0)
        leaked = {"pass": messages // 40, None: messages // 60}.get(verdict, 0)
        known = {**key, "time": time and stamp(time), "messages": messages, "parts": messages * 5 // 4, "packets": messages // 30 + 1,
                 "charged": paid * 62500, "fees": paid * 12500, "leaked": leaked * 80000, "currency": key.get("currency", "EUR"),
                 "share": 1.25, "hits": messages, "name": f"Lure {key.get('rule')}", "blocked": messages if verdict in ("block", "throttle", "divert") else messages // 11,
                 "last_hit": stamp(NOW - datetime.timedelta(seconds=messages % 4000)),
                 "false_positives": messages % 3, "false_negatives": messages % 2}
        if key.get("rule") == "4001":
            known |= {"hits": 0, "last_hit": None, "false_positives": 0, "false_negatives": 0}
        return [known[column] for column in self.columns()]

    def columns(self):
        return [*self.by, *(name for name in COLUMNS[self.name] if name not in self.by)]

    def answer(self):
        columns, rows = self.columns(), list(self.rows())
        figures = [i for i, name in enumerate(columns) if kind_of(name) in ("count", "money")]
        if "time" not in self.by:
            rows.sort(key=lambda row: -row[figures[0]])
        kept = rows if "time" in self.by else rows[:self.top]
        totals = [sum(row[i] for row in rows) if i in figures else None for i in range(len(columns))]
        if "share" in columns:
            totals[columns.index("share")] = 1.25
        return {"report": self.name, "since": stamp(self.since), "until": stamp(self.until), "step": self.step, "time_zone": ZONE.key, "by": self.by,
                "columns": [{"name": name, "kind": kind_of(name)} for name in columns], "rows": kept, "totals": totals,
                "left_out": len(rows) - len(kept), "notes": []}


TEXTS = [("GoodBank", "482913 is your code", "charge", ["otp"], "Codes from abroad"),
         ("PARCEL", "Your parcel waits: pay 1.99 at http://bit.example/x", "block", ["phishing"], "Phishing never passes"),
         ("447700900456", "See you at eight 🙂", "pass", [], None), ("ShopNow", "Sale: 20 % off until Sunday", "charge", ["a2p", "marketing"], "Known aggregators pay"),
         ("WinBig", "<img src=x onerror=alert(1)> You won", "throttle", ["spam"], "Unknown senders are held")]


def event(number):
    sender, text, verdict, labels, policy = TEXTS[number % len(TEXTS)]
    made = {"seq": number, "id": f"{number:032x}", "time": stamp(NOW + datetime.timedelta(seconds=number)), "kind": "message", "protocol": "smpp",
            "operation": "submit_sm", "direction": "mt", "origin": {"ip": "192.0.2.7", "account": "acme-ltd", "operator": "Northtel", "country": "FR"},
            "sender": {"address": sender, "type": "alphanumeric"}, "recipient": {"address": "447700900123", "number": "447700900123"},
            "text": text, "route": "international", "labels": labels, "verdict": verdict}
    if policy:
        made["policy"] = policy
    if labels:
        made["rules"] = [{"id": 2001, "rev": 3, "state": "enforce", "spans": [[0, 11]]}]
    return made


def explained(made):
    place = {"file": "/etc/tollgate/rules/policy.yaml", "line": 2, "column": 3}
    made = {**made, "folded": [made["text"].lower(), made["text"].lower().replace("0", "o")], "account_name": "Acme"}
    for rule in made.get("rules", []):
        rule |= {"name": "Account-suspension lure", "labels": made["labels"], "place": {**place, "file": "/etc/tollgate/rules/phishing.yaml"}}
    if "policy" in made:
        made["policy_line"] = {"name": made["policy"], "place": place, "action": "charge grey-route, or pass", "conditions": {"holds": True, "all": [
            {"holds": True, "field": "labels", "expected": "otp", "found": ["otp"], "place": place},
            {"holds": True, "field": "route", "expected": "international", "found": ["international"], "place": place}]}}
    if made["verdict"] == "charge":
        made |= {"charge": {"account": "acme-ltd", "tariff": "domestic", "amount": 50000, "fees": 12500, "currency": "EUR"},
                 "price_line": {"number": 2, "list": "standard", "tariff": "domestic", "country": "GB", "per": "part", "amount": 50000, "currency": "EUR"}}
    return made


STATUS = {"version": "0.1.0", "seconds": 93784.5, "enforcement": True, "bypass": False, "ruleset": "3f9a1c", "bundle": 41, "workers": 2, "links": [],
          "ports": [{"device": "net_af_packet0", "works": True, "link": {"up": True, "mbps": 10000}, "lost": {}},
                    {"device": "net_pcap1,rx_pcap=/var/lib/tollgate/captures/of-the-second-port-in.pcap,tx_pcap=/var/lib/tollgate/captures/out.pcap", "works": True, "link": {"up": True, "mbps": 10000}, "lost": {}}],
          "rates": {"seconds": 10, "packets": 41250.4, "octets": 5120000, "messages": 1830.2, "events": 1830.2, "busy": [0.31, 0.27]}, "custody": {},
          "tables": {"tcp_connections": {"entries": 412, "capacity": 65536}, "map_dialogue_ends": {"entries": 60100, "capacity": 65536},
                     "long_messages": {"entries": 912, "capacity": 16384}, "sctp_fragments": {"entries": 0, "capacity": 1024}},
          "events": {"taken": 9182734, "lost": 0, "rings": [{"octets": 0, "capacity": 8388608}]},
          "ledger": {"usable": True, "waiting": 12, "settled_seconds_ago": 0.4},
          "last_errors": [{"time": "2026-11-20T11:02:10Z", "level": "warning", "what": "ports: net_af_packet0 lost 12 packets", "count": 3, "first": "2026-11-20T09:00:00Z"}],
          "control": {"log_in_failures": 2}, "counts": {}, "errors": {}}
ACCOUNTS = [{"id": "acme-ltd", "name": "Acme", "payment": "prepaid", "status": "active", "currency": "EUR", "balance": 1234567500, "used_this_month": 98765000},
            {"id": "bulk-gateway", "name": "Bulk Gateway", "payment": "postpaid", "status": "active", "currency": "USD", "balance": -45600000, "used_this_month": 45600000},
            {"id": "good-bank", "name": "Good Bank", "payment": "prepaid", "status": "suspended", "currency": "EUR", "balance": -12500, "used_this_month": 0,
             "reason": "credit is used up"}]
LURE = {"id": 2001, "rev": 3, "name": "Account-suspension lure", "state": "enforce", "labels": ["phishing"], "yaml": "- id: 2001\n  text: account suspended\n"}
DIFFERENCE = {"rules": {"added": [{**LURE, "id": 2004, "name": "Parcel fee", "rev": 1, "yaml": "- id: 2004\n  text: parcel fee\n"}], "removed": [{**LURE, "id": 1999, "yaml": None}],
                        "changed": [{"id": 2001, "before": {**LURE, "rev": 2, "state": "shadow"}, "after": {**LURE, "yaml": "- id: 2001\n  text: account (suspended|locked)\n"}}]},
              "policy": {"added": [{"name": "Codes from abroad", "position": 2, "yaml": "- name: Codes from abroad\n  then: charge\n"}], "removed": [], "changed": []},
              "lists": [{"list": "hosts", "before": 1200, "after": 1312}, {"list": "new", "before": None, "after": 3}]}


class Appliance:
    def __init__(self):
        self.lock = threading.Lock()
        self.in_force = 41
        self.sent = 40
        self.marks = [{"number": 1, "made": "2026-11-19T09:00:00Z", "event": f"{6:032x}", "time": "2026-11-19T08:00:00Z", "wrong": "false_positive", "verdict": "block", "rules": [2001], "labels": ["phishing"],
                       "sender": "PARCEL", "note": "the real parcel service", "by": "soc"}]

    def versions(self):
        return {"in_force": self.in_force, "highest": 41, "versions": [
            {"version": 41, "created": "2026-11-18T10:00:00Z", "signed_by": "9e1f02", "ruleset": "3f9a1c", "rules": 214, "in_force": self.in_force == 41},
            {"version": 40, "created": "2026-11-11T10:00:00Z", "signed_by": "9e1f02", "ruleset": "88b0d2", "rules": 209, "in_force": self.in_force == 40},
            {"version": 0, "ruleset": "10c2aa", "rules": 190, "in_force": self.in_force == 0}]}

    def events(self, query):
        after = int(query.get("after", 0))
        self.sent += 3
        first = max(after, self.sent - 30)
        found = [event(number) for number in range(first + 1, self.sent + 1)]
        found = [one for one in found if query.get("verdict", one["verdict"]) == one["verdict"]]
        return {"events": found, "last": self.sent, "missed": 0}

    def judged(self, given):
        made = {**event(1), "text": given["text"], "sender": given.get("sender", {"address": ""}), "recipient": given.get("recipient", {"address": ""})}
        del made["seq"], made["id"], made["time"]
        return explained(made)

    def answer(self, method, path, query, body, role):
        """Status and JSON."""
        with self.lock:
            if path == "/v1/me":
                return 200, {"name": f"{role}-one", "role": role}
            if path == "/v1/report":
                return 200, Report(query).answer()
            if path == "/v1/status":
                return 200, STATUS
            if path == "/v1/accounts":
                return 200, {"accounts": ACCOUNTS}
            if path == "/v1/rules":
                return 200, self.versions()
            if path == "/v1/rules/difference":
                return 200, {**DIFFERENCE, "from": {"version": int(query["from"]), "ruleset": "a"}, "to": {"version": int(query["to"]), "ruleset": "b"}}
            if (method, path) == ("POST", "/v1/rules/rollback"):
                if role not in ("security", "admin"):
                    return 403, {"error": {"what": f"found the role {role}", "expected": "security, admin"}}
                self.in_force = body["to"]
                return 200, {"bundle": body["to"], "ruleset": "88b0d2", "said": f"version {body['to']} is in force"}
            if path == "/v1/events":
                return 200, self.events(query)
            if path == "/v1/alerts":
                return 200, {"alerts": ALERTS}
            if path == "/v1/events/explain":
                if not query["id"].isalnum() or int(query["id"], 16) > 10000:
                    return 404, {"error": {"what": "found no such message: it is not kept any more", "expected": "the id of one of the last messages"}}
                return 200, explained(event(int(query["id"], 16)))
            if (method, path) == ("POST", "/v1/try"):
                return 200, self.judged(body)
            if (method, path) == ("POST", "/v1/marks"):
                kept = {name: body[name] for name in body if name not in ("id", "with_text", "rule")}
                if "rule" in body:
                    kept["rules"] = [body["rule"]]
                self.marks.append({"number": self.marks[-1]["number"] + 1 if self.marks else 1, "made": stamp(NOW), "event": body["id"], "time": stamp(NOW),
                                   "verdict": "block", "rules": [2001], "labels": [], "sender": "x", "by": role, **kept})
                return 200, {"mark": self.marks[-1]}
            if path == "/v1/marks/remove":
                self.marks = [one for one in self.marks if one["number"] != body["number"]]
                return 200, {"mark": {}}
            if path == "/v1/marks/tests":
                return 200, "# rule 2001\n- {text: Your parcel waits, expect: no match}\n"
            if path == "/v1/marks":
                return 200, {"marks": [one for one in self.marks if "rule" not in query or int(query["rule"]) in one["rules"]]}
        return 404, {"error": {"what": "found a path that there is not", "expected": "one that GET /v1/openapi.json names"}}


def bundled(name):
    return subprocess.run([SOURCE / "bundle", SOURCE / name], check=True, capture_output=True).stdout


def page_files():
    return {"/": ("text/html; charset=utf-8", bundled("index.html")), "/app.js": ("text/javascript", bundled("app.js")),
            "/chart.js": ("text/javascript", CHART.read_bytes()), "/style.css": ("text/css", (SOURCE / "style.css").read_bytes()),
            "/icon.svg": ("image/svg+xml", (SOURCE / "icon.svg").read_bytes())}


class Handler(http.server.BaseHTTPRequestHandler):
    appliance = Appliance()
    files = page_files()

    def log_message(self, *_):
        pass

    def give(self, status, media, body):
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if url.path in self.files:
            return self.give(200, *self.files[url.path])
        word = self.headers.get("Authorization", "").removeprefix("Bearer token-")
        if word not in ROLES:
            return self.give_json(401, {"error": {"what": "found another token", "expected": "one that is known"}})
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length)) if length else None
        query = {name: values[0] for name, values in urllib.parse.parse_qs(url.query, keep_blank_values=True).items()}
        self.give_json(*self.appliance.answer(self.command, url.path, query, body, word))

    do_POST = do_GET

    def give_json(self, status, answer):
        is_text = isinstance(answer, str)
        self.give(status, "application/yaml" if is_text else "application/json", (answer if is_text else json.dumps(answer)).encode())


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
