#!/usr/bin/env python3
"""Tollgate is pulled out of the wire under load, its flow memory is deleted, and it is put back: by SIGTERM and by SIGKILL,
five times each (in the short run once).

Several SMPP connections, half of them in small segments. SIGKILL may take those that had octets in custody, as the memory
says that is deleted then, and no other; SIGTERM takes none, nor does either an association. What is lost, and what passed
unread, is counted. A sender whose message was stopped before the restart may see its receiver's own error.

Environment: as that of restart_test.py."""
import pathlib
import signal
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]
import node_smpp
import restart_test
import smpp_test
import tap
import topology
from appliance import BLOCKED_STATUS, Appliance, wait_for
from restart_test import COUNT, TIMES, Half, in_custody

CLIENTS = 6
REFUSED_BY_THE_CENTRE = 0x0B  # ESME_RINVDSTADR: what smpp_centre.js says to a message without a destination


class Load:
    """Clients of one centre, and what becomes of their messages."""

    def __init__(self, network, new_folder, sent):
        self.clients = [smpp_test.CLIENTS["node_without_nagle"](network, new_folder(), sent[i::CLIENTS], version=(4, 6)[i % 2])
                        for i in range(CLIENTS)]
        self.count = len(sent)
        self.clients[0].start_centre(listens="::")
        for client in self.clients[1:]:
            (client.folder / "centre").symlink_to(self.clients[0].folder / "centre")
        for client in self.clients:
            client.start_client()

    def answers(self):
        return sum(client.answers() for client in self.clients)

    def without(self, ports):
        return [client for client in self.clients if client.said("client", "connection")[0]["port"] not in ports]

    def submitted(self):
        return self.clients[0].submitted()


class Forgotten(restart_test.RestartTest):
    def pull_out(self, appliance, half, number, load):
        """Gives the ports of the connections that must be lost, and what passed unread before."""
        wait_for("half of a message is in custody", 5, lambda: appliance.status()["custody"]["connections"])
        before = appliance.status()["counts"]
        appliance.stop(number)
        lost = in_custody(appliance)
        self.assertEqual(half.port in lost, number == signal.SIGKILL, lost)
        if number == signal.SIGTERM:
            self.assertEqual(lost, set())
        appliance.forget()
        appliance.start()
        half.go_on()
        if number == signal.SIGKILL:
            counted = wait_for("the connection that is lost is counted", 10,
                               lambda: appliance.status()["counts"].get("lost_tcp_unknown_custody"))
            self.assertLessEqual(counted, len(lost))
        else:
            wait_for("the half message is answered", 10, lambda: half.said("answer"))
            self.assertGreater(appliance.status()["counts"].get("uninspected_smpp_rest", 0), 0)
        return lost, self.unread(before)

    @staticmethod
    def unread(counts):
        return sum(counts.get(name, 0) for name in ("uninspected_smpp_rest", "unread_tcp_held"))

    def check_smpp(self, number):
        if node_smpp.cannot():
            self.skipTest(node_smpp.cannot())
        lost, unread = set(), 0
        with topology.Topology() as network:
            network.mss(200)
            appliance = Appliance(network, self.new_folder()).start()
            load = Load(network, self.new_folder, smpp_test.messages(COUNT, seed=7))
            for i in range(TIMES):
                half = Half(network, self.new_folder(), COUNT + i)
                wait_for(f"answers before restart {i + 1}", restart_test.PATIENCE,
                         lambda: load.answers() >= load.count * (i + 1) / (TIMES + 2))
                gone, passed = self.pull_out(appliance, half, number, load)
                lost, unread = lost | gone, unread + passed
            rest = load.without(lost)
            for client in rest:
                client.wait()
            counts = appliance.status()["counts"]
            self.assertEqual(counts.get("lost_tcp_unknown_custody", 0) > 0, number == signal.SIGKILL)
            appliance.stop()
        self.assertGreaterEqual(len(rest), CLIENTS / 2, "those in whole segments have nothing in custody")
        print(f"# {self._testMethodName.removeprefix('test_')}: {CLIENTS - len(rest)} of {CLIENTS} connections were lost with custody", flush=True)
        self.compare(load, rest, unread + self.unread(counts))

    def compare(self, load, clients, unread):
        """`unread`: how many PDUs have passed so, as the counts say."""
        taken, refused = load.submitted()
        for text in refused:
            self.assertEqual((text or "").strip(), "", "the text of a blocked message arrived")
        for client in clients:
            sent = {message.text: message for message in client.sent}
            arrived = [message for message in taken if message[2] in sent]
            passed = [message for message in arrived if not sent[message[2]].blocked]
            self.assertEqual([(m.source, m.destination, m.text) for m in client.sent if not m.blocked], passed)
            unread -= len(arrived) - len(passed)
            delivered = {text for _, _, text in arrived}
            statuses = client.statuses()
            own = [m for m in client.sent if m.blocked and statuses[m.index] == REFUSED_BY_THE_CENTRE]
            self.assertLessEqual(len(own), TIMES * smpp_test.WINDOW)
            self.assertEqual({m.index: 0 if m.text in delivered else BLOCKED_STATUS for m in client.sent if m not in own},
                             {m.index: statuses[m.index] for m in client.sent if m not in own})
            self.assertEqual(client.said("client", "error"), [])
        self.assertGreaterEqual(unread, 0, "blocked messages arrived that nobody has counted")

    def test_smpp_and_sigterm(self):
        self.check_smpp(signal.SIGTERM)

    def test_smpp_and_sigkill(self):
        self.check_smpp(signal.SIGKILL)

    def test_sigtran_and_sigterm(self):
        self.check_sigtran(signal.SIGTERM, forget=True)

    def test_sigtran_and_sigkill(self):
        self.check_sigtran(signal.SIGKILL, forget=True)


if __name__ == "__main__":
    tap.main("__main__")
