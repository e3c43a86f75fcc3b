#!/usr/bin/env python3
"""Several workers: what belongs together meets in one of them, whoever spreads the packets. Environment: TOLLGATE."""
import pathlib
import shutil
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE / folder) for folder in ("tests/support", "tests/live", "tests/cases")]
import tap
import topology
import wire
from appliance import LURE, Appliance, wait_for
from frames import Frames

ASSOCIATIONS = 16
PATHS = ("192.0.2.1", "198.51.100.1"), ("192.0.2.101", "198.51.100.102")
FORWARD_SM, UNASSIGNED = 44, 127  # 3GPP TS 29.002 17.5
FIRST, LAST, WHOLE = 2, 1, 3  # RFC 9260 3.3.1: the B bit, the E bit


def m3ua(number, operation):
    return wire.m3ua(wire.unitdata(wire.mt_begin(wire.deliver(LURE, "ACME"), otid=f"{number:08x}", operation=operation)))


def packet(payload, number, tsn, flags, path):
    """Of the association with that number."""
    chunk = wire.data_chunk(payload, tsn, flags=flags)
    return wire.ethernet(wire.ipv4(wire.sctp(chunk, tag=number + 1, ports=(2905 + number, 2905)), 132, *PATHS[path]))


def on_two_paths(number, operation):
    """A message in two chunks, and one that is sent again: each on both paths of the association."""
    payload = m3ua(number, operation)
    cut = len(payload) - 20
    return (packet(payload[:cut], number, 1, FIRST, 0), packet(payload[cut:], number, 2, LAST, 1),
            packet(payload, number, 3, WHOLE, 0), packet(payload, number, 3, WHOLE, 1))


class SpreadingPorts(Appliance):
    """On ports with a queue for each worker, which spread flows by all that the kernel knows of them, addresses too: taps
    of DPDK, bridged to the topology's interfaces."""
    PORT = "net_tap{number},iface=t{interface}"

    def start(self):
        super().start(wait=False)
        wait_for("the appliance is ready", 20, lambda: self.process.poll() is not None or "ready" in self.said())
        run = lambda *words: self.topology.run(self.topology.middle, ["ip", "link", *words])
        for link in range(self.topology.links):
            for port in (f"o{link}", f"i{link}"):
                run("add", f"b{port}", "type", "bridge", "forward_delay", "0", "mcast_snooping", "0")
                for device in (port, f"t{port}"):
                    run("set", device, "master", f"b{port}", "up")
                run("set", f"b{port}", "up")
        self.topology.wait_until_joined()
        return self


class WorkersTest(unittest.TestCase):
    def setUp(self):
        topology.skip_unless_possible()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def check_two_paths(self, kind):
        with topology.Topology() as network:
            appliance = kind(network, self.folder, "workers: 2\n").start()
            with Frames(network.client, "c0") as client, Frames(network.server, "s0") as server:
                for number in range(ASSOCIATIONS):
                    sent = on_two_paths(number, FORWARD_SM)
                    for frame in sent:
                        client.send(frame)
                    received = server.receive(len(sent), sent[0][6:12], seconds=2)
                    # Paths have no order between them.
                    self.assertEqual(sorted(frame.hex() for frame in received),
                                     sorted(frame.hex() for frame in on_two_paths(number, UNASSIGNED)), number)
            counts = appliance.status()["counts"]
            appliance.stop()
        self.assertEqual([event["verdict"] for event in appliance.events()], ["block"] * 2 * ASSOCIATIONS)
        self.assertEqual((counts["uninspected_sctp_hold"], counts["repeated_sctp_data"]), (0, ASSOCIATIONS))

    def test_two_paths_of_an_association_where_one_thread_spreads(self):
        self.check_two_paths(Appliance)

    @unittest.skipUnless(pathlib.Path("/dev/net/tun").exists(), "no /dev/net/tun")
    def test_two_paths_of_an_association_where_ports_spread(self):
        self.check_two_paths(SpreadingPorts)


if __name__ == "__main__":
    tap.main()
