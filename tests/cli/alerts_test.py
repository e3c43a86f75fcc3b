#!/usr/bin/env python3
"""Alerts of a running appliance, with a webhook that first refuses. Its packets come from captures, by DPDK's net_pcap.
Environment: TOLLGATE, the program."""
import contextlib
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
sys.path.insert(0, str(SOURCE / "tests/cases"))
import tap
import wire

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
OPENAPI = json.loads((SOURCE / "src/control/openapi.json").read_text())
ALERTS = OPENAPI["paths"]["/v1/alerts"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
SHAPE = ALERTS["properties"]["alerts"]["items"]
SENDERS = ["ACME", "ACME", "ACME", "447700900777", "447700900777", "447700900777", "Brand"]


class Receiver(http.server.ThreadingHTTPServer):
    """A webhook that answers with 503 as long as `refuses` says."""

    def __init__(self, refuses):
        super().__init__(("127.0.0.1", 0), Handler)
        self.refuses, self.refused, self.taken, self.signed = refuses, [], [], []


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if "Tollgate-Signature" in self.headers:
            self.server.signed.append((body, self.headers["Tollgate-Timestamp"], self.headers["Tollgate-Signature"]))
        notice = json.loads(body)
        refuse = len(self.server.refused) < self.server.refuses
        (self.server.refused if refuse else self.server.taken).append((self.path, self.headers["Content-Type"], notice))
        self.send_response(503 if refuse else 204)
        self.end_headers()

    def log_message(self, *_):
        pass


class AlertsTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        frames = wire.bound(*(("esme", wire.short_message(4, 2 + i, f"hello {i}", sender, f"44770090010{i}"))
                              for i, sender in enumerate(SENDERS)))
        (self.folder / "in.pcap").write_bytes(wire.pcap(frames))
        (self.folder / "nothing.pcap").write_bytes(wire.pcap([wire.SOMETHING]))
        self.config, self.log = self.folder / "tollgate.yaml", self.folder / "log"

    def write_config(self, alerts, rest="numbers: full"):
        def device(number, capture):
            return f"'net_pcap{number},rx_pcap={self.folder}/{capture},tx_pcap={self.folder}/tx{number}.pcap'"
        self.config.write_text(
            f"version: 1\nstate: {self.folder}/state\n"
            "home: {country: GB, number: {international_prefix: '00', national_prefix: '0'}}\n"
            f"links: [{{name: a, outside: {device(0, 'in.pcap')}, inside: {device(1, 'nothing.pcap')}, route: international}}]\n"
            f"events: {{file: {self.folder}/events.jsonl, {rest}}}\nalerts:\n" + "".join(f"  - {alert}\n" for alert in alerts))

    def receive(self, refuses):
        receiver = Receiver(refuses)
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        self.addCleanup(receiver.server_close)
        self.addCleanup(receiver.shutdown)
        return receiver

    def start(self):
        with open(self.log, "wb") as out:
            process = subprocess.Popen([TOLLGATE, "run", "-c", self.config], stdout=out, stderr=out,
                                       env=os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")})
        self.addCleanup(lambda: process.poll() is None and process.kill())
        self.wait_for(lambda: "ready" in self.log.read_text() or process.poll() is not None)
        if "is its name right" in self.log.read_text():
            self.skipTest("DPDK has no driver net_pcap here")
        self.assertIsNone(process.poll(), self.log.read_text())
        return process

    def wait_for(self, what, seconds=60):
        until = time.monotonic() + seconds
        while not (found := what()):
            self.assertLess(time.monotonic(), until, self.log.read_text())
            time.sleep(0.05)
        return found

    def status(self):
        done = subprocess.run([TOLLGATE, "status", "-c", self.config], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["alerts"]

    def alerts(self):
        """Over the socket, as the API gives them."""
        request = b"GET /v1/alerts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        with socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(60)
            asked.connect(str(self.folder / "state/control"))
            asked.sendall(request)
            answer = b"".join(iter(lambda: asked.recv(65_536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"HTTP/1.1 200"), head)
        return json.loads(body)["alerts"]

    def forget_minutes(self):
        """Nothing was sent lately."""
        reports = sqlite3.connect(self.folder / "state/reports.db", timeout=30)
        names = [name for name, in reports.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        with reports:
            for name in names:
                if "start" in [column[1] for column in reports.execute(f"PRAGMA table_info({name})")]:
                    reports.execute(f"DELETE FROM {name}")
        reports.close()

    def test_a_webhook_that_refuses_first_gets_what_is_raised_and_cleared(self):
        receiver = self.receive(refuses=1)
        hook = f"http://127.0.0.1:{receiver.server_port}/secret-path?x=1"
        self.write_config([f"{{name: Much, report: senders, figure: parts, by: sender, over: 2, every: 1s, webhook: '{hook}'}}"])
        process = self.start()
        self.wait_for(lambda: len(receiver.taken) == 2)
        self.assertEqual(len(receiver.refused), 1)
        path, media, first = receiver.taken[0]
        self.assertEqual((path, media), ("/secret-path?x=1", "application/json"))
        self.assertEqual(first, receiver.refused[0][2], "it is the same notice")
        notices = [notice for _, _, notice in receiver.taken]
        for notice in notices:
            self.assertEqual({key: notice[key] for key in ("alert", "state", "value", "bound", "unit")},
                             {"alert": "Much", "state": "raised", "value": 3, "bound": 2, "unit": "parts"})
            self.assertEqual(notice["host"], os.uname().nodename)
        self.assertEqual(sorted(notice["row"]["sender"] for notice in notices), ["**********77", "ACME"])
        told = self.status()
        self.assertEqual(sorted(alert["row"]["sender"] for alert in told["standing"]), ["**********77", "ACME"])
        self.assertEqual((told["webhooks"]["sent"], told["webhooks"]["failed"], told["webhooks"]["lost"]), (2, 1, 0))

        self.forget_minutes()
        self.wait_for(lambda: len(receiver.taken) == 4)
        self.assertEqual([notice["state"] for _, _, notice in receiver.taken[2:]], ["cleared"] * 2)
        self.assertEqual(self.status()["standing"], [])
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 0)
        self.assertEqual(len(receiver.taken), 4)
        log = self.log.read_text()
        self.assertEqual(log.count("alert `Much` is raised: 3 parts, over 2"), 2, log)
        self.assertEqual(log.count("alert `Much` is cleared"), 2, log)
        self.assertIn("it answers with status 503", log)
        for secret in ("secret-path", "447700900777"):
            self.assertNotIn(secret, log)

    def test_a_receiver_that_drips_holds_up_no_other_and_notices_are_signed(self):
        (self.folder / "hook.secret").write_text("correct horse\n")
        dripping = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(dripping.close)
        cut = threading.Event()

        def drip():
            connection, _ = dripping.accept()
            with connection, contextlib.suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                while True:
                    connection.sendall(b"X-Drip: 1\r\n")
                    time.sleep(0.2)
            cut.set()
        threading.Thread(target=drip, daemon=True).start()
        receiver = self.receive(refuses=0)
        self.write_config([f"{{name: Slow, report: traffic, figure: parts, over: 2, every: 1s, webhook: 'http://127.0.0.1:{dripping.getsockname()[1]}/'}}",
                           f"{{name: Signed, report: traffic, figure: parts, over: 2, every: 1s, webhook: 'http://127.0.0.1:{receiver.server_port}/', secret: hook.secret}}"])
        process = self.start()
        self.wait_for(lambda: receiver.signed)
        self.assertFalse(cut.is_set(), "the other one is still at it")
        body, timestamp, signature = receiver.signed[0]
        wanted = hmac.new(b"correct horse", timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        self.assertEqual(signature, f"sha256={wanted}")
        self.assertLess(abs(int(timestamp) - time.time()), 600)
        self.assertTrue(cut.wait(60), "the call has an end")
        self.wait_for(lambda: "it takes too long" in self.log.read_text())
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 0)

    def test_what_nobody_takes_holds_up_neither_other_alerts_nor_the_end(self):
        receiver = self.receive(refuses=1000)
        hook = f"http://127.0.0.1:{receiver.server_port}/"
        self.write_config([f"{{name: Much, report: traffic, figure: parts, over: 2, every: 1s, webhook: '{hook}'}}",
                           "{name: Few, report: traffic, figure: messages, over: 6, every: 1s}",
                           "{name: Never, measure: lost_events, over: 0, every: 1s}"])
        process = self.start()
        self.wait_for(lambda: receiver.refused and len(self.status()["standing"]) == 2)
        self.assertEqual({alert["alert"]: (alert["value"], alert["row"]) for alert in self.status()["standing"]},
                         {"Much": (len(SENDERS), {}), "Few": (len(SENDERS), {})})
        self.assertEqual(self.status()["webhooks"]["sent"], 0)
        alerts = {one["alert"]: one for one in self.alerts()}
        self.assertEqual({name: one["state"] for name, one in alerts.items()}, {"Much": "firing", "Few": "firing", "Never": "quiet"})
        self.assertEqual((alerts["Few"]["value"], alerts["Few"]["over"], alerts["Few"]["rows"][0]["value"]), (len(SENDERS), 6, len(SENDERS)))
        self.assertEqual(alerts["Never"]["measure"], "lost_events")
        self.assertNotIn("since", alerts["Never"])
        for one in alerts.values():
            self.assertEqual(set(SHAPE["required"]) - set(one), set())
            self.assertEqual(set(one) - set(SHAPE["properties"]), set())
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 0)

    def test_check_refuses_an_alert_of_what_is_not_there(self):
        self.write_config(["{name: A, report: leakage, figure: rain, over: 1}"])
        done = subprocess.run([TOLLGATE, "check", "-c", self.config], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("tollgate.yaml:7:40: found no figure `rain` of the report leakage; expected messages, leaks, leaked", done.stdout + done.stderr)


if __name__ == "__main__":
    tap.main()
