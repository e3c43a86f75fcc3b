#!/usr/bin/env python3
"""The control API of a running appliance, the audit log and the tokens. Environment: TOLLGATE, the program."""
import hashlib
import http.client
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import tap
from remote_control import free_port, make_certificate

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
OPENAPI = json.loads((SOURCE / "src/control/openapi.json").read_text())
METRICS_SOURCE = (SOURCE / "src/control/metrics.cpp").read_text()
NULL_LINK = "links: [{name: a, outside: net_null0, inside: net_null1}]\n"
ROLES = ["viewer", "analyst", "security", "commercial", "admin"]
ME = f"{pwd.getpwuid(os.geteuid()).pw_name} (local, uid {os.geteuid()}"  # and `)`
ON, OFF = b'{"on": true}', b'{"on": false}'


def audit_fault(path):
    """Reads an audit log without any of our code: the number of its first wrong line, or 0."""
    before = "0" * 64
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):
        hashed, found, rest = line.rpartition(b',"hash":"')
        entry = json.loads(line)
        if (not found or rest != entry["hash"].encode() + b'"}' or entry["number"] != number or
                entry["hash_before"] != before or hashlib.blake2b(hashed, digest_size=32).hexdigest() != entry["hash"]):
            return number
        before = entry["hash"]
    return 0


class WithFolder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "state").mkdir()
        self.audit = self.folder / "state/audit.jsonl"
        self.config = self.folder / "tollgate.yaml"
        self.write_config()

    def write_config(self, control="tokens: tokens.json", more=""):
        self.config.write_text(f"version: 1\nstate: state\n{NULL_LINK}control: {{{control}}}\n{more}")

    def call(self, *words, status=0, environment=None):
        result = subprocess.run([TOLLGATE, *map(str, words), "-c", self.config], capture_output=True, text=True, timeout=60,
                                env={**os.environ, **(environment or {})})
        self.assertEqual(result.returncode, status, result.stderr)
        return result

    def add_token(self, name, role, *more):
        return self.call("token", "add", name, "--role", role, *more).stdout.strip()

    def lines(self):
        return [json.loads(line) for line in self.audit.read_text().splitlines()]


class TokenTest(WithFolder):
    def test_a_token_is_printed_once_and_stored_as_its_hash(self):
        token = self.add_token("dashboard", "viewer")
        path = self.folder / "tokens.json"
        stored = json.loads(path.read_text())["tokens"]
        self.assertEqual([one["hash"] for one in stored], [hashlib.blake2b(token.encode(), digest_size=32).hexdigest()])
        self.assertNotIn(token, path.read_text() + self.call("token", "list").stdout + self.audit.read_text())
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)

    def test_what_root_makes_belongs_to_the_user_of_the_appliance(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")
        for folder in (self.folder, self.folder / "state"):
            os.chown(folder, 12345, 23456)
        for name in ("one", "two"):
            self.add_token(name, "viewer")
            for path in (self.folder / "tokens.json", self.audit):
                self.assertEqual((path.stat().st_uid, path.stat().st_gid, stat.S_IMODE(path.stat().st_mode)),
                                 (12345, 23456, 0o600), path)

    def test_tokens_are_listed_and_removed(self):
        self.add_token("dashboard", "viewer", "--days", 30)
        self.add_token("soc", "security")
        self.assertRegex(self.call("token", "list").stdout, r"(?m)^dashboard +viewer +until 20.*\nsoc +security +until 20")
        listed = json.loads(self.call("token", "list", "--json").stdout)
        self.assertEqual([(one["name"], one["role"], one["expired"]) for one in listed],
                         [("dashboard", "viewer", False), ("soc", "security", False)])
        self.call("token", "remove", "dashboard")
        self.assertEqual([one["name"] for one in json.loads(self.call("token", "list", "--json").stdout)], ["soc"])
        self.assertIn("no token dashboard", self.call("token", "remove", "dashboard", status=1).stderr)

    def test_days_are_those_that_were_asked_for(self):
        made = json.loads(self.call("token", "add", "x", "--role", "admin", "--days", 7, "--json").stdout)
        seconds = [time.mktime(time.strptime(made[key], "%Y-%m-%dT%H:%M:%SZ")) for key in ("created", "expires")]
        self.assertEqual(seconds[1] - seconds[0], 7 * 86400)

    def test_wrong_arguments(self):
        for words in (["add"], ["add", "x"], ["add", "x", "--role", "owner"], ["add", "x y", "--role", "admin"],
                      ["add", "x", "--role", "admin", "--days", "0"], ["add", "x", "y", "--role", "admin"], ["take"], [],
                      ["remove"], ["list", "x"], ["add", "x", "--role", "admin", "--days", "3651"]):
            with self.subTest(words=words):
                self.call("token", *words, status=2)
        self.assertFalse((self.folder / "tokens.json").exists())
        self.assertFalse(self.audit.exists())

    def test_a_name_is_given_once(self):
        self.add_token("x", "admin")
        self.assertIn("already", self.call("token", "add", "x", "--role", "viewer", status=1).stderr)
        self.assertEqual(len(self.lines()), 1)

    def test_a_configuration_without_tokens_is_told(self):
        self.write_config("audit: audit.jsonl")
        self.assertIn("control: {tokens: FILE}", self.call("token", "list", status=1).stderr)

    def test_changes_are_in_the_audit_log(self):
        token = self.add_token("x", "security")
        self.call("token", "remove", "x", environment={"SUDO_USER": "alice"})
        added, removed = self.lines()
        self.assertEqual((added["what"], added["before"], added["after"]["name"], added["after"]["role"]),
                         ("token.add", None, "x", "security"))
        self.assertEqual((removed["what"], removed["who"], removed["after"]), ("token.remove", f"{ME}, says alice)", None))
        self.assertEqual(removed["before"], added["after"])

    def test_without_an_audit_log_no_token_is_made(self):
        self.write_config("tokens: tokens.json, audit: /dev/full")
        self.assertIn("nothing is changed", self.call("token", "add", "x", "--role", "admin", status=1).stderr)
        self.assertFalse((self.folder / "tokens.json").exists())

    def test_tokens_that_cannot_be_written_have_a_line_that_says_so(self):
        (self.folder / "tokens.json.part").mkdir()
        self.call("token", "add", "x", "--role", "admin", status=1)
        self.assertEqual([line["what"] for line in self.lines()], ["token.add", "token.add.failed"])


class AuditTest(WithFolder):
    def setUp(self):
        super().setUp()
        for name in "abc":
            self.add_token(name, "viewer")

    def test_it_is_a_chain_for_who_has_not_our_code(self):
        self.assertEqual(audit_fault(self.audit), 0)
        text = self.audit.read_text()
        self.audit.write_text(text.replace('"name":"b"', '"name":"x"'))
        self.assertEqual(audit_fault(self.audit), 2)

    def test_it_is_shown(self):
        shown = self.call("audit", "show").stdout.splitlines()
        self.assertEqual(len(shown), 3)
        self.assertRegex(shown[1], r'^ +2 \d{4}-.*Z \S+ \(local, uid \d+\) \(admin, from local\): token.add null -> {"name":"b",.*}$')
        self.assertEqual(self.call("audit", "show", "--after", "2").stdout.splitlines(), shown[2:])
        self.assertEqual(self.call("audit", "show", "--json").stdout, self.audit.read_text())

    def test_a_whole_log_is_verified(self):
        self.assertIn("3 lines", self.call("audit", "verify").stdout)
        found = json.loads(self.call("audit", "verify", "--json").stdout)
        self.assertEqual((found["good"], found["lines"], found["hash"]), (True, 3, self.lines()[2]["hash"]))

    def test_the_first_wrong_line_is_named(self):
        lines = self.audit.read_text().splitlines(keepends=True)
        for name, text, wrong in (("changed", lines[0] + lines[1].replace("viewer", "admin", 1) + lines[2], 2),
                                  ("missing", lines[0] + lines[2], 2), ("without its beginning", "".join(lines[1:]), 1),
                                  ("cut", "".join(lines)[:-5], 3), ("more", "".join(lines) + "x\n", 4)):
            with self.subTest(name):
                self.audit.write_text(text)
                self.assertIn(f"audit.jsonl:{wrong}: ", self.call("audit", "verify", status=1).stdout)
                found = json.loads(self.call("audit", "verify", "--json", status=1).stdout)
                self.assertEqual((found["good"], found["wrong"]["line"], found["lines"]), (False, wrong, wrong - 1))

    def test_another_file_can_be_named(self):
        other = self.folder / "other.jsonl"
        shutil.copy(self.audit, other)
        other.write_text(other.read_text().replace("viewer", "admin", 1))
        self.assertIn("other.jsonl:1: ", self.call("audit", "verify", "--file", other, status=1).stdout)
        self.call("audit", "verify", "--file", self.folder / "absent", status=1)

    def test_wrong_arguments(self):
        for words in ([], ["look"], ["show", "verify"], ["show", "--after", "x"]):
            self.call("audit", *words, status=2)

    def test_nothing_is_shown_that_a_terminal_would_act_on(self):
        self.audit.write_text(self.audit.read_text() + '{"number":4,"who":"\\u001b[31m\\u009b","role":"x"}\n')
        self.assertNotRegex(self.call("audit", "show").stdout, "[\x00-\x09\x0b-\x1f\x7f-\x9f]")


class ApiTest(WithFolder):
    """One appliance for all tests of the class would be faster; but each ends with its audit log looked at."""

    def setUp(self):
        super().setUp()
        if shutil.which("openssl") is None:
            self.skipTest("needs openssl, for a certificate")
        make_certificate(self.folder)
        (self.folder / "rules/lists").mkdir(parents=True)
        (self.folder / "rules/lists/numbers.txt").write_text("# type: number\n")
        self.write_rules("one")
        self.port = free_port()
        self.write_config(f"tokens: tokens.json, https: {{listen: '127.0.0.1:{self.port}', certificate: cert.pem, key: key.pem}}",
                          "rules: rules\n")
        self.tokens = {role: self.add_token(role, role) for role in ROLES}
        self.said = ""
        self.process = None
        self.start()
        self.addCleanup(self.end)

    def write_rules(self, name):
        (self.folder / "rules/policy.yaml").write_text(f"- {{name: {name}, then: pass}}\n")

    def start(self):
        log = self.folder / "log"
        with open(log, "wb") as out:
            self.process = subprocess.Popen([TOLLGATE, "run", "-c", self.config], stdout=subprocess.DEVNULL, stderr=out)
        self.wait_for(lambda: "ready" in log.read_text() or self.process.poll() is not None)
        self.assertIsNone(self.process.poll(), log.read_text())

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.assertEqual(self.process.wait(30), 0)

    def tearDown(self):
        self.end()
        if self.audit.exists():
            self.assertEqual(audit_fault(self.audit), 0)
            self.call("audit", "verify")

    def wait_for(self, what, seconds=30):
        until = time.monotonic() + seconds
        while not (found := what()):
            self.assertLess(time.monotonic(), until, (self.folder / "log").read_text())
            time.sleep(0.02)
        return found

    def tls(self):
        return ssl.create_default_context(cafile=self.folder / "cert.pem")

    def ask(self, method, path, token=None, body=None, headers=None):
        """Status, headers and JSON of the answer, which must be one that the description has."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.tls(), timeout=30)
        self.addCleanup(connection.close)
        headers = dict(headers or {})
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        connection.request(method, path, body, headers)
        return self.checked(method, path, connection.getresponse())

    def checked(self, method, path, response):
        texts = {"/metrics": "text/plain; version=0.0.4", "/v1/marks/tests": "application/yaml"}
        media = texts.get(path.split("?")[0], "application/json") if response.status == 200 else "application/json"
        self.assertEqual(response.headers["Content-Type"], media)
        answer = response.read().decode()
        answer = json.loads(answer) if media == "application/json" else answer
        operation = OPENAPI["paths"].get(path.split("?")[0], {}).get(method.lower())
        if operation is None:
            self.assertIn(response.status, (400, 404, 405))
            schema = OPENAPI["components"]["schemas"]["Error"]
        else:
            self.assertIn(str(response.status), operation["responses"])
            described = self.resolved(operation["responses"][str(response.status)])
            for name in described.get("headers", {}):
                self.assertIn(name, response.headers)
            schema = described["content"][media]["schema"]
        self.check_schema(answer, schema)
        return response.status, response.headers, answer

    def page(self, method, path, **headers):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.tls(), timeout=30)
        self.addCleanup(connection.close)
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def resolved(self, node):
        if "$ref" not in node:
            return node
        found = OPENAPI
        for part in node["$ref"].split("/")[1:]:
            found = found[part]
        return found

    def check_schema(self, value, schema):
        """The little of JSON Schema that the description uses."""
        schema = self.resolved(schema)
        if "type" not in schema:
            return
        if "enum" in schema:
            self.assertIn(value, schema["enum"])
        types = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "number": (int, float)}
        self.assertIsInstance(value, types[schema["type"]])
        if schema["type"] == "object":
            self.assertLessEqual(set(schema.get("required", [])), set(value))
            for key, inner in schema.get("properties", {}).items():
                if key in value:
                    self.check_schema(value[key], inner)
        if schema["type"] == "array":
            for one in value:
                self.check_schema(one, schema["items"])

    def raw(self, octets, end=False):
        """The status of what is answered to these octets; 0 where nothing is."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as plain:
            with self.tls().wrap_socket(plain, server_hostname="127.0.0.1") as connection:
                try:
                    connection.sendall(octets)
                    if end:
                        connection.unwrap()
                    answer = connection.recv(64)
                except (ConnectionError, ssl.SSLError):
                    return 0
        return int(answer.split()[1]) if answer.startswith(b"HTTP/1.1 ") else 0

    def is_bypassed(self):
        return json.loads(self.call("status").stdout)["bypass"]

    def test_every_endpoint_with_every_role(self):
        may = {("GET", "/v1/health"): ROLES, ("GET", "/v1/me"): ROLES, ("GET", "/v1/status"): ROLES, ("GET", "/v1/openapi.json"): ROLES,
               ("GET", "/metrics"): ROLES, ("GET", "/v1/audit"): ["security", "admin"], ("PUT", "/v1/bypass"): ["admin"],
               ("POST", "/v1/rules/reload"): ["security", "admin"], ("GET", "/v1/rules"): ROLES, ("GET", "/v1/rules/difference"): ["analyst", "security", "admin"],
                ("GET", "/v1/rules/push"): ["analyst", "security", "admin"],
               ("POST", "/v1/rules/push"): ["security", "admin"], ("POST", "/v1/rules/rollback"): ["security", "admin"],
               ("GET", "/v1/marks"): ROLES, **{(method, path): ["analyst", "security", "admin"] for method, path in
                                               (("POST", "/v1/marks"), ("POST", "/v1/marks/remove"), ("GET", "/v1/marks/tests"))},
               ("GET", "/v1/lists"): ROLES, ("GET", "/v1/lists/entries"): ROLES, ("POST", "/v1/lists"): ["security", "admin"],
               ("GET", "/v1/accounts"): ROLES, ("GET", "/v1/report"): ROLES, ("GET", "/v1/alerts"): ROLES, ("GET", "/v1/events"): ROLES,
               ("GET", "/v1/events/explain"): ROLES, ("POST", "/v1/try"): ["analyst", "security", "admin"],
               **{("GET", f"/v1/accounts/{what}"): ROLES for what in ("show", "statement", "invoice")},
               **{("POST", f"/v1/accounts/{what}"): ["commercial", "admin"] for what in
                  ("credit", "pay", "suspend", "resume", "correct", "interest", "release", "import")}}
        done = {("POST", "/v1/rules/reload"): 202, ("POST", "/v1/rules/push"): 409, ("POST", "/v1/rules/rollback"): 409}
        done |= {(method, path): 409 for method, path in may if path.startswith("/v1/accounts")}  # it has no ledger
        done |= {one: 404 for one in (("GET", "/v1/events/explain"), ("POST", "/v1/marks"), ("POST", "/v1/marks/remove"))}  # nothing came
        bodies = {"/v1/bypass": ON, "/v1/try": b'{"text": "hello"}', "/v1/marks/remove": b'{"number": 1}',
                  "/v1/marks": json.dumps({"id": "0" * 32, "wrong": "false_positive"}).encode(), "/v1/rules/push": b"no bundle", "/v1/rules/rollback": b"{}", "/v1/accounts/resume": b'{"account": "a"}',
                  "/v1/lists": b'{"list": "numbers", "change": "add", "values": ["447700900123"]}',
                  "/v1/accounts/correct": b'{"movement": 1, "reference": "x"}', "/v1/accounts/release": b'{"appliance": "a"}',
                  "/v1/accounts/interest": b'{"account": "a", "month": "2020-01"}', "/v1/accounts/import": b'{"file": "a", "content": ""}',
                  "/v1/accounts/suspend": b'{"account": "a", "reason": "x"}',
                  **{f"/v1/accounts/{what}": b'{"account": "a", "amount": "1", "reference": "x"}' for what in ("credit", "pay")}}
        self.assertEqual({(method.upper(), path) for path, methods in OPENAPI["paths"].items() for method in methods}, set(may))
        wrong = 0
        for (method, path), roles in may.items():
            body = bodies.get(path) if method != "GET" else None
            query = {"/v1/lists/entries": "?list=numbers", "/v1/report": "?name=traffic", "/v1/accounts/show": "?account=a",
                     "/v1/accounts/statement": "?account=a", "/v1/accounts/invoice": "?account=a&month=2020-01",
                     "/v1/events/explain": f"?id={'0' * 32}"}.get(path, "")
            for role in ROLES:
                with self.subTest(f"{method} {path} by {role}"):
                    status = self.ask(method, path + query, self.tokens[role], body)[0]
                    # It trusts no key, and there is nothing to go back to; push_test.py has an appliance that does.
                    self.assertEqual(status, done.get((method, path), 200) if role in roles else 403)
            open_to_all = path == "/v1/health"
            wrong += not open_to_all
            for name, token in (("no", None), ("a wrong", "tg_" + "x" * 43)):
                with self.subTest(f"{method} {path} with {name} token"):
                    refused = 429 if token is not None and wrong > 10 else 401  # ten wrong ones in a minute are let try
                    self.assertEqual(self.ask(method, path + query, token, body)[0], 200 if open_to_all else refused)

    def test_who_asks_is_told_who_that_is(self):
        for role in ROLES:
            self.assertEqual(self.ask("GET", "/v1/me", self.tokens[role])[2], {"name": role, "role": role})

    def test_the_description_is_the_one_in_the_source(self):
        self.assertEqual(self.ask("GET", "/v1/openapi.json", self.tokens["viewer"])[2], OPENAPI)

    def metrics(self):
        return self.ask("GET", "/metrics", self.tokens["viewer"])[2]

    def value_of(self, name, text):
        return float(re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE).group(1))

    def test_promtool_finds_no_fault_in_the_metrics(self):
        if shutil.which("promtool") is None:
            self.skipTest("promtool is not installed")
        told = subprocess.run(["promtool", "check", "metrics"], input=self.metrics(), capture_output=True, text=True)
        self.assertEqual((told.returncode, told.stdout, told.stderr), (0, "", ""))

    def test_metrics_are_those_of_the_appliance(self):
        text = self.metrics()
        status = self.ask("GET", "/v1/status", self.tokens["viewer"])[2]
        self.assertEqual(self.value_of("tollgate_enforcement", text), 1)
        self.assertIn(f'tollgate_ruleset_info{{ruleset="{status["ruleset"]}",bundle="0"}} 1\n', text)
        self.assertGreater(self.value_of('tollgate_worker_busy_seconds_total{worker="0"}', text), 0)
        self.assertLess(self.value_of('tollgate_worker_busy_seconds_total{worker="0"}', text), status["seconds"])
        for device in ("net_null0", "net_null1"):
            self.assertEqual(self.value_of(f'tollgate_port_up{{device="{device}"}}', text), 1)
        # net_null gives as many packets as are asked for; status was asked for later.
        self.assertGreater(self.value_of("tollgate_packets_total", text), 0)
        self.assertLessEqual(self.value_of("tollgate_packets_total", text), status["counts"]["packets"])
        # Every counter of status is in one of them.
        names = set(re.findall(r"^tollgate_(\w+)_total(?:\{reason=\"(\w+)\"\})? ", text, re.MULTILINE))
        self.assertEqual(set(status["counts"]) - {f"{family}_{reason}" if reason else family for family, reason in names}, set())
        self.ask("PUT", "/v1/bypass", self.tokens["admin"], ON)
        self.assertEqual(self.value_of("tollgate_enforcement", self.metrics()), 0)

    def test_rings_of_several_workers_are_measured(self):
        self.assertNotIn("tollgate_queue_packets{", self.metrics(), "one worker has none")
        self.end()
        with open(self.config, "a") as config:
            config.write("workers: 2\n")
        self.start()
        text = self.metrics()
        # net_null cannot spread flows: one more thread gives packets to both, and takes them back.
        for worker in "01":
            for direction in ("to_worker", "from_worker"):
                labels = f'{{worker="{worker}",direction="{direction}"}}'
                packets = self.value_of("tollgate_queue_packets" + labels, text)
                self.assertLessEqual(packets, self.value_of("tollgate_queue_capacity" + labels, text))
        if shutil.which("promtool") is not None:
            told = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
            self.assertEqual((told.returncode, told.stdout, told.stderr), (0, "", ""))

    def test_stages_are_measured_in_a_sample(self):
        # net_null gives packets of zeros, which have no message; few are measured before the worker is behind.
        def stage(name, text):
            return self.value_of(f'tollgate_stage_seconds_count{{stage="{name}"}}', text)
        text = self.wait_for(lambda: stage("decode", now := self.metrics()) > 0 and now)
        packets = self.value_of("tollgate_packets_total", self.metrics())
        self.assertLess(stage("decode", text), packets / 32)
        self.assertGreater(stage("send", text), 0)
        self.assertEqual(stage("match", text), 0)
        # Each bucket holds those before it; the last one all.
        buckets = re.findall(r'^tollgate_stage_seconds_bucket\{stage="decode",le="(\S+)"\} (\d+)$', text, re.MULTILINE)
        bounds, counts = [float(bound) for bound, _ in buckets], [int(count) for _, count in buckets]
        self.assertEqual((bounds, counts), (sorted(bounds), sorted(counts)))
        self.assertEqual((bounds[-1], counts[-1]), (float("inf"), stage("decode", text)))
        self.assertGreater(self.value_of('tollgate_stage_seconds_sum{stage="decode"}', text), 0)

    def test_tables_are_the_same_in_status_and_metrics(self):
        text = self.metrics()
        tables = self.ask("GET", "/v1/status", self.tokens["viewer"])[2]["tables"]
        self.assertGreater(len(tables), 15)
        for name, table in tables.items():
            with self.subTest(name):
                # There is no traffic that would fill one.
                self.assertEqual(table["entries"], 0)
                self.assertEqual(self.value_of(f'tollgate_table_entries{{table="{name}"}}', text), 0)
                self.assertEqual(self.value_of(f'tollgate_table_capacity{{table="{name}"}}', text), table["capacity"])

    def test_the_dashboard_asks_for_metrics_that_there_are(self):
        dashboard = json.loads((SOURCE / "scripts/dashboard.json").read_text())
        asked = {name for panel in dashboard["panels"] for target in panel["targets"]
                 for name in re.findall(r"\btollgate_\w+", target["expr"])}
        self.assertGreater(len(asked), 20)
        # Of those of a ledger, of accounts and of alerts there are none here: their names stand in the source.
        types = dict(re.findall(r"^# TYPE (\w+) (\w+)", self.metrics(), re.MULTILINE))
        known = set(types) | {f"{name}_{part}" for name, kind in types.items() if kind == "histogram" for part in ("bucket", "sum", "count")}
        known |= {f"tollgate_{name}" for name in re.findall(r'families\.one\("(ledger_\w+)"', METRICS_SOURCE)}
        known |= {f"tollgate_{name}" for name in re.findall(r'each\("((?:alert|webhook)_\w+)"', METRICS_SOURCE)}
        self.assertEqual(asked - known, set())
        # Those of reports, sinks and alerts are all shown.
        shown = {f"tollgate_{name}" for name in re.findall(r'"((?:report_cells|sink|alert|webhook)_\w+)"', METRICS_SOURCE)}
        self.assertGreater(len(shown), 12)
        self.assertEqual(shown - asked, set())
        numbers = [panel["id"] for panel in dashboard["panels"]]
        self.assertEqual(len(set(numbers)), len(numbers))

    def test_a_prometheus_server_scrapes_them(self):
        if shutil.which("prometheus") is None:
            self.skipTest("prometheus is not installed")
        (self.folder / "token").write_text(self.tokens["viewer"])
        (self.folder / "prometheus.yml").write_text(
            f"global: {{scrape_interval: 1s}}\nscrape_configs:\n- job_name: tollgate\n  scheme: https\n"
            f"  authorization: {{credentials_file: {self.folder}/token}}\n  tls_config: {{ca_file: {self.folder}/cert.pem}}\n"
            f"  static_configs: [{{targets: ['127.0.0.1:{self.port}']}}]\n")
        port = free_port()
        server = subprocess.Popen(["prometheus", f"--config.file={self.folder}/prometheus.yml", f"--storage.tsdb.path={self.folder}/tsdb",
                                   f"--web.listen-address=127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)

        def scraped():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/query?query=tollgate_packets_total", timeout=5) as answer:
                    return json.load(answer)["data"]["result"]
            except OSError:
                return None
        (series,) = self.wait_for(scraped, 60)
        self.assertEqual(series["metric"]["job"], "tollgate")
        self.assertGreater(float(series["value"][1]), 0)

    def test_status_is_that_of_the_command(self):
        over_https = self.ask("GET", "/v1/status", self.tokens["viewer"])[2]
        by_command = json.loads(self.call("status").stdout)
        self.assertEqual(list(over_https), list(by_command))
        self.assertEqual(over_https["ruleset"], by_command["ruleset"])

    def test_bypass_is_done_and_audited(self):
        self.assertEqual(self.ask("PUT", "/v1/bypass", self.tokens["admin"], ON)[2]["bypass"], True)
        self.assertTrue(self.is_bypassed())
        self.assertIn("bypass is off", self.call("bypass", "off", environment={"SUDO_USER": "alice"}).stdout)
        self.assertFalse(self.is_bypassed())
        first, second = [line for line in self.lines() if line["what"] == "bypass"]
        self.assertEqual([first[key] for key in ("who", "role", "from", "before", "after")],
                         ["admin", "admin", "127.0.0.1", {"bypass": False}, {"bypass": True}])
        self.assertEqual([second[key] for key in ("who", "role", "from", "before", "after")],
                         [f"{ME}, says alice)", "admin", "local", {"bypass": True}, {"bypass": False}])

    def test_rules_are_reloaded_and_the_audit_log_says_what_came_of_it(self):
        before = self.ask("GET", "/v1/status", self.tokens["viewer"])[2]["ruleset"]
        self.write_rules("two")
        self.assertEqual(self.ask("POST", "/v1/rules/reload", self.tokens["security"])[2]["ruleset"], before)
        self.wait_for(lambda: self.ask("GET", "/v1/status", self.tokens["viewer"])[2]["ruleset"] != before)
        asked, done = self.lines()[-2:]
        self.assertEqual((asked["what"], asked["who"], asked["before"]), ("rules.reload", "security", {"ruleset": before}))
        self.assertEqual((done["what"], done["who"], done["before"]), ("rules.reload.done", "security", {"ruleset": before}))
        after = self.ask("GET", "/v1/status", self.tokens["viewer"])[2]["ruleset"]
        self.assertEqual(done["after"], {"ruleset": after})
        (self.folder / "rules/policy.yaml").write_text("- {name: x, then: blok}\n")
        self.assertEqual(self.ask("POST", "/v1/rules/reload", self.tokens["security"])[0], 202)
        self.wait_for(lambda: self.lines()[-1]["what"] == "rules.reload.failed")
        self.assertIn("1 error", self.lines()[-1]["after"]["error"])
        self.assertEqual(self.lines()[-1]["after"]["ruleset"], after)

    def test_a_reload_by_signal_is_audited(self):
        self.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda: self.lines()[-1]["what"] == "rules.reload.done")
        self.assertEqual([line["who"] for line in self.lines()[-2:]], ["SIGHUP", "SIGHUP"])

    def test_the_audit_log_can_be_read_in_pieces(self):
        for body in (ON, OFF):
            self.ask("PUT", "/v1/bypass", self.tokens["admin"], body)
        everything = self.lines()
        self.assertEqual(self.ask("GET", "/v1/audit", self.tokens["admin"])[2]["entries"], everything)
        last = everything[-1]["number"]
        self.assertEqual(self.ask("GET", f"/v1/audit?after={last - 2}&most=1", self.tokens["security"])[2]["entries"],
                         [everything[-2]])
        self.assertEqual(self.ask("GET", f"/v1/audit?after={last}", self.tokens["security"])[2]["entries"], [])

    def test_tokens_that_are_added_and_removed_hold_at_once(self):
        token = self.add_token("late", "viewer")
        self.assertEqual(self.ask("GET", "/v1/status", token)[0], 200)
        self.call("token", "remove", "late")
        self.assertEqual(self.ask("GET", "/v1/status", token)[0], 401)

    def test_an_expired_token_is_refused(self):
        token = self.add_token("old", "admin")
        path = self.folder / "tokens.json"
        stored = json.loads(path.read_text())
        stored["tokens"][-1]["expires"] = "2020-01-01T00:00:00Z"
        path.write_text(json.dumps(stored))
        status, headers, answer = self.ask("PUT", "/v1/bypass", token, ON)
        self.assertEqual((status, headers["WWW-Authenticate"]), (401, "Bearer"))
        self.assertIn("expired", answer["error"]["what"])
        self.assertFalse(self.is_bypassed())

    def test_too_many_wrong_tokens(self):
        for _ in range(10):
            self.assertEqual(self.ask("GET", "/v1/status", "wrong")[0], 401)
        for _ in range(3):
            status, headers, _ = self.ask("GET", "/v1/status", "wrong")
            self.assertEqual(status, 429)
            self.assertTrue(1 <= int(headers["Retry-After"]) <= 60, headers["Retry-After"])
        self.assertEqual(self.ask("GET", "/v1/status", self.tokens["viewer"])[0], 200)
        log = (self.folder / "log").read_text()
        self.assertEqual(log.count("a token that is not known"), 10)
        self.assertNotIn("wrong", log)
        self.assertEqual(json.loads(self.call("status").stdout)["control"]["log_in_failures"], 13)

    def test_the_page_is_given_to_everybody(self):
        status, headers, index = self.page("GET", "/")
        self.assertEqual((status, headers["Content-Type"], headers["Cache-Control"]), (200, "text/html; charset=utf-8", "no-cache"))
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertTrue(headers["Content-Security-Policy"].startswith("default-src 'self';"), headers["Content-Security-Policy"])
        for path in re.findall(r'(?:src|href)="([^"]+)"', index.decode()):
            with self.subTest(path):
                status, headers, body = self.page("GET", f"/{path}")
                self.assertEqual((status, int(headers["Content-Length"])), (200, len(body)))
                head = self.page("HEAD", f"/{path}")
                self.assertEqual((head[0], head[1]["Content-Length"], head[2]), (200, str(len(body)), b""))
                again = self.page("GET", f"/{path}", **{"If-None-Match": headers["ETag"]})
                self.assertEqual((again[0], again[1]["ETag"], again[2]), (304, headers["ETag"], b""))
        self.assertEqual(self.page("POST", "/")[0], 405)

    def test_other_paths_and_methods(self):
        admin = self.tokens["admin"]
        for path in ("/index.html", "/v1", "/v1/status/", "/v1/../v1/status", "/v2/status", "/v1/Status", "//v1/status"):
            self.assertEqual(self.ask("GET", path, admin)[0], 404, path)
        for method, path, allowed in (("POST", "/v1/status", "GET"), ("GET", "/v1/bypass", "PUT"), ("DELETE", "/v1/audit", "GET"),
                                      ("OPTIONS", "/v1/health", "GET"), ("PATCH", "/v1/bypass", "PUT")):
            status, headers, _ = self.ask(method, path, admin)
            self.assertEqual((status, headers["Allow"]), (405, allowed), (method, path))
        self.assertEqual(self.ask("GET", "/v1/status?x=1", admin)[0], 400)
        self.assertEqual(self.ask("GET", "/v1/audit?after=x", admin)[0], 400)

    def test_bodies_that_are_none(self):
        for body in (b"", b"{", b"{}", b'{"on": 1}', b'{"on": true, "on": false}', b'{"on": true}{}', b"\xff\xfe", b"[" * 60000,
                     b'{"on": true, "x": 1}'):
            with self.subTest(body[:20]):
                self.assertEqual(self.ask("PUT", "/v1/bypass", self.tokens["admin"], body)[0], 400)
        self.assertEqual(self.ask("GET", "/v1/status", self.tokens["admin"], b"x")[0], 400)
        self.assertFalse(self.is_bypassed())
        for body in (b"", b"{", b"{}", ON, b'{"list": "numbers", "change": "add", "values": [447700900123]}', b"[" * 60000,
                     b'{"list": "numbers", "change": "add", "values": []}', b'{"list": "numbers", "change": "add", "values": ["x"]}',
                     b'{"list": "numbers", "change": "add", "values": ["\xff"]}'):
            with self.subTest(body[:60]):
                self.assertEqual(self.ask("POST", "/v1/lists", self.tokens["admin"], body)[0], 400)
        self.assertEqual(self.ask("POST", "/v1/lists", self.tokens["admin"], b" " * 65537)[0], 413)
        self.assertFalse((self.folder / "state/lists.json").exists())

    def test_bodies_that_are_too_large(self):
        admin = self.tokens["admin"]
        self.assertEqual(self.ask("PUT", "/v1/bypass", admin, b" " * 65536)[0], 400)
        self.assertEqual(self.ask("PUT", "/v1/bypass", admin, b" " * 65537)[0], 413)
        head = f"PUT /v1/bypass HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {admin}\r\n".encode()
        self.assertEqual(self.raw(head + b"Content-Length: 1000000000000\r\n\r\n"), 413)
        self.assertEqual(self.raw(head + b"Content-Length: 99999999999999999999999\r\n\r\n"), 400)
        self.assertFalse(self.is_bypassed())

    def test_requests_that_are_malformed(self):
        head = f"PUT /v1/bypass HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.tokens['admin']}\r\n".encode()
        for name, octets in (("no HTTP", b"hello\r\n\r\n"), ("no method", b"BREW /v1/status HTTP/1.1\r\n\r\n"),
                             ("another version", b"GET /v1/status HTTP/9.9\r\n\r\n"),
                             ("a long line", b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n\r\n"),
                             ("a long header", b"GET /v1/health HTTP/1.1\r\nX: " + b"a" * 20000 + b"\r\n\r\n"),
                             ("many headers", b"GET /v1/health HTTP/1.1\r\n" + b"X: a\r\n" * 5000 + b"\r\n"),
                             ("a wrong range", b"GET /v1/health HTTP/1.1\r\nRange: x\r\n\r\n"),
                             ("two lengths", head + b"Content-Length: 12\r\nContent-Length: 12\r\n\r\n" + ON),
                             ("a negative length", head + b"Content-Length: -1\r\n\r\n" + ON),
                             ("two tokens", head + b"Authorization: Bearer x\r\nContent-Length: 12\r\n\r\n" + ON),
                             ("pieces", head + b"Transfer-Encoding: chunked\r\n\r\nc\r\n" + ON + b"\r\n0\r\n\r\n"),
                             ("packed", head + b"Content-Encoding: gzip\r\nContent-Length: 12\r\n\r\n" + ON)):
            with self.subTest(name):
                self.assertEqual(self.raw(octets), 400)
        self.assertEqual(self.raw(head + b"Content-Length: 13\r\n\r\n" + ON, end=True), 0)
        self.assertFalse(self.is_bypassed())
        self.assertEqual(self.ask("GET", "/v1/health")[0], 200)

    def test_who_says_nothing_does_not_keep_the_operator_waiting(self):
        silent = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(20)]
        for one in silent:
            self.addCleanup(one.close)
        self.assertIn("bypass is on", self.call("bypass", "on").stdout)
        self.end()

    def test_plain_http_and_old_tls_are_not_answered(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as plain:
            plain.sendall(b"GET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n")
            try:
                self.assertFalse(plain.recv(64).startswith(b"HTTP"))
            except ConnectionResetError:
                pass
        context = self.tls()
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as plain:
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                context.wrap_socket(plain, server_hostname="127.0.0.1")

    def test_a_renewed_certificate_is_taken(self):
        old = ssl.get_server_certificate(("127.0.0.1", self.port))
        make_certificate(self.folder, "renewed")
        self.assertEqual(self.ask("GET", "/v1/health")[0], 200)
        self.assertNotEqual(ssl.get_server_certificate(("127.0.0.1", self.port)), old)
        (self.folder / "cert.pem").write_text("nonsense")
        self.assertEqual(len(ssl.get_server_certificate(("127.0.0.1", self.port))) > 0, True)
        self.assertIn("the one before is used on", (self.folder / "log").read_text())

    def test_what_cannot_be_audited_is_not_done_and_packets_pass(self):
        self.audit.rename(self.folder / "elsewhere")
        status, _, answer = self.ask("PUT", "/v1/bypass", self.tokens["admin"], ON)
        self.assertEqual(status, 503)
        self.assertIn("nothing is changed", answer["error"]["what"])
        self.assertIn("nothing is changed", self.call("bypass", "on", status=1).stderr)
        self.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda: "the rules stay as they are" in (self.folder / "log").read_text())
        first = json.loads(self.call("status").stdout)
        self.assertFalse(first["bypass"])
        self.wait_for(lambda: json.loads(self.call("status").stdout)["counts"]["packets"] > first["counts"]["packets"])
        (self.folder / "elsewhere").rename(self.audit)
        self.assertEqual(self.ask("PUT", "/v1/bypass", self.tokens["admin"], ON)[0], 200)

    def test_the_socket_is_for_its_user_alone_and_goes_with_the_appliance(self):
        control = self.folder / "state/control"
        self.assertEqual(stat.S_IMODE(control.stat().st_mode), 0o600)
        self.end()
        self.assertFalse(control.exists())
        self.assertIn("no appliance answers at", self.call("status", status=1).stderr)

    def test_the_chain_goes_on_behind_a_kill_and_a_torn_line(self):
        self.ask("PUT", "/v1/bypass", self.tokens["admin"], ON)
        self.process.kill()
        self.process.wait(30)
        whole = self.audit.read_bytes()
        self.audit.write_bytes(whole + b'{"number":99,"ti')
        self.start()
        self.assertEqual(self.audit.read_bytes()[:len(whole)], whole)
        self.assertEqual([line["what"] for line in self.lines()[-2:]], ["audit.mended", "start"])
        self.assertEqual(self.lines()[-2]["before"], {"torn_octets": 16, "torn": '{"number":99,"ti'})


class StartTest(WithFolder):
    def refused(self, control, *words):
        self.write_config(control)
        result = self.call("run", status=1)
        for word in words:
            self.assertIn(word, result.stderr)

    def test_a_certificate_that_cannot_be_used_is_named(self):
        https = "tokens: t.json, https: {listen: '127.0.0.1:%d', certificate: cert.pem, key: key.pem}" % free_port()
        self.refused(https, "the certificate", "cert.pem", "cannot be used")
        make_certificate(self.folder)
        other = self.folder / "other"
        other.mkdir()
        make_certificate(other)
        shutil.copy(other / "key.pem", self.folder / "key.pem")
        self.refused(https, "key.pem")

    def test_a_port_that_is_taken_is_named(self):
        make_certificate(self.folder)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.refused(f"tokens: t.json, https: {{listen: '127.0.0.1:{port}', certificate: cert.pem, key: key.pem}}",
                         f"127.0.0.1 port {port}", "in use")


if __name__ == "__main__":
    tap.main()
