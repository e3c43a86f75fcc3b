#!/usr/bin/env python3
"""The run command where it cannot run: what it says, and its exit status. Environment: TOLLGATE, the program."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import tap

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
IN_A_NAMESPACE = ["unshare", "--net"]
NULL_LINK = "links: [{name: a, outside: net_null0, inside: net_null1}]\n"


class RunTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def run_it(self, *arguments, prefix=()):
        return subprocess.run([*prefix, TOLLGATE, "run", *map(str, arguments)], capture_output=True, text=True, timeout=60)

    def config(self, text):
        path = self.folder / "tollgate.yaml"
        path.write_text(f"version: 1\nstate: state\n{text}")
        return path

    def assert_refused(self, result, *words, status=1):
        self.assertEqual(result.returncode, status, result.stderr)
        for word in words:
            self.assertIn(str(word), result.stderr)
        self.assertEqual(result.stdout, "")
        return result

    def in_a_namespace(self, text, before="true"):
        """In one of its own, where `before` has run."""
        probe = subprocess.run([*IN_A_NAMESPACE, "true"], capture_output=True)
        if probe.returncode != 0:
            self.skipTest("network namespaces are not allowed here")
        return self.run_it("-c", self.config(text), prefix=[*IN_A_NAMESPACE, "sh", "-c", before + '; exec "$@"', "sh"])

    def test_help_tells_the_options(self):
        result = self.run_it("--help")
        self.assertEqual(result.returncode, 0)
        self.assertIn("--config", result.stdout)

    def test_takes_no_file(self):
        self.assert_refused(self.run_it("in.pcap"), "in.pcap", status=2)

    def test_a_missing_configuration_is_named(self):
        self.assert_refused(self.run_it("-c", self.folder / "absent.yaml"), "absent.yaml", "No such file")

    def test_a_configuration_without_links_is_refused(self):
        self.assert_refused(self.run_it("-c", self.config("")), "tollgate.yaml", "has no `links`")

    def test_a_fault_in_the_configuration_has_its_place(self):
        path = self.config("links: [{name: a, outside: eth0, mode: tap}]\n")
        self.assert_refused(self.run_it("-c", path), f"{path}:3:28: found `eth0`; expected a device")

    def test_rules_with_a_fault_are_refused(self):
        (self.folder / "rules").mkdir()
        (self.folder / "rules/policy.yaml").write_text("- {name: x, then: blok}\n")
        self.assert_refused(self.run_it("-c", self.config(NULL_LINK + "rules: rules\n")), "policy.yaml:1:", "blok")

    def test_an_unknown_driver_is_named(self):
        self.assert_refused(self.run_it("-c", self.config("links: [{name: a, outside: net_nil0, mode: tap}]\n")),
                            "port `net_nil0`", "is its name right")

    def test_an_absent_card_is_named(self):
        # No machine has a bus of that number.
        self.assert_refused(self.run_it("-c", self.config("links: [{name: a, outside: 'fffe:ff:1f.7', mode: tap}]\n")),
                            "fffe:ff:1f.7", "there is no such card")

    def test_too_little_memory_is_told_with_what_is_needed(self):
        self.assert_refused(self.run_it("-c", self.config(NULL_LINK + "memory: {mib: 33}\n")),
                            "memory.mib", "33 MiB are too little", "at least")

    def test_each_worker_needs_memory(self):
        link = NULL_LINK + "memory: {mib: 64}\n"
        self.assert_refused(self.run_it("-c", self.config(link + "workers: 8\n")), "64 MiB are too little", "32768 packets")

    def test_more_memory_than_there_is(self):
        self.assert_refused(self.run_it("-c", self.config(NULL_LINK + "memory: {mib: 1000000}\n")),
                            "memory.mib", "1000000 MiB", "this machine has")

    def test_huge_pages_that_are_absent(self):
        if int(pathlib.Path("/proc/sys/vm/nr_hugepages").read_text()) != 0:
            self.skipTest("this machine has huge pages")
        self.assert_refused(self.run_it("-c", self.config(NULL_LINK + "memory: {huge_pages: true}\n")),
                            "memory.huge_pages", "of which 0 are free", "vm.nr_hugepages=128")

    def test_an_absent_interface_is_named(self):
        result = self.in_a_namespace("links: [{name: a, outside: 'net_af_packet0,iface=absent0', mode: tap}]\n")
        self.assert_refused(result, "net_af_packet0", "there is no interface `absent0`")

    def test_an_interface_that_is_down_is_told_with_what_to_do(self):
        result = self.in_a_namespace("links: [{name: a, outside: 'net_af_packet0,iface=lo', mode: tap}]\n")
        self.assert_refused(result, "the interface `lo` is down; `ip link set lo up` starts it")

    def test_no_privilege(self):
        if shutil.which("setpriv") is None or os.geteuid() != 0:
            self.skipTest("needs root, to give it up")
        config = self.config("links: [{name: a, outside: 'net_af_packet0,iface=lo', mode: tap}]\n")
        without = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all", "--ambient-caps", "-all"]
        result = self.run_it("-c", config, prefix=without)
        if "is down" in result.stderr:
            self.skipTest("the loopback interface is down")
        self.assert_refused(result, "no privilege", "CAP_NET_RAW")

    def test_events_that_cannot_be_written(self):
        self.assert_refused(self.run_it("-c", self.config(NULL_LINK + "events: {file: absent/e.jsonl}\n")),
                            "absent/e.jsonl", "No such file")

    def test_a_key_of_pseudonyms_that_cannot_be_used(self):
        config = self.config(NULL_LINK + "events: {file: e.jsonl, numbers: pseudonyms, key: p.key}\n")
        self.assert_refused(self.run_it("-c", config), "the key of the pseudonyms", "p.key", "No such file")
        key = self.folder / "p.key"
        key.touch(0o600)
        self.assert_refused(self.run_it("-c", config), "p.key", "`openssl rand -hex 32` makes one")
        key.write_text("0" * 64 + "\n")
        key.chmod(0o644)
        self.assert_refused(self.run_it("-c", config), "p.key", "0644", "chmod 600")
        self.assertFalse((self.folder / "e.jsonl").exists())

    def run_for_a_moment(self, text):
        """The summary of a run that was ended once it was ready, and had some time."""
        process = subprocess.Popen([TOLLGATE, "run", "--json", "-c", self.config(text)], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        said = ""
        for line in process.stderr:
            said += line
            if "ready" in line:
                break
        time.sleep(0.5)
        process.terminate()
        out, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 0, said + err)
        return json.loads(out)

    # net_null gives as many packets as are asked for: whoever reads it is behind.

    def test_who_is_behind_passes_packets_unread(self):
        counts = self.run_for_a_moment(NULL_LINK)["counts"]
        self.assertGreater(counts["uninspected_overload"], 1000)
        self.assertEqual(counts["dropped_overload"], 0)
        self.assertGreaterEqual(counts["packets"], counts["uninspected_overload"])

    def test_who_is_behind_drops_packets_where_the_link_is_closed(self):
        counts = self.run_for_a_moment(NULL_LINK.replace("}]", ", overload: closed}]"))["counts"]
        self.assertGreater(counts["dropped_overload"], 1000)
        self.assertEqual(counts["uninspected_overload"], 0)

    def test_several_workers_behind_a_distributor_that_are_behind(self):
        counts = self.run_for_a_moment(NULL_LINK + "workers: 2\n")["counts"]
        self.assertGreater(counts["packets"], 1000)

    def start(self, text):
        """A run that is ready, whose standard error goes to `log`."""
        with open(self.folder / "log", "wb") as log:
            process = subprocess.Popen([TOLLGATE, "run", "-c", self.config(text)], stdout=subprocess.DEVNULL, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.wait_for(lambda: "ready" in self.said() or process.poll() is not None)
        self.assertIsNone(process.poll(), self.said())
        return process

    def said(self):
        return (self.folder / "log").read_text()

    def wait_for(self, what):
        until = time.monotonic() + 30
        while not (found := what()):
            self.assertLess(time.monotonic(), until, self.said())
            time.sleep(0.02)
        return found

    def test_the_log_is_not_flooded(self):
        # A run without rules, which only says that it was asked.
        process = self.start(NULL_LINK + "events: {file: e.jsonl}\n")
        events = self.folder / "e.jsonl"
        for _ in range(15):
            # The file comes back once a signal was taken: signals that wait become one.
            events.unlink()
            process.send_signal(signal.SIGHUP)
            self.wait_for(events.exists)
        process.terminate()
        self.assertEqual(process.wait(30), 0)
        lines = [line for line in self.said().splitlines() if "SIGHUP" in line]
        self.assertEqual(len(lines), 11, self.said())
        for line in lines[:10]:
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ tollgate run: SIGHUP: rules and the file of events")
        self.assertRegex(lines[10], r"Z tollgate run: 5 more lines like this were not written: SIGHUP: rules")

    def status(self):
        asked = subprocess.run([TOLLGATE, "status", "-c", self.folder / "tollgate.yaml"], capture_output=True, text=True, timeout=60)
        self.assertEqual(asked.returncode, 0, asked.stderr)
        return json.loads(asked.stdout)

    def test_status_tells_how_it_does(self):
        self.start(NULL_LINK + "workers: 2\n")
        # net_null gives packets without end; these are neither IP nor messages.
        status = self.wait_for(lambda: (now := self.status())["rates"]["seconds"] > 1 and now)
        rates = status["rates"]
        self.assertLessEqual(rates["seconds"], status["seconds"] + 1)
        self.assertGreater(rates["packets"], 0)
        self.assertLessEqual(rates["packets"] * rates["seconds"], status["counts"]["packets"])
        self.assertAlmostEqual(rates["octets"] / rates["packets"], status["counts"]["octets"] / status["counts"]["packets"], delta=1)
        self.assertEqual((rates["messages"], rates["events"]), (0, 0))
        self.assertEqual(len(rates["busy"]), 2)
        self.assertTrue(all(0 <= share <= 1 for share in rates["busy"]) and max(rates["busy"]) > 0, rates["busy"])
        self.assertEqual([port["link"]["up"] for port in status["ports"]], [True, True])
        self.assertEqual([ring["octets"] for ring in status["events"]["rings"]], [0, 0])
        self.assertTrue(all(ring["capacity"] > 0 for ring in status["events"]["rings"]))
        self.assertEqual(status["last_errors"], [])
        self.assertNotIn("ledger", status)

    def test_status_tells_of_the_ledger(self):
        self.start(NULL_LINK + "ledger: {sqlite: ledger.db}\n")
        ledger = self.wait_for(lambda: (now := self.status()["ledger"])["usable"] and now)
        self.assertEqual(ledger["waiting"], 0)
        self.assertEqual(ledger["name"], str(self.folder.resolve() / "ledger.db"))
        self.assertLess(ledger["settled_seconds_ago"], 30)

    def test_status_tells_the_last_errors(self):
        (self.folder / "rules").mkdir()
        policy = self.folder / "rules/policy.yaml"
        policy.write_text("- {name: x, then: pass}\n")
        process = self.start(NULL_LINK + "rules: rules\n")
        policy.write_text("- {name: x, then: blok}\n")
        for count in (1, 2):
            process.send_signal(signal.SIGHUP)
            (error,) = self.wait_for(lambda: (now := self.status()["last_errors"]) and now[0]["count"] == count and now)
        self.assertEqual((error["level"], error["count"]), ("error", 2))
        self.assertIn("1 error", error["what"])
        self.assertLessEqual(error["first"], error["time"])
        self.assertRegex(self.said(), r"(?m)^\S+Z tollgate run: error: the rules of ")

    def test_the_second_signal_ends_at_once(self):
        process = subprocess.Popen([TOLLGATE, "run", "-c", self.config(NULL_LINK)], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        for line in process.stderr:
            if "ready" in line:
                break
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        self.assertIn(process.wait(10), (0, -signal.SIGTERM))
        process.stderr.close()


if __name__ == "__main__":
    tap.main()
