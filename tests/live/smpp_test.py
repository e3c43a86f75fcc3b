#!/usr/bin/env python3
"""SMPP between peers that are not ours, Tollgate between them: Kannel and node-smpp.

A third of the messages, drawn with a fixed seed, is to be blocked. Exactly the others arrive, in order and unchanged;
each sender sees what became of each; no connection is lost; the events say the same. Each case is measured against a
plain bridge in the same place.

Environment: TOLLGATE, TOLLGATE_WIRE: the programs; and that of exchanges.py."""
import collections
import json
import pathlib
import random
import re
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]
import both_ends
import kannel
import node_smpp
import tap
import topology
from appliance import BLOCKED_STATUS, LURE, Appliance, wait_for
from exchanges import COUNT, FAULTS, MIDDLES, PATIENCE, WINDOW, ExchangeTest, lines, text

PORT = 2775

Message = collections.namedtuple("Message", "index source destination text blocked")


def messages(count, seed):
    random_ = random.Random(seed)
    made = []
    for index in range(count):
        words, blocked = text(random_, index, 14)
        made.append(Message(index, "447700900101", f"4477009{random_.randrange(100_000):05}", words, blocked))
    return made


def pdu(message):
    return {"index": message.index, "options": {
        "source_addr_ton": 1, "source_addr_npi": 1, "source_addr": message.source, "dest_addr_ton": 1, "dest_addr_npi": 1,
        "destination_addr": message.destination, "registered_delivery": 0, "data_coding": 0, "short_message": message.text}}


class Case:
    """One sender, one receiver, and what they saw. What they say is in files of the folder."""

    def __init__(self, network, folder, sent, version=4):
        self.network, self.folder, self.sent, self.version = network, folder, sent, version
        (folder / "messages").write_text("".join(json.dumps(pdu(message)) + "\n" for message in sent))
        (folder / "none").write_text("")

    def start_centre(self, *more, listens="0.0.0.0"):
        with open(self.folder / "centre", "wb") as output:
            started = self.network.start(
                self.network.server, ["node", HERE / "smpp_centre.js", listens, PORT, *more],
                env=node_smpp.environment(), stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT)
        wait_for("the message centre listens", 10, lambda: lines(self.folder / "centre"))
        return started

    def said(self, who, event=None):
        return [line for line in lines(self.folder / who) if event in (None, line["event"])]

    def submitted(self):
        """(source, destination, text) of what the centre took, and the texts of what it refused."""
        taken = self.in_order(self.said("centre", "submit_sm"), lambda line: line["sequence"], lambda line: line["text"])
        return ([(line["source"], line["destination"], line["text"]) for line in taken if line["status"] == 0],
                [line["text"] for line in taken if line["status"] != 0])

    def in_order(self, items, sequence, text):
        """Items as the test gave their messages to the sender."""
        return items

    def address(self):
        return self.network.address("server", version=self.version)


class FromClient(Case):
    """A client binds, sends all, unbinds and ends."""
    operation = "submit_sm"
    command = None

    def run(self):
        self.start_centre()
        self.start_client()
        self.wait()

    def start_client(self):
        with open(self.folder / "client", "wb") as output:
            self.client = self.network.start(
                self.network.client, [*self.command[0], self.address(), PORT, self.folder / "messages", WINDOW, self.command[1]],
                env=node_smpp.environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)

    def wait(self):
        try:
            self.client.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{len(self.said('client', 'answer'))} of {len(self.sent)} answered in {PATIENCE:.0f} s; "
                               f"the centre has {len(self.said('centre', 'submit_sm'))}") from None

    def seconds(self):
        return self.said("client", "done")[0]["at"] - self.said("client", "bind")[0]["at"]

    def arrived(self):
        return self.submitted()

    def statuses(self):
        return {line["index"]: line["status"] for line in self.said("client", "answer")}

    def answers(self):
        return len(self.said("client", "answer"))

    def errors(self):
        return self.said("client", "error") + self.said("centre", "error")


NODE, APART = ["node", HERE / "smpp_client.js"], [sys.executable, HERE / "smpp_apart_client.py"]
CLIENTS = {name: type(name, (FromClient,), {"command": command}) for name, command in {
    "node_with_nagle": (NODE, "nagle"), "node_without_nagle": (NODE, "nodelay"),
    "header_apart_with_nagle": (APART, "nagle"), "header_apart_without_nagle": (APART, "nodelay")}.items()}


class KannelSubmits(Case):
    """What comes into Kannel's other port, it sends to the centre."""
    operation = "submit_sm"

    def run(self):
        self.start_centre()
        self.kannel = kannel.Kannel(self.network, self.network.client, self.folder, self.address(), PORT, WINDOW)
        with open(self.folder / "phones", "wb") as output:
            self.kannel.drive(self.folder / "messages", output)
        wait_for("Kannel has an answer for each", PATIENCE, lambda: self.answers() >= len(self.sent))

    def seconds(self):
        return self.said("centre", "submit_sm")[-1]["at"] - self.said("phones", "start")[0]["at"]

    def arrived(self):
        return self.submitted()

    def in_order(self, items, sequence, text):
        """Kannel sends in another order what it is given faster than it can send; so the order is that of its sequence
        numbers, and only then the test's."""
        sequences = [sequence(item) for item in items]
        if sequences != sorted(set(sequences)):
            raise AssertionError(f"out of order: {sequences}")
        return sorted(items, key=lambda item: int((re.match(r"no (\d+) ", text(item) or "") or [0, -1])[1]))

    def outcomes(self):
        return re.findall(r"^\S+ \S+ (\S+) (?:Send )?SMS \[SMSC:centre\].*?\[msg:\d+:no (\d+) ", self.kannel.log("access.log"), re.M)

    def answers(self):
        return len(self.outcomes())

    def statuses(self):
        """Kannel says the code of each refusal, and apart from that which message was sent or rejected."""
        codes = set(re.findall(r"SMSC returned error code 0x([0-9A-Fa-f]+)", self.kannel.log("bearerbox.log")))
        code = int(codes.pop(), 16) if len(codes) == 1 else codes
        return {int(index): 0 if outcome == "Sent" else code for outcome, index in self.outcomes()}

    def errors(self):
        return self.said("centre", "error") + self.said("centre", "close")


class KannelReceives(Case):
    """What the centre delivers, Kannel gives to its other port."""
    operation = "deliver_sm"

    def run(self):
        centre = self.start_centre(self.folder / "messages", WINDOW)
        self.kannel = kannel.Kannel(self.network, self.network.client, self.folder, self.address(), PORT)
        with open(self.folder / "phones", "wb") as output:
            self.kannel.drive(self.folder / "none", output)
        # What Kannel takes before it has somebody to give it to, it gives in another order.
        wait_for("somebody takes what Kannel receives", 10, lambda: self.said("phones", "start"))
        wait_for("Kannel has bound", 10, lambda: self.said("centre", "bind"))
        self.started = time.time()
        centre.stdin.write(b"deliver\n")
        centre.stdin.close()
        wait_for("the centre has an answer for each", PATIENCE, lambda: self.said("centre", "done"))
        passed = len(self.said("centre", "answer")) - sum(status != 0 for status in self.statuses().values())
        wait_for("Kannel hands over what it took", 10, lambda: len(self.said("phones", "phone")) >= passed)

    def seconds(self):
        return self.said("centre", "done")[0]["at"] - self.started

    def arrived(self):
        return [(line["source"].removeprefix("+"), line["destination"].removeprefix("+"), line["text"])  # Kannel writes a +
                for line in self.said("phones", "phone")], []

    def answers(self):
        return len(self.said("centre", "answer"))

    def statuses(self):
        return {line["index"]: line["status"] for line in self.said("centre", "answer")}

    def errors(self):
        return self.said("centre", "error") + self.said("centre", "close")


CASES = {**CLIENTS, "kannel_submits": KannelSubmits, "kannel_receives": KannelReceives}


@unittest.skipIf(node_smpp.cannot(), node_smpp.cannot())
class Smpp(ExchangeTest):
    def check(self, kind, faults=None, segment=None, more=""):
        if kind in (KannelSubmits, KannelReceives) and kannel.cannot():
            self.skipTest(kannel.cannot())
        sent = messages(COUNT, seed=4)

        def run(network):
            if segment:
                network.mss(segment)
            case = kind(network, self.new_folder(), sent)
            case.run()
            return case

        self.through_each_middle(sent, run, faults=faults, more=more)

    def test_several_workers(self):
        self.check(CLIENTS["node_without_nagle"], segment=200, more="workers: 3\n")

    @unittest.skipIf(both_ends.cannot(), both_ends.cannot())
    def test_read_by_tshark(self):
        """Both directions, cut over segments, as a reader that is not ours finds them at either end."""
        if kannel.cannot():
            self.skipTest(kannel.cannot())
        sent = messages(min(COUNT, 500), seed=5)
        enforcing = MIDDLES[-1] == "on"
        for kind in (CLIENTS["node_without_nagle"], KannelReceives):
            with topology.Topology() as network:
                network.mss(200)
                Appliance(network, self.new_folder(), f"enforcement: {MIDDLES[-1]}\n").start()
                captures = both_ends.Captures(network, self.new_folder())
                case = kind(network, self.new_folder(), sent)
                case.run()
                captures.stop()
            for device in captures.files:
                self.assertEqual((captures.wrong_sums(device), captures.remarks(device)), ([], {}))
                self.assertNotEqual(captures.good(device, "tcp"), [])
            sender, receiver = ("c0", "s0") if case.operation == "submit_sm" else ("s0", "c0")
            command = {"submit_sm": 0x04, "deliver_sm": 0x05}[case.operation]
            for device, lures in (sender, True), (receiver, not enforcing):
                found = captures.read(device, f'smpp.command_id == {command:#x} && smpp.message contains "{LURE}"')
                self.assertEqual(bool(found), lures, device)
            refused = captures.read(sender, f"smpp.command_id == {command + 0x80000000:#x} && smpp.command_status == {BLOCKED_STATUS:#x}")
            self.assertEqual(bool(refused), enforcing)

    def compare(self, case, sent, enforcing):
        blocked = [message for message in sent if enforcing and message.blocked]
        passed = [message for message in sent if not (enforcing and message.blocked)]
        arrived, refused = case.arrived()
        self.assertEqual([(m.source, m.destination, m.text) for m in passed], arrived)
        self.assertLessEqual(len(refused), len(blocked))
        for text in refused:
            self.assertEqual((text or "").strip(), "", "the text of a blocked message arrived")
        self.assertEqual(case.answers(), len(sent))
        self.assertEqual(case.statuses(), {m.index: BLOCKED_STATUS if m in blocked else 0 for m in sent})
        self.assertEqual(case.errors(), [])
        self.assertEqual((len(case.said("centre", "connection")), len(case.said("centre", "bind"))), (1, 1))

    def compare_events(self, appliance, case, sent, enforcing):
        events = case.in_order(appliance.events(), lambda event: event["smpp"]["sequence"], lambda event: event["text"])
        self.assertEqual([(event["operation"], event["recipient"]["address"], event["text"], event["verdict"]) for event in events],
                         [(case.operation, m.destination, m.text, "block" if m.blocked else "pass") for m in sent])
        # Where enforcement is off, each event of a blocked message says that it passed all the same.
        self.assertEqual([m.index for m, event in zip(sent, events) if event.get("enforced") is False],
                         [m.index for m in sent if m.blocked and not enforcing])


CONDITIONS = {
    "undisturbed": {},
    "small_segments": {"segment": 200},
    "faults": {"faults": FAULTS},
    "faults_and_small_segments": {"faults": FAULTS, "segment": 200},
}
# In the short run: each sender without faults, and where it is hardest.
SHORT = ("undisturbed", "faults_and_small_segments")

for case_name, case_kind in CASES.items():
    for condition_name, condition in CONDITIONS.items():
        if COUNT >= 10_000 or condition_name in SHORT:
            def test(self, kind=case_kind, condition=condition):
                self.check(kind, **condition)
            setattr(Smpp, f"test_{case_name}_{condition_name}", test)

if __name__ == "__main__":
    tap.main()
