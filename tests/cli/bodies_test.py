#!/usr/bin/env python3
"""Bodies of requests that are none: of every endpoint that takes one, as the description of the API has it. All are refused with a
reason, and change nothing. Environment: TOLLGATE, the program."""
import copy
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import tap

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
OPENAPI = json.loads((SOURCE / "src/control/openapi.json").read_text())
MOST_JSON = 65_536
MOST = {"/v1/accounts/import": 16 * 2**20, "/v1/rules/push": 128 * 2**20}
# What the endpoint takes, and does or refuses for another reason: a new endpoint needs a line here.
GOOD = {"/v1/bypass": {"on": True}, "/v1/rules/rollback": {}, "/v1/try": {"text": "hello"}, "/v1/rules/push": None,
        "/v1/lists": {"list": "numbers", "change": "add", "values": ["447700900123"]},
        "/v1/marks": {"id": "0" * 32, "wrong": "false_positive"}, "/v1/marks/remove": {"number": 1},
        "/v1/accounts/credit": {"account": "acme", "amount": "1", "reference": "x"},
        "/v1/accounts/pay": {"account": "acme", "amount": "1", "reference": "x"},
        "/v1/accounts/suspend": {"account": "acme", "reason": "x"}, "/v1/accounts/resume": {"account": "acme"},
        "/v1/accounts/correct": {"movement": 1, "reference": "x"},
        "/v1/accounts/interest": {"account": "acme", "month": "2020-01"},
        "/v1/accounts/release": {"appliance": "absent"},
        "/v1/accounts/import": {"file": "a.yaml", "content": "accounts: []\n"}}
ACCOUNTS = "accounts: [{id: acme, name: Acme, recognised_by: {system_id: acme}, senders: [ACME], currency: EUR, payment: prepaid}]\n"


def resolved(node):
    while "$ref" in node:
        found = OPENAPI
        for part in node["$ref"].split("/")[1:]:
            found = found[part]
        node = found
    return node


def endpoints():
    """Method, path, and the schema of the body; nothing where it is no JSON."""
    for path, methods in OPENAPI["paths"].items():
        for method, operation in methods.items():
            if "requestBody" in operation:
                content = resolved(operation["requestBody"])["content"]
                yield method.upper(), path, resolved(content["application/json"]["schema"]) if "application/json" in content else None


def wrong_values(schema):
    """Of another kind than the schema says, or beyond its bounds."""
    samples = {"string": "x", "integer": 1, "number": 1.5, "boolean": True, "object": {"a": 1}, "array": ["x"], "null": None}
    kind = schema.get("type")
    if kind is None:
        return
    yield from (value for name, value in samples.items() if name != kind)
    if kind == "integer":
        yield from (-1, 2**64)
    if "enum" in schema or schema.get("format") == "date-time":
        yield "another"
    if "minLength" in schema:
        yield ""
    if "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1)
    if kind == "array":
        yield []
        yield ["x"] * (schema["maxItems"] + 1)
        yield from ([value] for value in wrong_values(schema["items"]))


def wrong_bodies(good, schema):
    """Name and octets of each."""
    for name, octets in (("empty", b""), ("spaces", b"  "), ("no JSON", b"hello"), ("an end too early", json.dumps(good).encode()[:-1]),
                         ("more behind it", json.dumps(good).encode() + b"{}"), ("no UTF-8", b'{"\xff\xfe": 1}'), ("octets", bytes(range(256))),
                         ("deep lists", b"[" * 60_000), ("deep objects", b'{"a":' * 10_000)):
        yield name, octets
    for value in (None, True, 1, "x", [], [good]):
        yield f"no object, {value}", json.dumps(value).encode()
    properties = schema["properties"]
    for name in schema.get("required", []):
        yield f"without {name}", json.dumps({key: value for key, value in good.items() if key != name}).encode()
    for name, value in properties.items():
        for wrong in wrong_values(resolved(value)):
            yield f"{name}: {str(wrong)[:30]}", json.dumps(good | {name: wrong}).encode()
    if schema.get("additionalProperties") is False:
        yield "an unknown key", json.dumps(good | {"unheard": 1}).encode()
        for key, value in good.items():
            yield f"{key} twice", json.dumps(good).encode()[:-1] + f", {json.dumps(key)}: {json.dumps(value)}}}".encode()


class BodiesTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "rules/lists").mkdir(parents=True)
        (self.folder / "rules/lists/numbers.txt").write_text("# type: number\n")
        (self.folder / "rules/policy.yaml").write_text("- {name: All, then: pass}\n")
        (self.folder / "accounts.yaml").write_text(ACCOUNTS)
        self.call("rules", "key", "k")
        self.call("account", "import", "accounts.yaml", "--ledger", "ledger.db")
        (self.folder / "tollgate.yaml").write_text(
            "version: 1\nstate: state\nrules: rules\nledger: {sqlite: ledger.db, appliance: here}\ncontrol: {trust: [k.pub]}\n"
            "links: [{name: a, outside: net_null0, inside: net_null1}]\n")
        log = self.folder / "log"
        with open(log, "wb") as out:
            self.process = subprocess.Popen([TOLLGATE, "run", "-c", "tollgate.yaml"], cwd=self.folder, stdout=out, stderr=out)
        self.addCleanup(self.process.wait, 30)
        self.addCleanup(self.process.terminate)
        until = time.monotonic() + 30
        while "run: ready" not in log.read_text():
            self.assertLess(time.monotonic(), until, log.read_text())
            self.assertIsNone(self.process.poll(), log.read_text())
            time.sleep(0.02)

    def call(self, *words):
        run = subprocess.run([TOLLGATE, *words], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def kept(self):
        """What a change would change, and tell."""
        audit, lists = self.folder / "state/audit.jsonl", self.folder / "state/lists.json"
        account = json.loads(self.call("account", "show", "acme", "--json", "-c", "tollgate.yaml"))
        return audit.read_text(), lists.exists(), account, json.loads(self.call("status", "-c", "tollgate.yaml"))["bypass"]

    def ask(self, method, path, octets, length=None, end=False):
        """Status and JSON of the answer. `length`: that is announced; `end`: nothing comes any more."""
        length = len(octets) if length is None else length
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(30)
            connection.connect(str(self.folder / "state/control"))
            try:
                connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode() + octets)
                if end:
                    connection.shutdown(socket.SHUT_WR)
            except BrokenPipeError:
                pass  # it has answered, and takes no more
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(body)

    def check_refused(self, expected, method, path, *what, **how):
        status, answer = self.ask(method, path, *what, **how)
        self.assertEqual(status, expected, (path, str(what)[:200], answer))
        self.assertIn(str(status), OPENAPI["paths"][path][method.lower()]["responses"])
        self.assertTrue(answer["error"]["what"] and answer["error"]["expected"], answer)
        return answer["error"]

    def test_every_endpoint_refuses_them_and_nothing_is_changed(self):
        self.assertEqual({path for _, path, _ in endpoints()}, set(GOOD))
        before = self.kept()
        for method, path, schema in endpoints():
            if schema is None:
                self.check_refused(400, method, path, b"")
                continue
            if path != "/v1/try":  # which takes all fields of an event
                self.assertIs(schema.get("additionalProperties"), False, path)
            for name, octets in wrong_bodies(copy.deepcopy(GOOD[path]), schema):
                if path == "/v1/rules/rollback" and octets == b"{}":
                    continue
                with self.subTest(f"{method} {path} {name}"):
                    self.check_refused(400, method, path, octets)
        self.assertEqual(self.kept(), before)

    def test_those_that_are_too_large_or_break_off(self):
        before = self.kept()
        for method, path, schema in endpoints():
            most = MOST.get(path, MOST_JSON)
            with self.subTest(f"{method} {path}"):
                found = self.check_refused(413, method, path, b"", length=most + 1)
                self.assertEqual((found["what"], found["expected"]), (f"found a body of {most + 1} octets", f"{most} at most"))
                self.check_refused(413, method, path, b"{", length=10**12)
                if schema is not None:  # as large as it may be, and read; a bundle of that size is another test's
                    self.check_refused(400, method, path, b" " * most)
                octets = json.dumps(GOOD[path]).encode()
                found = self.check_refused(400, method, path, octets, length=len(octets) + 1, end=True)
                self.assertEqual(found["what"], f"found a body of {len(octets)} octets")
                self.check_refused(400, method, path, b"", length=most, end=True)
        self.assertEqual(self.kept(), before)

    def test_only_what_was_spoiled_was_refused(self):
        for method, path, schema in endpoints():
            if schema is not None:
                with self.subTest(f"{method} {path}"):
                    self.assertIn(self.ask(method, path, json.dumps(GOOD[path]).encode())[0], (200, 404, 409))


if __name__ == "__main__":
    tap.main()
