#!/usr/bin/env python3
"""Sinks as a person meets them: their keys in tollgate.yaml, and events at a collector of syslog, over UDP, TCP and a Unix socket.
What it gets is read by a parser of RFC 5424 that takes nothing else. Packets come from captures, by DPDK's net_pcap.

Environment: TOLLGATE, the program, with its plugins beside it."""
import datetime
import gzip
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE / "tests/support"), str(SOURCE / "tests/cases")]
import tap
import wire

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
TEXTS = ["hello", "claim your prize", "good morning"]
OPENAPI = json.loads((SOURCE / "src/control/openapi.json").read_text())
RULES = "- {id: 1, name: Lure, labels: [scam], when: {text: claim your prize}}\n"
POLICY = "- {name: Lures, when: {labels: scam}, then: {block: {}}}\n- {name: Rest, then: pass}\n"

STATUS = OPENAPI["paths"]["/v1/status"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
SHAPE = STATUS["properties"]["sinks"]["items"]

# RFC 5424 6, term by term.
PRINTABLE = r"[\x21-\x7e]"
SD_NAME = r"[\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32}"
PARAMETER = rf' ({SD_NAME})="((?:[^"\\\]]|\\["\\\]])*)"'
SYSLOG = re.compile(
    r"<(?P<pri>0|[1-9][0-9]{0,2})>(?P<version>[1-9][0-9]{0,2}) "
    r"(?P<time>-|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})) "
    rf"(?P<host>-|{PRINTABLE}{{1,255}}) (?P<app>-|{PRINTABLE}{{1,48}}) (?P<process>-|{PRINTABLE}{{1,128}}) "
    rf"(?P<msgid>-|{PRINTABLE}{{1,32}}) (?P<data>-|(?:\[{SD_NAME}(?:{PARAMETER})*\])+)(?: (?P<msg>.*))?", re.DOTALL)


def parse(octets):
    found = SYSLOG.fullmatch(octets.decode())
    assert found, octets
    fields = found.groupdict()
    priority = int(fields["pri"])
    assert priority <= 191, priority
    fields["facility"], fields["severity"] = divmod(priority, 8)
    fields["data"] = {element[0]: dict((name, re.sub(r'\\(["\\\]])', r"\1", value)) for name, value in re.findall(PARAMETER, element[1]))
                      for element in re.findall(rf"\[({SD_NAME})((?:{PARAMETER})*)\]", fields["data"])}
    return fields


def unframe(stream):
    """RFC 6587 3.4.1: MSG-LEN SP SYSLOG-MSG, and nothing between them."""
    messages = []
    while stream:
        length, space, stream = stream.partition(b" ")
        assert space and re.fullmatch(rb"[1-9][0-9]*", length) and len(stream) >= int(length), (length, stream[:80])
        messages.append(stream[:int(length)])
        stream = stream[int(length):]
    return messages


class SinksTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        frames = [wire.from_centre(wire.mt_begin(wire.deliver(text, "447700900100"), f"{i:08x}"), i) for i, text in enumerate(TEXTS, 1)]
        (self.folder / "in.pcap").write_bytes(wire.pcap(frames))
        (self.folder / "nothing.pcap").write_bytes(wire.pcap([wire.SOMETHING]))
        (self.folder / "rules").mkdir()
        (self.folder / "rules/rules.yaml").write_text(RULES)
        (self.folder / "rules/policy.yaml").write_text(POLICY)

    def configure(self, sinks, events="{file: events.jsonl, text: all}"):
        def device(number, capture):
            return f"'net_pcap{number},rx_pcap={self.folder}/{capture},tx_pcap={self.folder}/tx{number}.pcap'"
        (self.folder / "tollgate.yaml").write_text(
            f"version: 1\nstate: state\nrules: rules\nevents: {events}\n"
            f"links: [{{name: a, outside: {device(0, 'in.pcap')}, inside: {device(1, 'nothing.pcap')}, route: r}}]\n"
            f"sinks:\n{sinks}")

    def start(self):
        log = self.folder / "log"
        with open(log, "wb") as out:
            process = subprocess.Popen([TOLLGATE, "run", "-c", "tollgate.yaml"], cwd=self.folder, stdout=out, stderr=out)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        self.wait_for(lambda: "run: ready" in log.read_text() or process.poll() is not None)
        if "is its name right" in log.read_text():
            self.skipTest("DPDK has no driver net_pcap here")
        self.assertIsNone(process.poll(), log.read_text())
        return process

    def wait_for(self, what, seconds=30):
        until = time.monotonic() + seconds
        while not (found := what()):
            self.assertLess(time.monotonic(), until, (self.folder / "log").read_text())
            time.sleep(0.02)
        return found

    def sinks(self):
        asked = subprocess.run([TOLLGATE, "status", "-c", "tollgate.yaml"], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(asked.returncode, 0, asked.stderr)
        sinks = json.loads(asked.stdout)["sinks"]
        for sink in sinks:
            self.assertEqual(set(sink) - {"error"}, set(SHAPE["required"]))
            self.assertEqual(set(sink) - set(SHAPE["properties"]), set())
        return sinks

    def run_the_feed(self):
        process = self.start()
        self.wait_for(lambda: self.sinks()[0]["sent"] == len(TEXTS))
        process.terminate()
        self.assertEqual(process.wait(30), 0)
        return [json.loads(line) for line in (self.folder / "events.jsonl").read_text().splitlines()]

    def assert_are(self, messages, events):
        self.assertEqual(len(events), len(TEXTS))
        self.assertEqual([json.loads(message["msg"]) for message in messages], events)
        for message, event in zip(messages, events):
            self.assertEqual((message["version"], message["app"], message["msgid"]), ("1", "tollgate", "message"))
            self.assertEqual(message["data"], {"tollgate@32473": {"id": event["id"], "verdict": event["verdict"], "protocol": "map"}})
            self.assertEqual(datetime.datetime.fromisoformat(message["time"]), datetime.datetime.fromisoformat(event["time"]))
            self.assertEqual((message["facility"], message["severity"]), (16, 4 if event["verdict"] == "block" else 6))
        self.assertEqual([event["verdict"] for event in events], ["pass", "block", "pass"])


class Syslog(SinksTest):
    def test_datagrams_of_udp(self):
        collector = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(collector.close)
        collector.bind(("127.0.0.1", 0))
        collector.settimeout(30)
        self.configure(f"  - {{plugin: syslog, to: 'udp://127.0.0.1:{collector.getsockname()[1]}', host: gate1}}\n")
        events = self.run_the_feed()
        messages = [parse(collector.recv(65_536)) for _ in TEXTS]
        self.assert_are(messages, events)
        self.assertEqual({message["host"] for message in messages}, {"gate1"})

    def test_datagrams_of_a_unix_socket(self):
        collector = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(collector.close)
        collector.bind(str(self.folder / "log.socket"))
        collector.settimeout(30)
        self.configure(f"  - {{plugin: syslog, to: 'unix:{self.folder}/log.socket'}}\n")
        events = self.run_the_feed()
        self.assert_are([parse(collector.recv(65_536)) for _ in TEXTS], events)

    def test_a_collector_over_tcp_that_comes_later_gets_all(self):
        place = socket.create_server(("127.0.0.1", 0))
        port = place.getsockname()[1]
        place.close()
        self.configure(f"  - {{plugin: syslog, to: 'tcp://127.0.0.1:{port}'}}\n")
        process = self.start()
        sink = self.wait_for(lambda: (one := self.sinks()[0]).get("error") and one["waiting"] == len(TEXTS) and one)
        self.assertEqual((sink["sent"], sink["lost"]), (0, 0))
        self.assertEqual(sink["error"], f"cannot reach 127.0.0.1 port {port}: Connection refused")
        octets = bytearray()
        with socket.create_server(("127.0.0.1", port)) as server:
            server.settimeout(30)
            connection, _ = server.accept()

            def read():
                while more := connection.recv(65_536):
                    octets.extend(more)
            reader = threading.Thread(target=read)
            reader.start()
            self.wait_for(lambda: self.sinks()[0]["sent"] == len(TEXTS))
            process.terminate()
            self.assertEqual(process.wait(30), 0)
            reader.join(30)
            connection.close()
        events = [json.loads(line) for line in (self.folder / "events.jsonl").read_text().splitlines()]
        self.assert_are([parse(message) for message in unframe(bytes(octets))], events)

    def test_what_waits_at_the_end_is_counted_as_lost_and_said(self):
        self.configure(f"  - {{plugin: syslog, to: 'unix:{self.folder}/absent'}}\n")
        process = self.start()
        self.wait_for(lambda: self.sinks()[0]["waiting"] == len(TEXTS))
        process.terminate()
        self.assertEqual(process.wait(30), 0)
        said = (self.folder / "log").read_text()
        self.assertIn(f"the sink syslog does not work: cannot reach {self.folder}/absent: No such file or directory", said)
        self.assertIn(f"the sink syslog has lost {len(TEXTS)} events", said)

    def test_sinks_have_what_the_privacy_settings_show(self):
        collector = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(collector.close)
        collector.bind(("127.0.0.1", 0))
        collector.settimeout(30)
        self.configure(f"  - {{plugin: syslog, to: 'udp://127.0.0.1:{collector.getsockname()[1]}'}}\n", events="{text: blocked}")
        process = self.start()
        messages = [parse(collector.recv(65_536)) for _ in TEXTS]
        process.terminate()
        process.wait(30)
        self.assertFalse((self.folder / "events.jsonl").exists())
        self.assertEqual([json.loads(message["msg"]).get("text") for message in messages], [None, "claim your prize", None])
        for message in messages:
            self.assertNotIn("447700900100", message["msg"])


class JsonLines(SinksTest):
    def test_a_compressed_file_has_the_same_lines_and_is_opened_anew(self):
        self.configure("  - {plugin: jsonl, file: archive.jsonl.gz}\n")
        process = self.start()
        self.wait_for(lambda: self.sinks()[0]["sent"] == len(TEXTS))
        (self.folder / "archive.jsonl.gz").rename(self.folder / "moved.gz")
        process.send_signal(signal.SIGHUP)
        process.terminate()
        self.assertEqual(process.wait(30), 0)
        self.assertEqual(gzip.decompress((self.folder / "moved.gz").read_bytes()), (self.folder / "events.jsonl").read_bytes())

    def test_the_file_of_events_and_those_of_the_sink_have_whole_lines_behind_a_power_cut(self):
        whole = '{"id":"1","time":"%s"}' % datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        for name in ("events.jsonl", "archive.jsonl"):
            (self.folder / name).write_text(whole + "\n" + whole[:20])
        self.configure("  - {plugin: jsonl, file: archive.jsonl, hours: 8760}\n")
        process = self.start()
        sink = self.wait_for(lambda: (one := self.sinks()[0])["sent"] == len(TEXTS) and one)
        self.assertEqual(sink["lost"], 1)
        asked = subprocess.run([TOLLGATE, "status", "-c", "tollgate.yaml"], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual(json.loads(asked.stdout)["counts"]["lost_event"], 1)
        process.terminate()
        self.assertEqual(process.wait(30), 0)
        first, *others = (self.folder / "events.jsonl").read_text().splitlines()
        self.assertEqual(first, whole)
        self.assertEqual([json.loads(line)["verdict"] for line in others], ["pass", "block", "pass"])
        self.assertEqual((self.folder / "archive.jsonl").read_text().splitlines(), [first, *others])


class Configuration(SinksTest):
    def assert_found(self, sinks, *findings):
        """By `check`, and `run` does not start."""
        self.configure(sinks)
        checked = subprocess.run([TOLLGATE, "check", "-c", "tollgate.yaml"], cwd=self.folder, capture_output=True, text=True, timeout=300)
        started = subprocess.run([TOLLGATE, "run", "-c", "tollgate.yaml"], cwd=self.folder, capture_output=True, text=True, timeout=300)
        self.assertEqual((checked.returncode, started.returncode), (1, 1))
        for finding in findings:
            self.assertIn(finding, (checked.stdout + checked.stderr).replace(" error:", ""))
            self.assertIn(finding, started.stderr)

    def test_a_good_one_is_checked_and_nothing_outside_is_touched(self):
        self.configure("  - {plugin: clickhouse, url: 'http://127.0.0.1:1', spool: spool, create: true}\n"
                       "  - {plugin: syslog, to: 'tcp://192.0.2.1:601', queue_mib: 8}\n  - {plugin: syslog, name: near, to: 'unix:/dev/log'}\n")
        checked = subprocess.run([TOLLGATE, "check", "-c", "tollgate.yaml"], cwd=self.folder, capture_output=True, text=True, timeout=300)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""), checked.stdout)
        self.assertFalse((self.folder / "spool").exists())

    def test_what_is_wrong_is_told_with_its_place(self):
        self.assert_found("  - {plugin: sylog}\n", "tollgate.yaml:7:14: there is no sink `sylog`; did you mean `syslog`?")
        self.assert_found("  - {plugin: syslog}\n", "tollgate.yaml:7:14: plugin syslog: `to` is missing")
        self.assert_found("  - {plugin: syslog, to: 'udp://x', octets: 7}\n",
                          "tollgate.yaml:7:22: plugin syslog: found `udp://x` for `to`; expected udp://HOST:PORT, tcp://HOST:PORT or unix:PATH",
                          "tollgate.yaml:7:37: plugin syslog: found `7` for `octets`; expected 480 to 65000 octets")
        self.assert_found("  - {plugin: clickhouse, url: 'http://x:1', rws: 7}\n",
                          "tollgate.yaml:7:45: plugin clickhouse: unknown key `rws`; expected one of url, database,")
        self.assert_found("  - {plugin: clickhouse, url: 'http://x:1/path'}\n",
                          "tollgate.yaml:7:26: plugin clickhouse: found `http://x:1/path` for `url`; expected an address such as")

    def test_what_is_no_sink_is_told_with_its_place(self):
        self.assert_found("  - {to: 'unix:/dev/log'}\n", "tollgate.yaml:7:5: the sink has no `plugin`")
        self.assert_found("  - {plugin: syslog, to: 'unix:/a'}\n  - {plugin: syslog, to: 'unix:/b'}\n",
                          "tollgate.yaml:8:5: a sink is called `syslog` in line 7 already; give this one a `name`")
        self.assert_found("  - {plugin: rate}\n", "tollgate.yaml:7:14: there is no sink `rate`")
        self.assert_found("  - {plugin: syslog, to: [a]}\n", "tollgate.yaml:7:26: found a list; expected one value for `to`")
        self.assert_found("  plugin: syslog\n", "tollgate.yaml:7:3: found a map; expected a list of sinks")

    def test_a_spool_that_cannot_be_made_stops_the_start(self):
        (self.folder / "file").write_text("")
        self.configure("  - {plugin: clickhouse, url: 'http://127.0.0.1:1', spool: file/spool}\n")
        started = subprocess.run([TOLLGATE, "run", "-c", "tollgate.yaml"], cwd=self.folder, capture_output=True, text=True, timeout=300)
        self.assertEqual(started.returncode, 1)
        self.assertRegex(started.stderr, "tollgate.yaml:7:14: plugin clickhouse: cannot make .*file/spool/lock: Not a directory")


if __name__ == "__main__":
    tap.main()
