#!/usr/bin/env python3
"""MAP over M3UA between two nodes on usrsctp, Tollgate between them.

A third of the short messages, drawn with a fixed seed, is to be blocked. Exactly the others reach the MSC, unchanged and in
the order of their stream; the centre is answered with a result for each of them, and with the policy's error for the rest;
the association stays; the events say the same. Messages are of MAP versions 1 to 3, in UDT, XUDT and segmented XUDT.

Environment: as that of smpp_test.py, and TOLLGATE_SIGTRAN_PEER."""
import collections
import json
import os
import pathlib
import random
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]
import both_ends
import second_reader
import tap
import topology
from appliance import LURE, Appliance, wait_for
from exchanges import COUNT, FAULTS, MIDDLES, PATIENCE, WINDOW, ExchangeTest, lines, text

PEER = os.environ.get("TOLLGATE_SIGTRAN_PEER", str(HERE.parents[1] / "build/tests/live/sigtran_peer"))
STREAMS = 8
SYSTEM_FAILURE = 34  # TS 29.002 17.6: what the policy names

Message = collections.namedtuple("Message", "index version form imsi sender text blocked")


def messages(count, seed):
    random_ = random.Random(seed)
    made = []
    for index in range(count):
        words, blocked = text(random_, index, 12)
        version = random_.choices((1, 2, 3), (1, 2, 5))[0]
        form = random_.choices(("udt", "xudt", "segments"), (7, 2, 1))[0]
        made.append(Message(index, version, form, f"00101{random_.randrange(1, 10**10):010}",
                            f"4477009{random_.randrange(100_000):05}", words[:160], blocked))
        assert blocked == (LURE in made[-1].text)
    return made


class Exchange:
    """Both nodes, and what they saw."""

    def __init__(self, network, folder, sent, fragment=None):
        self.network, self.folder, self.sent = network, folder, sent
        self.fragment = [] if fragment is None else [fragment]
        (folder / "messages").write_text("".join(json.dumps(message._asdict()) + "\n" for message in sent))

    def addresses(self, side):
        return ",".join(self.network.address(side, link) for link in range(self.network.links))

    def start(self, who, space, *words):
        with open(self.folder / who, "wb") as output:
            return self.network.start(space, [PEER, who, *words], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)

    def run(self, meanwhile=None):
        msc = self.start("msc", self.network.server, self.addresses("server"))
        wait_for("the MSC listens", 10, lambda: self.said("msc", "ready"))
        centre = self.start("centre", self.network.client, self.addresses("client"), self.network.address("server"),
                            self.folder / "messages", WINDOW, STREAMS, *self.fragment)
        if meanwhile is not None:
            wait_for("half of them are answered", PATIENCE, lambda: len(self.said("centre", "answer")) >= len(self.sent) / 2)
            meanwhile()
        try:
            centre.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{len(self.said('centre', 'answer'))} of {len(self.sent)} answered in {PATIENCE:.0f} s; "
                               f"the MSC has {len(self.said('msc', 'begin'))}") from None
        try:
            msc.wait(1)
        except subprocess.TimeoutExpired:  # the SHUTDOWN COMPLETE was lost, and who could send it again has left
            msc.terminate()
            msc.wait()

    def said(self, who, event):
        return [line for line in lines(self.folder / who) if line["event"] == event]

    def seconds(self):
        return self.said("centre", "done")[0]["at"] - self.said("centre", "active")[0]["at"]


@unittest.skipUnless(os.path.exists(PEER), "usrsctp was not there when this was built (scripts/set-up)")
class Sigtran(ExchangeTest):
    def check(self, faults=None, fragment=None, links=1, cut=None, more=""):
        sent = messages(COUNT, seed=4)

        def run(network):
            exchange = Exchange(network, self.new_folder(), sent, fragment)
            exchange.run(None if cut is None else lambda: network.cut(cut))
            return exchange

        # A path that is cut costs seconds, now more, now fewer.
        self.through_each_middle(sent, run, faults=faults, links=links, timed=cut is None, more=more)

    @unittest.skipIf(both_ends.cannot(), both_ends.cannot())
    def test_read_by_tshark(self):
        """At either end, as a reader that is not ours finds it: bundled, in fragments, sent again."""
        for faults, options in (None, {}), (None, {"fragment": 100}), (FAULTS, {"fragment": 100}):
            with topology.Topology(faults=faults) as network:
                Appliance(network, self.new_folder(), f"enforcement: {MIDDLES[-1]}\n").start()
                captures = both_ends.Captures(network, self.new_folder())
                sent = messages(min(COUNT, 500), seed=5)
                exchange = Exchange(network, self.new_folder(), sent, **options)
                exchange.run()
                captures.stop()
            for device in captures.files:
                self.assertEqual(captures.wrong_sums(device), [])
                self.assertNotEqual(captures.good(device, "sctp"), [])
            stopped = sum(message.blocked for message in sent) if MIDDLES[-1] == "on" else 0
            if not faults:  # MAP version 1 has no Reject: there the operation stays
                of_others = sum(message.blocked and message.version > 1 for message in sent) if stopped else 0
                self.assertEqual(captures.remarks("c0"), {})
                self.assertEqual(captures.remarks("s0"), {second_reader.UNASSIGNED_OPERATION: of_others} if stopped else {})
            self.assertEqual(self.errors(captures, "c0")[SYSTEM_FAILURE], stopped)
            self.assertEqual(self.errors(captures, "s0")[SYSTEM_FAILURE], 0)

    @staticmethod
    def errors(captures, device):
        """How often which error is returned, as tshark reads it. One that is sent again counts once."""
        frames = captures.read(device, "gsm_old.returnError_element", "sctp.data_tsn", "gsm_old.localValue")
        return collections.Counter(int(code) for frame in {frame.partition("\t")[2] for frame in frames}
                                   for code in frame.partition("\t")[2].split(","))

    def compare(self, exchange, sent, enforcing, forgotten=False):
        blocked = {message.index for message in sent if enforcing and message.blocked}
        taken = [line for line in exchange.said("msc", "begin") if line["outcome"] == "taken"]
        for stream in range(1, STREAMS + 1):
            self.assertEqual(
                [(m.index, m.version, m.imsi, m.sender, m.text) for m in sent if 1 + m.index % STREAMS == stream and m.index not in blocked],
                [(line["dialogue"], line["version"], line["imsi"], line["sender"], line["text"]) for line in taken if line["stream"] == stream])
        self.assertEqual(len(taken), len(sent) - len(blocked))
        answers = exchange.said("centre", "answer")
        self.assertEqual(len(answers), len(sent))
        outcomes = {line["index"]: (line["outcome"], line["code"]) for line in answers}
        if forgotten:  # the receiver's own refusal may come through
            outcomes = {index: outcome if outcome[0] == "result" else ("error", SYSTEM_FAILURE) for index, outcome in outcomes.items()}
        self.assertEqual(outcomes,
                         {m.index: ("error", SYSTEM_FAILURE) if m.index in blocked else ("result", 0) for m in sent})
        done = exchange.said("centre", "done")[0]
        for who in ("msc", "centre"):
            # What comes after the last answer is the way it ends.
            states = [line["state"] for line in exchange.said(who, "association") if line["at"] < done["at"]]
            self.assertEqual(states, ["up"])
            self.assertEqual([line["broken"] for event in ("end", "done") for line in exchange.said(who, event)], [0])
            self.assertEqual(exchange.said(who, "error"), [])

    def compare_events(self, appliance, exchange, sent, enforcing):
        events = sorted(appliance.events(), key=lambda event: event["tcap"]["otid"])
        self.assertEqual([(int(event["tcap"]["otid"], 16), event["tcap"]["version"], event["imsi"], event["text"], event["verdict"])
                          for event in events],
                         [(m.index, m.version, m.imsi, m.text, "block" if m.blocked else "pass") for m in sent])
        # Where enforcement is off, each event of a blocked message says that it passed all the same.
        self.assertEqual([m.index for m, event in zip(sent, events) if event.get("enforced") is False],
                         [m.index for m in sent if m.blocked and not enforcing])

    def test_undisturbed(self):
        self.check()

    def test_faults(self):
        self.check(faults=FAULTS)

    def test_fragments(self):
        self.check(fragment=100)

    def test_faults_and_fragments(self):
        self.check(faults=FAULTS, fragment=100)

    def test_several_workers(self):
        self.check(links=2, more="workers: 3\n")

    def test_two_addresses_an_end(self):
        self.check(links=2)

    def test_two_addresses_an_end_and_one_path_is_cut(self):
        self.check(links=2, faults=FAULTS, cut=0)


if __name__ == "__main__":
    tap.main()
