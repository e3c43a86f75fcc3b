#!/usr/bin/env python3
"""Tollgate is pulled out of the wire under load, and put back: by SIGTERM and by SIGKILL, five times each (in the
short run once).

No connection or association is lost, no blocked message is delivered, no event is doubled; every message is answered
as without a restart, and events go on to name the account.
After SIGTERM no event is missing either; SIGKILL may take those that were not written yet.

Environment: as that of smpp_test.py and sigtran_test.py, and TOLLGATE_IN_CUSTODY: the program."""
import collections
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]
import node_smpp
import sigtran_test
import smpp_test
import tap
import topology
from appliance import BLOCKED_STATUS, LURE, Appliance, wait_for
from exchanges import ExchangeTest, lines

IN_CUSTODY = os.environ.get("TOLLGATE_IN_CUSTODY", str(HERE.parents[1] / "build/tests/live/in_custody"))
TIMES = 5 if smpp_test.COUNT >= 10_000 else 1
COUNT = max(smpp_test.COUNT, 600)
PATIENCE = 60 + COUNT / 50
for module in (smpp_test, sigtran_test):
    module.PATIENCE = PATIENCE


class Half:
    """A client that has written half of a message when the process ends: these octets are in custody."""

    def __init__(self, network, folder, number, blocked=True):
        self.path = folder / f"half{number}"
        self.message = smpp_test.Message(number, "447700900103", "447700900102", f"half {number} {LURE if blocked else 'all'}", blocked)
        with open(self.path, "wb") as output:
            self.process = network.start(
                network.client, [sys.executable, HERE / "smpp_half_client.py", network.address("server"), smpp_test.PORT,
                                 json.dumps(smpp_test.pdu(self.message))], stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT)
        self.port = wait_for("half of a message is sent", 10, lambda: self.said("half"))[0]["port"]

    def go_on(self):
        self.process.stdin.write(b"go\n")
        self.process.stdin.close()

    def said(self, event):
        return [line for line in lines(self.path) if line["event"] == event]


def in_custody(appliance):
    """The ports of the connections that have octets in custody in the memory of a process that has ended."""
    links = [f"link{i}" for i in range(appliance.topology.links)]
    said = [subprocess.run([IN_CUSTODY, memory, *links], capture_output=True, text=True, check=True).stdout for memory in appliance.memories()]
    return {int(port) for port in " ".join(said).split()} - {smpp_test.PORT}


class Restarts(threading.Thread):
    """Ends the appliance with a signal each time that a share of the answers is there, and starts it again. The thread
    stays until `finish`: what it has started ends with it."""

    def __init__(self, appliance, number, forget, answers, count):
        super().__init__(daemon=True)
        self.appliance, self.number, self.forget, self.answers, self.count = appliance, number, forget, answers, count
        self.error = None
        self.done, self.may_end = threading.Event(), threading.Event()
        self.start()

    def run(self):
        try:
            for i in range(1, TIMES + 1):
                wait_for(f"answers before restart {i}", PATIENCE, lambda: self.answers() >= self.count * i / (TIMES + 2))
                self.appliance.stop(self.number)
                if self.forget:
                    self.appliance.forget()
                before = self.appliance.said().count("tollgate run: ready")
                self.appliance.start(wait=False)
                wait_for("tollgate says that it is ready", 10, lambda: self.appliance.said().count("tollgate run: ready") > before)
        except Exception as error:
            self.error = error
        self.done.set()
        self.may_end.wait()

    def finish(self):
        """Waits for the last restart, then ends the appliance in order."""
        try:
            if not self.done.wait(PATIENCE):
                raise TimeoutError("the restarts take too long")
            if self.error is not None:
                raise self.error
            self.appliance.stop()
        finally:
            self.may_end.set()


def lines_with(path, what):
    return path.read_bytes().count(what) if path.exists() else 0


class RestartTest(ExchangeTest):
    def new_appliance(self, network):
        return Appliance(network, self.new_folder())

    def run_with_restarts(self, network, case, who, number, forget=False):
        appliance = self.new_appliance(network).start()
        restarts = Restarts(appliance, number, forget, lambda: lines_with(case.folder / who, b'"answer"'), len(case.sent))
        try:
            case.run()
        except TimeoutError as error:
            raise AssertionError(f"{error}; {restarts.error}; tollgate said:\n{appliance.said()[-3000:]}") from None
        restarts.finish()
        return appliance

    def compare_events(self, appliance, key, expected, number, forget=False):
        """`expected`: the verdict by what tells one message from another."""
        found = collections.Counter(map(key, appliance.events()))
        if not forget:
            self.assertEqual([one for one, times in found.items() if times > 1], [], "events are doubled")
        if number == signal.SIGTERM:
            self.assertEqual(set(expected) - set(found), set(), "events are missing")
        verdicts = {key(event): event["verdict"] for event in appliance.events()}
        self.assertEqual({one: expected.get(one) for one in verdicts}, verdicts)

    def check_sigtran(self, number, forget=False):
        if not os.path.exists(sigtran_test.PEER):
            self.skipTest("usrsctp was not there when this was built (scripts/set-up)")
        sent = sigtran_test.messages(COUNT, seed=6)
        with topology.Topology() as network:
            exchange = sigtran_test.Exchange(network, self.new_folder(), sent)
            appliance = self.run_with_restarts(network, exchange, "centre", number, forget)
        sigtran_test.Sigtran().compare(exchange, sent, enforcing=True, forgotten=forget)
        self.compare_events(appliance, lambda event: int(event["tcap"]["otid"], 16),
                            {m.index: "block" if m.blocked else "pass" for m in sent}, number, forget)


class Restart(RestartTest):
    def check_smpp(self, number, segment=None):
        if node_smpp.cannot():
            self.skipTest(node_smpp.cannot())
        sent = smpp_test.messages(COUNT, seed=6)
        with topology.Topology() as network:
            if segment:
                network.mss(segment)
            case = smpp_test.CLIENTS["node_without_nagle"](network, self.new_folder(), sent)
            appliance = self.run_with_restarts(network, case, "client", number)
        smpp_test.Smpp().compare(case, sent, enforcing=True)
        self.compare_events(appliance, lambda event: event["text"],
                            {m.text: "block" if m.blocked else "pass" for m in sent}, number)
        self.assertEqual({event["origin"].get("account") for event in appliance.events()}, {"esme"})

    def test_smpp_and_sigterm(self):
        self.check_smpp(signal.SIGTERM)

    def test_smpp_and_sigkill(self):
        self.check_smpp(signal.SIGKILL)

    def test_smpp_in_small_segments_and_sigterm(self):
        self.check_smpp(signal.SIGTERM, segment=200)

    def test_smpp_in_small_segments_and_sigkill(self):
        self.check_smpp(signal.SIGKILL, segment=200)

    def test_custody_and_sigkill(self):
        """Half a message is with Tollgate alone, which has acknowledged it, when it is killed: of several workers."""
        if node_smpp.cannot():
            self.skipTest(node_smpp.cannot())
        with topology.Topology() as network:
            appliance = Appliance(network, self.new_folder(), "workers: 3\n").start()
            centre = smpp_test.Case(network, self.new_folder(), [])
            centre.start_centre()
            halves = [Half(network, self.new_folder(), number, blocked=number % 2 == 0) for number in range(4)]
            wait_for("half of each is in custody", 5, lambda: appliance.status()["custody"]["connections"] == len(halves))
            appliance.stop(signal.SIGKILL)
            self.assertEqual(in_custody(appliance), {half.port for half in halves})
            appliance.start()
            self.assertEqual(appliance.status()["custody"]["connections"], len(halves))
            for half in halves:
                half.go_on()
            answers = [wait_for("it is answered", 10, lambda: half.said("answer")) for half in halves]
            appliance.stop()
        messages = {half.message.text: half.message for half in halves}
        self.assertEqual([[answer["status"] for answer in answered] for answered in answers],
                         [[BLOCKED_STATUS if half.message.blocked else 0] for half in halves])
        taken, refused = centre.submitted()
        self.assertEqual(sorted(text for _, _, text in taken), sorted(text for text, m in messages.items() if not m.blocked))
        self.assertEqual([(text or "").strip() for text in refused], [""] * len(refused), "the text of a blocked message arrived")
        self.compare_events(appliance, lambda event: event["text"],
                            {text: "block" if m.blocked else "pass" for text, m in messages.items()}, signal.SIGTERM)
        self.assertEqual({event["origin"].get("account") for event in appliance.events()}, {"half"})

    def test_sigtran_and_sigterm(self):
        self.check_sigtran(signal.SIGTERM)

    def test_sigtran_and_sigkill(self):
        self.check_sigtran(signal.SIGKILL)


if __name__ == "__main__":
    tap.main("__main__")
