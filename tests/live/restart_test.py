#!/usr/bin/env python3
"""Tollgate is pulled out of the wire under load, and put back: by SIGTERM and by SIGKILL, five times each (in the
short run once).

No connection or association is lost, no blocked message is delivered, no event is doubled; every message is answered
as without a restart, and events go on to name the account.
After SIGTERM no event is missing either; SIGKILL may take those that were not written yet.

Environment: as that of smpp_test.py and sigtran_test.py."""
import collections
import os
import pathlib
import signal
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]
import node_smpp
import sigtran_test
import smpp_test
import tap
import topology
from appliance import Appliance, wait_for
from exchanges import ExchangeTest

TIMES = 5 if smpp_test.COUNT >= 10_000 else 1
COUNT = max(smpp_test.COUNT, 600)
PATIENCE = 60 + COUNT / 50
for module in (smpp_test, sigtran_test):
    module.PATIENCE = PATIENCE


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
    def run_with_restarts(self, network, case, who, number, forget=False):
        appliance = Appliance(network, self.new_folder()).start()
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
        sent = sigtran_test.messages(COUNT, seed=6, segments=False)
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

    def test_sigtran_and_sigterm(self):
        self.check_sigtran(signal.SIGTERM)

    def test_sigtran_and_sigkill(self):
        self.check_sigtran(signal.SIGKILL)


if __name__ == "__main__":
    tap.main("__main__")
