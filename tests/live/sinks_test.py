#!/usr/bin/env python3
"""Events on their way to a real ClickHouse, under load: the server goes away and comes back, its disk and ours are full, the
appliance is killed. No event may be lost or doubled, and no packet may notice.

Environment: TOLLGATE, the program; TOLLGATE_OUTAGE, for how many seconds the server is away (4)."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "cases")]
import clickhouse
import tap
import topology
from appliance import TOLLGATE, Appliance, wait_for

OUTAGE = float(os.environ.get("TOLLGATE_OUTAGE", 4))
MIB = 1 << 20
# Sends `count` messages, each a packet of its own, so many a second; the numbers of the packets begin at `first`.
SEND = """
import socket, sys, time
sys.path.insert(0, sys.argv[1])
import wire
first, count, rate = map(int, sys.argv[2:5])
text = sys.argv[5]
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(("c0", 0))
begin = time.monotonic()
for number in range(first, first + count):
    out.send(wire.from_centre(wire.mt_begin(wire.deliver(text, "447700900100"), f"{number:08x}"), number))
    ahead = begin + (number - first) / rate - time.monotonic()
    if ahead > 0:
        time.sleep(ahead)
"""


def missing():
    return topology.cannot() or clickhouse.missing()


class Server:
    """A ClickHouse of its own, beside the appliance."""

    def __init__(self, network):
        self.network = network
        self.folder, self.words = clickhouse.make_folder()
        self.process = None

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = self.network.start(self.network.middle, self.words, cwd=self.folder, stdin=subprocess.DEVNULL,
                                              stdout=log, stderr=log)
        wait_for("ClickHouse answers", 60, lambda: self.client("SELECT 1").returncode == 0)

    def stop(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        self.process.wait(60)

    def client(self, query, database="default"):
        return self.network.run(self.network.middle, clickhouse.ask_words(query, database), check=False, text=True)

    def ask(self, query):
        done = self.client(query, "tollgate")
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def report(self, name):
        return self.ask(clickhouse.report(name))

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder)


@unittest.skipIf(missing(), missing())
class SinksTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.network = topology.Topology()
        self.addCleanup(self.network.close)
        self.server = Server(self.network)
        self.addCleanup(self.server.close)
        self.next = 1

    def appliance(self, settings="", more=""):
        self.tollgate = Appliance(self.network, self.folder,
                                  "sinks:\n  - {plugin: clickhouse, url: 'http://127.0.0.1:8123', create: true, spool: spool"
                                  f"{settings}}}\n{more}")
        self.tollgate.start(wait=False)
        self.wait_until_ready(1)

    def wait_until_ready(self, times):
        wait_for("tollgate is ready", 60, lambda: self.tollgate.said().count("run: ready") == times)

    def send(self, count, rate=500, text="hello", wait=True):
        first, self.next = self.next, self.next + count
        sender = self.network.start(self.network.client, [sys.executable, "-c", SEND, str(HERE.parent / "cases"), str(first),
                                                          str(count), str(rate), text])
        if wait:
            self.assertEqual(sender.wait(300), 0)
        return sender

    def sink(self, name="clickhouse"):
        (one,) = [sink for sink in self.tollgate.status()["sinks"] if sink["name"] == name]
        return one

    def wait_for_sink(self, what, happened, seconds=90):
        """How the sink does when `happened(sink)`."""
        found = {}

        def look():
            found.clear()
            found.update(self.sink())
            return happened(found)
        try:
            wait_for(what, seconds, look)
        except TimeoutError:
            self.fail(f"{what}: {found}\n{self.tollgate.said()[-3000:]}")
        return found

    def spooled(self):
        """Events and octets in the folder of the spool."""
        files = list((self.folder / "spool").glob("*.tsv"))
        return (sum(int(re.fullmatch(r"\d{20}-(\d+)", file.stem)[1]) for file in files),
                sum(file.stat().st_size for file in files))

    def ids(self):
        return [event["id"] for event in self.tollgate.events("message")]

    def assert_all_are_there(self):
        """Each event of the file once, and no other."""
        self.tollgate.stop()
        wanted = self.ids()
        self.assertEqual(len(wanted), self.next - 1)  # each packet was read
        self.assertEqual(len(set(wanted)), len(wanted))
        self.assertEqual(sorted(id for id, in self.server.ask("SELECT id FROM events_once")), sorted(wanted))

    def test_the_server_goes_away_and_comes_back_under_load(self):
        self.server.start()
        self.appliance()
        rate, before, after = 400, 2, 3
        sender = self.send(int(rate * (before + OUTAGE + after)), rate, wait=False)
        self.wait_for_sink("the first events arrive", lambda sink: sink["sent"] > 0)
        time.sleep(before)
        self.server.stop()
        begin = time.monotonic()
        while time.monotonic() < begin + OUTAGE:
            sink = self.sink()
            self.assertLess(sink["silent_seconds"], 10)
            time.sleep(0.2)
        events, octets = self.spooled()
        self.assertGreater(events, 0)
        sink = self.sink()
        self.assertIn("http://127.0.0.1:8123", sink["error"])
        self.assertGreater(sink["spooled_octets"], 0)
        print(f"# away for {OUTAGE:.0f} s: {events} events in {octets} octets wait on the disk")
        self.server.start()
        self.assertEqual(sender.wait(600), 0)
        sink = self.wait_for_sink("all events are sent", lambda sink: sink["sent"] == self.next - 1)
        self.assertEqual((sink["waiting"], sink["lost"], sink["spooled_octets"]), (0, 0, 0))
        self.assertNotIn("error", sink)
        counts = self.tollgate.status()["counts"]
        self.assertEqual([counts[name] for name in ("dropped_overload", "uninspected_overload", "lost_event")], [0, 0, 0])
        self.assertEqual(list((self.folder / "spool").glob("*.tsv")), [])
        said = self.tollgate.said()
        self.assertEqual((said.count("the sink clickhouse does not work"), said.count("the sink clickhouse works again")), (1, 1))
        self.assert_all_are_there()

    def test_what_was_sent_twice_counts_once_and_reports_are_right(self):
        """And the server asks for a password."""
        self.server.start()
        (self.folder / "password").write_text("secret\n")
        self.appliance(settings=", user: writer, password_file: password")
        self.send(30)
        self.send(12, text="claim your prize")
        self.wait_for_sink("all events are sent", lambda sink: sink["sent"] == 42)
        columns = "id, verdict, toUnixTimestamp(time), microseconds, labels, rules, sender, sender_type, recipient"
        self.server.ask("CREATE TABLE copy AS events; INSERT INTO copy SELECT * FROM events; INSERT INTO events SELECT * FROM copy")
        self.tollgate.stop()
        events = {event["id"]: event for event in self.tollgate.events("message")}
        rows = self.server.ask(f"SELECT {columns}, event FROM events_once")
        self.assertEqual(len(rows), 42)
        for id, verdict, seconds, microseconds, labels, rules, sender, sender_type, recipient, line in rows:
            event = events[id]
            unescaped = line.replace("\\'", "'").replace("\\\\", "\\")
            self.assertEqual(json.loads(unescaped), event)
            blocked = event["text"] != "hello"
            self.assertEqual((verdict, labels, rules), ("block", "['scam']", "[1]") if blocked else ("pass", "[]", "[]"))
            self.assertEqual((sender, sender_type), ("447700900100", "international"))
            when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(int(seconds)))
            self.assertEqual(f"{when}.{int(microseconds):06}Z", event["time"])
        self.assertEqual(self.server.report("blocked"), [["Lures", "12", "12", "100"]])
        self.assertEqual([row[1:4] for row in self.server.report("traffic")], [["42", "42", "12"]])
        self.assertEqual([row[:4] for row in self.server.report("rules")], [["1", "12", "12", "12"]])
        self.assertEqual([row[:4] for row in self.server.report("senders")], [["447700900100", "42", "42", "12"]])
        # Nothing was charged here, and no account is known: report-clickhouse has events with money.
        self.assertEqual(self.server.report("revenue"), [["", "42", "42", "0", *["0.000000"] * 2, "0", ""]])
        self.assertEqual([row[:4] for row in self.server.report("accounts")], [["", "42", "42", "12"]])
        self.assertEqual(self.server.report("leakage"), [])

    def test_what_was_not_inspected_arrives_once_and_is_what_the_appliance_reports(self):
        """The server is away while some of it is counted."""
        self.appliance(more="reports: {file: reports.db}\n")
        esp = ("import socket, sys\nsys.path.insert(0, sys.argv[1])\nimport wire\nout = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)\n"
               "out.bind(('c0', 0))\nfor _ in range(int(sys.argv[2])): out.send(wire.ethernet(wire.ipv4(bytes(40), 50)))\n")
        for count, answers in ((7, False), (5, True)):
            if answers:
                self.server.start()
            self.network.run(self.network.client, [sys.executable, "-c", esp, str(HERE.parent / "cases"), str(count)])
            wait_for("it is with the sink", 30, lambda: self.sink()["sent" if answers else "spooled_octets"] > 0)
        self.send(36)
        self.wait_for_sink("all is sent", lambda sink: sink["sent"] >= 38 and sink["waiting"] == 0)
        self.assertEqual(self.tollgate.status()["counts"]["unread_encrypted"], 12)
        self.tollgate.stop()
        self.assertEqual(self.server.ask("SELECT reason, sum(packets) FROM (SELECT * FROM uninspected LIMIT 1 BY id) GROUP BY reason"),
                         [["unread_encrypted", "12"]])
        (found,) = self.server.report("uninspected")
        self.assertEqual(found, ["unread_encrypted", "12", "25"])
        told = subprocess.run([TOLLGATE, "report", "uninspected", "--csv", "--from", self.folder / "reports.db"], check=True,
                              capture_output=True, text=True).stdout
        reason, packets, share = told.splitlines()[1].split(",")
        self.assertEqual((reason, packets, float(share)), (*found[:2], float(found[2])))

    def test_a_wrong_password_is_told_of_and_nothing_is_lost(self):
        self.server.start()
        (self.folder / "password").write_text("wrong\n")
        self.appliance(settings=", user: writer, password_file: password")
        self.send(10)
        sink = self.wait_for_sink("it is refused", lambda sink: "error" in sink and sink["spooled_octets"] > 0)
        self.assertRegex(sink["error"], "^HTTP [45].*(password|Password|Authentication)")
        self.assertEqual(self.tollgate.stop(), 0)
        (self.folder / "password").write_text("secret\n")
        self.tollgate.start(wait=False)
        self.wait_until_ready(2)
        self.wait_for_sink("all events are sent", lambda sink: sink["sent"] == 10)
        self.assert_all_are_there()

    def test_what_the_server_refuses_for_good_is_put_aside_and_the_rest_goes_on(self):
        """A table of the operator's own is too narrow for a verdict."""
        self.server.start()
        schema = (clickhouse.PLUGIN / "schema.sql").read_text()
        narrow = schema.replace(" verdict String", " verdict FixedString(4)")
        self.assertNotEqual(narrow, schema)
        made = self.server.client(f"CREATE DATABASE tollgate; USE tollgate; {narrow}")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.appliance()
        self.send(20)
        self.wait_for_sink("the first are sent", lambda sink: sink["sent"] == 20)
        self.send(10, text="claim your prize")
        self.wait_for_sink("what does not fit is put aside", lambda sink: sink["refused"] == 10)
        self.send(20)
        sink = self.wait_for_sink("the others are sent", lambda sink: sink["sent"] == 40)
        self.assertEqual((sink["waiting"], sink["lost"], sink["spooled_octets"]), (0, 0, 0))
        self.assertRegex(sink["refusal"], "^HTTP [45].*Code: 131")
        self.assertNotIn("error", sink)
        aside = list((self.folder / "spool/refused").glob("*.tsv"))
        self.assertEqual(sink["refused_octets"], sum(file.stat().st_size for file in aside))
        self.assertRegex(self.tollgate.said(), "the sink clickhouse has put [0-9]+ events aside, which its receiver refuses: HTTP ")
        self.assertNotIn("claim your prize", self.tollgate.said())
        self.tollgate.stop()
        self.server.ask("ALTER TABLE events MODIFY COLUMN verdict String")
        for file in aside:
            file.rename(self.folder / "spool" / file.name)
        self.tollgate.start(wait=False)
        self.wait_until_ready(2)
        self.wait_for_sink("what was aside is sent", lambda sink: sink["sent"] == 10 and sink["refused"] == 0)
        self.assert_all_are_there()

    def test_what_waits_is_sent_by_the_next_process_after_a_kill(self):
        self.appliance()
        self.send(200)
        wait_for("all events are on the disk", 30, lambda: self.spooled()[0] == 200)
        self.tollgate.stop(signal.SIGKILL)
        self.tollgate.start(wait=False)
        self.wait_until_ready(2)
        self.assertEqual(self.sink()["waiting"], 200)
        self.server.start()
        self.send(50)
        self.wait_for_sink("all events are sent", lambda sink: sink["sent"] == 250)
        self.assert_all_are_there()

    def test_the_spool_is_bounded_and_what_it_drops_is_counted(self):
        self.appliance(settings=", spool_mib: 1, rows: 100")
        count = 0
        while self.sink()["lost"] == 0:
            self.send(500, rate=2000)
            count += 500
            self.assertLess(count, 20_000)
            self.assertLessEqual(self.spooled()[1], MIB)
        self.server.start()
        sink = self.wait_for_sink("the rest is sent", lambda sink: sink["waiting"] == 0)
        self.assertEqual(sink["sent"] + sink["lost"], count)
        self.assertIn("the sink clickhouse has lost", self.tollgate.said())
        self.tollgate.stop()
        wanted = self.ids()
        self.assertEqual(len(wanted), count)
        # The newest are there.
        self.assertEqual(sorted(id for id, in self.server.ask("SELECT id FROM events_once")), sorted(wanted[sink["lost"]:]))

    def small_disk(self):
        """The folder of the spool, on a disk of 256 KiB that is full."""
        spool = self.folder / "spool"
        spool.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", spool], capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "--lazy", spool], check=True)
        self.fill(spool)
        return spool

    @staticmethod
    def fill(disk):
        with contextlib.suppress(OSError), open(disk / "filler", "wb", buffering=0) as filler:
            while True:
                filler.write(bytes(4096))

    def test_the_disk_of_the_spool_and_then_the_memory_fill_under_load(self):
        """What is dropped is counted, all else arrives once, and packets go their way."""
        spool = self.small_disk()
        (spool / "filler").unlink()
        self.appliance(settings=", rows: 100, memory_mib: 1")
        arrived = self.arrived()
        rate, before, after = 400, 5, 3
        sender = self.send(int(rate * (before + OUTAGE + after)), rate, wait=False)
        self.wait_for_sink("disk and memory are full", lambda sink: sink["lost"] > 0)
        self.assertGreater(self.spooled()[1], 128 << 10)
        time.sleep(OUTAGE)
        self.assertIsNone(sender.poll())  # there is load still
        self.server.start()
        self.assertEqual(sender.wait(600), 0)
        sink = self.wait_for_sink("all is sent but what was dropped", lambda sink: sink["sent"] + sink["lost"] == self.next - 1)
        print(f"# {sink['sent']} events sent, {sink['lost']} dropped")
        self.assertEqual((sink["waiting"], sink["spooled_octets"]), (0, 0))
        self.assertGreaterEqual(self.arrived() - arrived, self.next - 1)
        counts = self.tollgate.status()["counts"]
        self.assertEqual([counts[name] for name in ("dropped_overload", "uninspected_overload", "lost_event")], [0, 0, 0])
        self.assertIn("the sink clickhouse has lost", self.tollgate.said())
        self.tollgate.stop()
        wanted = self.ids()
        self.assertEqual((len(wanted), len(set(wanted))), (self.next - 1, self.next - 1))
        there = [id for id, in self.server.ask("SELECT id FROM events")]  # as they were sent, not once only
        self.assertEqual((len(there), len(set(there)), set(there) - set(wanted)), (sink["sent"], sink["sent"], set()))

    def arrived(self):
        """Packets that came out at the other side."""
        shown = self.network.run(self.network.server, ["ip", "-s", "-j", "link", "show", "s0"]).stdout
        return json.loads(shown)[0]["stats64"]["rx"]["packets"]

    def test_a_full_disk_loses_nothing_as_long_as_memory_takes_it(self):
        spool = self.small_disk()
        self.appliance()
        self.send(300)
        sink = self.wait_for_sink("all events wait", lambda sink: sink["waiting"] == 300 and sink["queued_octets"] == 0)
        self.assertEqual((sink["lost"], sink["spooled_octets"]), (0, 0))
        self.server.start()
        self.send(100)
        sink = self.wait_for_sink("all events are sent", lambda sink: sink["sent"] == 400)
        self.assertIn("No space left on device", self.sink().get("error", ""))
        (spool / "filler").unlink()
        self.send(100)
        self.wait_for_sink("all events are sent, and it works", lambda sink: sink["sent"] == 500 and "error" not in self.sink())
        self.assert_all_are_there()

    def test_a_server_that_never_answers_holds_up_nobody(self):
        """It takes connections and says nothing; beside it is a collector over UDP, which gets all."""
        silent = self.network.start(self.network.middle, [sys.executable, "-c", "import socket, time\n"
                                                          "s = socket.create_server(('127.0.0.1', 8123))\ntime.sleep(600)"])
        self.addCleanup(silent.kill)
        heard = self.folder / "heard"
        with open(heard, "wb") as out:
            collector = self.network.start(self.network.middle, [sys.executable, "-uc", "import socket\n"
                                           "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                                           "s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)\n"
                                           "s.bind(('127.0.0.1', 514))\nprint('bound')\n"
                                           "while True: print(s.recv(65536).decode())"], stdout=out)
        self.addCleanup(collector.kill)
        wait_for("the collector is bound", 30, lambda: heard.read_text().startswith("bound"))
        self.appliance(more="  - {plugin: syslog, to: 'udp://127.0.0.1:514'}\n")
        self.send(500)
        wait_for("the collector has all", 30, lambda: heard.read_text().count("[tollgate@32473 ") == 500)
        self.assertEqual(self.sink()["sent"], 0)
        self.assertEqual(self.tollgate.status()["counts"]["lost_event"], 0)
        self.assertEqual(self.tollgate.stop(seconds=30), 0)
        self.assertEqual(self.spooled()[0], 500)


if __name__ == "__main__":
    tap.main()
