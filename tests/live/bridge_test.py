#!/usr/bin/env python3
"""`tollgate run` between two interfaces: all that is no short message passes as it came. Environment: TOLLGATE."""
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE / folder) for folder in ("tests/support", "tests/live", "tests/cases")]
import tap
import topology
import wire
from frames import Frames, socket_in

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
LINK = "{name: ic1, outside: 'net_af_packet0,iface=o0', inside: 'net_af_packet1,iface=i0', route: international}"
TAP = "{name: mirror, outside: 'net_af_packet0,iface=o0', mode: tap}"
CLIENT, SERVER = bytes.fromhex("020000000a01"), bytes.fromhex("020000000b02")
SOME_NODE = bytes.fromhex("020000000c03")
TEST_ETHERTYPE = "88b5"  # IEEE 802, for experiments
SUBMIT_SM, BIND_TRANSCEIVER, RESPONSE = 0x04, 0x09, 0x80000000  # SMPP 3.4 5.1.2.1
ESME_RINVDSTADR, ESME_RSUBMITFAIL = 0x0B, 0x45  # 5.1.3
LOTTERY = "- {name: Lottery, when: {text: lottery}, then: block}\n- {name: Rest, then: pass}\n"


def frames_of_every_kind(source, mtu):
    """Frames that a bridge must not touch, from `source`."""
    chance = random.Random(4)
    octets = lambda size: chance.randbytes(size)
    head = lambda ether_type, to=SOME_NODE: to + source + bytes.fromhex(ether_type)
    frames = [
        head("0806", b"\xff" * 6) + bytes.fromhex("0001080006040001") + source + bytes(4 + 6 + 4),  # ARP
        head("86dd", bytes.fromhex("3333ff000001")) + octets(60),  # what claims to be IPv6 and is not
        head("0800") + octets(80),
        head("88cc", bytes.fromhex("0180c200000e")) + octets(60),  # LLDP: a bridge of the kernel keeps it
        bytes.fromhex("0180c2000000") + source + (38).to_bytes(2, "big") + bytes.fromhex("424203") + octets(35),  # STP
        head("8100") + bytes.fromhex("2064") + bytes.fromhex(TEST_ETHERTYPE) + octets(64),  # VLAN 100, priority 1
        head("8100") + bytes.fromhex("0000") + bytes.fromhex("0800") + octets(64),  # no VLAN, but a priority
        head("8100") + bytes.fromhex("00c8 8100 012c 0800") + octets(64),  # a tag in a tag
        head("8100") + bytes.fromhex("00c8") + bytes.fromhex(TEST_ETHERTYPE) + octets(mtu - 4),
        head("8847") + octets(100),  # MPLS
        head("0000") + octets(50),
    ]
    for size in (0, 1, 2, 45, 46, 47, 1000, mtu - 1, mtu):
        frames.append(head(TEST_ETHERTYPE) + octets(size))
    for _ in range(200):
        frames.append(head(TEST_ETHERTYPE) + octets(chance.randrange(1, mtu)))
    return frames


def pdu(command, sequence, *fields, status=0):
    body = b"".join(fields)
    return struct.pack("!IIII", 16 + len(body), command, status, sequence) + body


def submit_sm(text, sequence):
    head = b"\0" + b"\x05\0ACME\0" + b"\x01\x01447700900123\0" + bytes(9)
    return pdu(SUBMIT_SM, sequence, head, bytes([len(text)]), text.encode())


def mt_forward_sm(text, number):
    """A packet with one, of a transaction and a TSN with that number."""
    invoke = wire.mt_begin(wire.deliver(text, "ACME"), otid=f"{number:08x}")
    return wire.ethernet(wire.ipv4(wire.sctp(wire.data_chunk(wire.m3ua(wire.unitdata(invoke)), number)), 132))


def message_in_two(number, operation):
    """A message of an association with that number, in two DATA chunks (RFC 9260 3.3.1: the B bit, the E bit): the frame
    with the first, and that with the second in fragments of IP."""
    invoke = wire.mt_begin(wire.deliver("You won the lottery", "ACME"), otid=f"{number:08x}", operation=operation)
    payload = wire.m3ua(wire.unitdata(invoke))
    frame = lambda part, tsn, flags: wire.ethernet(wire.ipv4(
        wire.sctp(wire.data_chunk(part, tsn, flags=flags), tag=number + 1, ports=(2905 + number, 2905)), 132))
    cut = len(payload) - 20
    return frame(payload[:cut], 1, 2), wire.in_fragments(frame(payload[cut:], 2, 1), 24, identification=number + 1)


def frames_of(capture):
    content = capture.read_bytes()
    at = 24
    while at < len(content):
        size = struct.unpack_from("<I", content, at + 8)[0]
        yield content[at + 16:at + 16 + size]
        at += 16 + size


class BridgeTest(unittest.TestCase):
    def setUp(self):
        topology.skip_unless_possible()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.logs = {}

    def topology(self, **options):
        made = topology.Topology(**options)
        self.addCleanup(made.close)
        return made

    def start(self, network, links=LINK, more=""):
        """`tollgate run`, ready, with a folder of its own."""
        number = len(self.logs)
        folder = self.folder / str(number)
        folder.mkdir()
        (folder / "tollgate.yaml").write_text(
            f"version: 1\nlinks: [{links}]\nstate: state\nevents: {{file: events.jsonl}}\n{more}")
        with (folder / "log").open("wb") as log:
            process = network.start(network.middle, [TOLLGATE, "run", "-c", folder / "tollgate.yaml", "--json"],
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        self.logs[process] = folder / "log"
        self.wait_until_it_says(process, "ready")
        return process

    def said(self, process):
        return self.logs[process].read_text()

    def wait_until_it_says(self, process, words, seconds=20):
        until = time.monotonic() + seconds
        while words not in self.said(process):
            self.assertIsNone(process.poll(), self.said(process))
            self.assertLess(time.monotonic(), until, f"it does not say '{words}' but: {self.said(process)}")
            time.sleep(0.02)

    def stop(self, process):
        """Its summary."""
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 0, self.said(process))
        return json.loads(out)

    def assert_all_pass(self, network, mtu=1500, link=0):
        with Frames(network.client, f"c{link}") as client, Frames(network.server, f"s{link}") as server:
            for sender, receiver, address in ((client, server, CLIENT), (server, client, SERVER)):
                sent = frames_of_every_kind(address, mtu)
                for frame in sent:
                    sender.send(frame)
                received = receiver.receive(len(sent), address)
                for number, (a, b) in enumerate(zip(sent, received)):
                    self.assertEqual(a.hex(), b.hex(), f"frame {number}")
                self.assertEqual(len(received), len(sent))

    def test_frames_of_every_kind_pass_octet_for_octet_in_order(self):
        network = self.topology()
        process = self.start(network)
        self.assert_all_pass(network)
        summary = self.stop(process)
        self.assertEqual(summary["counts"]["lost_no_tx_room"], 0)
        self.assertGreater(summary["counts"]["packets"], 400)

    def stop_all_threads(self, process):
        """The signal is taken by each thread in its own time."""
        process.send_signal(signal.SIGSTOP)
        state = lambda task: (task / "stat").read_text().rpartition(") ")[2][0]
        until = time.monotonic() + 10
        while {state(task) for task in pathlib.Path(f"/proc/{process.pid}/task").iterdir()} != {"T"}:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.01)

    def test_what_a_port_loses_is_counted_and_told(self):
        network = self.topology()
        room = 64
        process = self.start(network, LINK.replace("iface=o0", f"iface=o0,framecnt={room}"))
        self.stop_all_threads(process)
        with Frames(network.client, "c0") as client, Frames(network.server, "s0") as server:
            sent = 500
            for _ in range(sent):
                client.send(SOME_NODE + CLIENT + bytes.fromhex(TEST_ETHERTYPE) + bytes(50))
            process.send_signal(signal.SIGCONT)
            received = len(server.receive(sent, CLIENT, seconds=1))
        self.wait_until_it_says(process, "ports have lost")
        summary = self.stop(process)
        lost = {port["device"].split(",")[0]: port["lost"] for port in summary["ports"]}
        self.assertLess(received, sent)
        self.assertGreaterEqual(lost["net_af_packet0"]["full"], sent - received)
        self.assertEqual(lost["net_af_packet1"], {"full": 0, "no_buffer": 0, "errors": 0})
        self.assertEqual(summary["counts"]["lost_port_full"], lost["net_af_packet0"]["full"])

    def test_jumbo_frames_pass(self):
        network = self.topology(mtu=9000)
        process = self.start(network)
        self.assert_all_pass(network, mtu=9000)
        self.stop(process)

    def test_several_links_do_not_mix(self):
        network = self.topology(links=2)
        process = self.start(network, LINK + ", " + LINK.replace("ic1", "ic2").replace("=o0", "=o1").replace("=i0", "=i1")
                             .replace("packet0", "packet2").replace("packet1", "packet3"))
        self.assert_all_pass(network, link=1)
        self.assert_all_pass(network, link=0)
        with Frames(network.client, "c0") as client, Frames(network.server, "s1") as other:
            client.send(SOME_NODE + CLIENT + bytes.fromhex(TEST_ETHERTYPE) + bytes(50))
            self.assertEqual(other.receive(1, CLIENT, seconds=0.3), [])
        self.stop(process)

    def test_hosts_find_each_other_and_talk(self):
        network = self.topology()
        process = self.start(network)
        for version in (4, 6):
            for size in "56", "20000":  # in one packet, and in fragments
                done = network.run(network.client, ["ping", "-c", "20", "-i", "0.01", "-s", size,
                                                    network.address("server", version=version)])
                self.assertIn(" 0% packet loss", done.stdout)
        self.assertEqual(self.transfer(network, 20_000_000), 20_000_000)
        summary = self.stop(process)
        self.assertGreater(summary["counts"]["unread_other_tcp"], 0)

    def transfer(self, network, size):
        """Octets that arrive of `size`, over TCP."""
        return self.send_over_tcp(network, bytes(size))

    def send_over_tcp(self, network, octets):
        """How many of them arrive."""
        listener = socket_in(network.server, socket.AF_INET, socket.SOCK_STREAM)
        client = socket_in(network.client, socket.AF_INET, socket.SOCK_STREAM)
        with listener, client:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # the last one's ACK may still be on its way
            listener.bind((network.address("server"), 7777))
            listener.listen()
            got = []

            def take():
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(20)
                    while data := connection.recv(1 << 20):
                        got.append(len(data))

            taker = threading.Thread(target=take)
            taker.start()
            client.settimeout(20)
            client.connect((network.address("server"), 7777))
            client.sendall(octets)
            client.shutdown(socket.SHUT_WR)
            taker.join(30)
            return sum(got)

    def connection(self, network):
        """Its two ends: the client's and the server's."""
        client, listener = (socket_in(space, socket.AF_INET, socket.SOCK_STREAM) for space in (network.client, network.server))
        with listener:
            listener.bind((network.address("server"), 2775))
            listener.listen()
            client.settimeout(5)
            self.addCleanup(client.close)
            client.connect((network.address("server"), 2775))
            server, _ = listener.accept()
        server.settimeout(5)
        self.addCleanup(server.close)
        return client, server

    def arrives(self, sender, receiver, octets):
        """What arrives of them, which is as long; at once."""
        sender.sendall(octets)
        got = b""
        while len(got) < len(octets):
            got += (more := receiver.recv(len(octets) - len(got)))
            self.assertNotEqual(more, b"")
        return got

    def events(self, process):
        return [json.loads(line) for line in (self.logs[process].parent / "events.jsonl").read_text().splitlines()]

    def wait_for_events(self, process, count):
        until = time.monotonic() + 5
        while len(self.events(process)) < count and time.monotonic() < until:
            time.sleep(0.02)
        return self.events(process)

    def rules(self, policy):
        """A folder of rules that every appliance of this test may name."""
        folder = self.folder / "rules"
        folder.mkdir(exist_ok=True)
        (folder / "policy.yaml").write_text(policy)
        return f"rules: {folder}\n"

    def verdict(self, network, process, text):
        """Of a message that is sent through."""
        events = self.logs[process].parent / "events.jsonl"
        before = len(events.read_text().splitlines())
        bind = pdu(BIND_TRANSCEIVER, 1, b"acme\0secret\0\0\x34\0\0\0")
        self.send_over_tcp(network, bind + submit_sm(text, 2))
        until = time.monotonic() + 5
        while len(lines := events.read_text().splitlines()) <= before and time.monotonic() < until:
            time.sleep(0.02)
        event = json.loads(lines[before])
        self.assertEqual(event["link"], "ic1")
        self.assertEqual(event["route"], "international")
        self.assertEqual(event["recipient"]["number"], "**********23")
        self.assertNotIn("text", event)
        return event["verdict"]

    def test_messages_in_fragments_of_ip_are_stopped(self):
        case = SOURCE / "tests/cases/blocked-in-ip-fragments"
        network = self.topology()
        process = self.start(network, more=self.rules((case.parent / "stopping/policy.yaml").read_text()))
        sent, expected = (list(frames_of(case / name)) for name in ("in.pcap", "out.pcap"))
        with Frames(network.client, "c0") as client, Frames(network.server, "s0") as server:
            for frame in sent:
                client.send(frame)
            received = server.receive(len(expected) + 1, sent[0][6:12], seconds=1)
        self.assertEqual([frame.hex() for frame in received], [frame.hex() for frame in expected])
        self.assertEqual(self.stop(process)["counts"]["edited_sctp_packets"], 3)

    def test_rules_are_exchanged_while_packets_pass(self):
        network = self.topology()
        process = self.start(network, more=self.rules("- {name: All pass, then: pass}\n"))
        self.assertEqual(self.verdict(network, process, "hello"), "pass")
        self.rules("- {name: All stop, then: blok}\n")
        process.send_signal(signal.SIGHUP)
        self.wait_until_it_says(process, "the rules stay as they are")
        self.assertIn("policy.yaml:1:", self.said(process))
        self.assertEqual(self.verdict(network, process, "hello"), "pass")
        self.rules("- {name: All stop, then: {charge: dear, or: pass}}\n")
        process.send_signal(signal.SIGHUP)
        self.wait_until_it_says(process, "are in force now")
        self.assertEqual(self.verdict(network, process, "hello"), "charge")
        self.assertEqual(self.stop(process)["messages"], 3)

    def test_events_go_on_in_a_new_file_after_sighup(self):
        network = self.topology()
        process = self.start(network, more=self.rules("- {name: All pass, then: pass}\n"))
        events = self.logs[process].parent / "events.jsonl"
        self.verdict(network, process, "hello")
        events.rename(events.with_suffix(".1"))
        process.send_signal(signal.SIGHUP)
        until = time.monotonic() + 5
        while not events.exists():
            self.assertLess(time.monotonic(), until)
            time.sleep(0.02)
        self.verdict(network, process, "hello again")
        self.stop(process)
        self.assertEqual(len(events.read_text().splitlines()), 1)

    def operate(self, process, *words):
        return subprocess.run([TOLLGATE, *words, "-c", self.logs[process].parent / "tollgate.yaml"], capture_output=True,
                              text=True, timeout=10)

    def test_bypass_is_taken_at_once_and_logged(self):
        network = self.topology()
        process = self.start(network)
        before = time.monotonic()
        self.assertIn("bypass is on", self.operate(process, "bypass", "on").stdout)
        self.assertLess(time.monotonic() - before, 1)
        self.assertRegex(self.said(process), r"(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ tollgate run: bypass is on")
        status = json.loads(self.operate(process, "status").stdout)
        self.assertEqual((status["bypass"], status["enforcement"]), (True, False))
        self.assert_all_pass(network)
        self.assertIn("bypass is off", self.operate(process, "bypass", "off").stdout)
        status = json.loads(self.operate(process, "status").stdout)
        self.assertEqual((status["bypass"], status["enforcement"]), (False, True))
        self.assertGreater(status["counts"]["packets"], 400)
        self.stop(process)
        gone = self.operate(process, "bypass", "on")
        self.assertEqual(gone.returncode, 1)
        self.assertIn("no appliance answers", gone.stderr)

    def test_bypass_lets_messages_pass_and_its_end_stops_the_next(self):
        network = self.topology()
        process = self.start(network, more=self.rules(LOTTERY))
        client, server = self.connection(network)
        bind, bound = pdu(BIND_TRANSCEIVER, 1, b"acme\0secret\0\0\x34\0\0\0"), pdu(BIND_TRANSCEIVER | RESPONSE, 1, b"centre\0")
        self.assertEqual(self.arrives(client, server, bind), bind)
        self.assertEqual(self.arrives(server, client, bound), bound)
        for sequence, bypass in enumerate(("on", "off", "on"), 2):
            submit = submit_sm("You won the lottery", sequence)
            before = time.monotonic()
            self.operate(process, "bypass", bypass)
            arrived = self.arrives(client, server, submit)
            self.assertLess(time.monotonic() - before, 1)
            if bypass == "on":
                self.assertEqual(arrived, submit)
                answer = accepted = pdu(SUBMIT_SM | RESPONSE, sequence, b"m1\0")
            else:
                self.assertNotIn(b"lottery", arrived)
                self.assertNotIn(b"447700900123", arrived)
                answer = pdu(SUBMIT_SM | RESPONSE, sequence, status=ESME_RINVDSTADR)
                accepted = pdu(SUBMIT_SM | RESPONSE, sequence, status=ESME_RSUBMITFAIL)
            self.assertEqual(self.arrives(server, client, answer), accepted)
        self.wait_for_events(process, 3)
        self.stop(process)
        messages = [event for event in self.events(process) if event["kind"] == "message"]
        self.assertEqual([(event["smpp"]["sequence"], event["verdict"], event.get("enforced", True)) for event in messages],
                         [(2, "block", False), (3, "block", True), (4, "block", False)])

    def test_a_state_folder_is_held_by_one(self):
        network = self.topology(links=2)
        process = self.start(network)
        other = self.logs[process].parent / "other.yaml"
        other.write_text("version: 1\nstate: state\nlinks: [{name: a, outside: net_null0, mode: tap}]\n")
        refused = network.run(network.middle, [TOLLGATE, "run", "-c", other], check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("another `tollgate run` holds it", refused.stderr)
        self.stop(process)

    def test_a_killed_appliance_leaves_nothing_that_stops_the_next(self):
        network = self.topology()
        process = self.start(network)
        process.kill()
        process.wait()
        again = network.start(network.middle, process.args[-5:], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=self.logs[process].open("wb"), text=True)
        self.logs[again] = self.logs[process]
        self.wait_until_it_says(again, "ready")
        self.assert_all_pass(network)
        self.stop(again)

    def test_several_workers_keep_order_and_octets(self):
        network = self.topology()
        process = self.start(network, more="workers: 3\n" + self.rules("- {name: All pass, then: pass}\n"))
        self.assert_all_pass(network)
        for version in (4, 6):
            done = network.run(network.client, ["ping", "-c", "20", "-i", "0.01", network.address("server", version=version)])
            self.assertIn(" 0% packet loss", done.stdout)
        self.assertEqual(self.transfer(network, 5_000_000), 5_000_000)
        for number in range(6):  # each connection has its worker
            self.assertEqual(self.verdict(network, process, f"hello {number}"), "pass")
        status = json.loads(self.operate(process, "status").stdout)
        self.assertEqual(status["workers"], 3)
        summary = self.stop(process)
        self.assertEqual(summary["messages"], 6)
        self.assertEqual(summary["counts"]["lost_no_worker_room"], 0)

    def test_fragments_of_ip_meet_the_worker_of_their_association(self):
        """The message is in two DATA chunks, of which the second comes in fragments of IP, without ports but in the first:
        only the worker that has both stops it."""
        network = self.topology()
        process = self.start(network, more="workers: 2\n" + self.rules(LOTTERY))
        with Frames(network.client, "c0") as client, Frames(network.server, "s0") as server:
            for number in range(16):  # of half of them the worker is another than that of the addresses
                begin, rest = message_in_two(number, 44)
                changed, _ = message_in_two(number, 127)  # an operation that there is not (3GPP TS 29.002 17.5)
                if number % 2 == 1:
                    rest.reverse()
                for frame in (begin, *rest):
                    client.send(frame)
                received = server.receive(3, begin[6:12], seconds=1)
                self.assertEqual([frame.hex() for frame in received], [frame.hex() for frame in (changed, *rest)], number)
        counts = self.stop(process)["counts"]
        self.assertEqual((counts["parted_ip_datagram"], counts["uninspected_sctp_hold"]), (0, 0))

    def test_an_interface_that_is_replaced_is_taken_again(self):
        for workers in (1, 2):
            with self.subTest(workers=workers):
                network = self.topology()
                process = self.start(network, more=f"workers: {workers}\n")
                self.assert_all_pass(network)
                network.run(network.middle, ["ip", "link", "delete", "i0"])
                self.wait_until_it_says(process, "its interface is gone")
                network.run(network.server, ["ip", "link", "add", "name", "s0", "type", "veth", "peer", "name", "i0",
                                             "netns", network.middle])
                for space, device in ((network.server, "s0"), (network.middle, "i0")):
                    network.run(space, ["ip", "link", "set", device, "up"])
                self.wait_until_it_says(process, "its interface is back")
                self.assert_all_pass(network)
                self.stop(process)

    def test_status_tells_of_cables(self):
        network = self.topology()
        process = self.start(network)
        def status():
            return json.loads(self.operate(process, "status").stdout)

        def wait_for_cables(*up):
            until = time.monotonic() + 10
            while [port["link"]["up"] for port in status()["ports"]] != list(up):
                self.assertLess(time.monotonic(), until, status()["ports"])
                time.sleep(0.05)
        wait_for_cables(True, True)
        # veth says 10 Gbit/s, full duplex (drivers/net/veth.c).
        self.assertEqual(status()["ports"][0]["link"], {"up": True, "mbps": 10000, "duplex": "full"})
        network.run(network.server, ["ip", "link", "set", "s0", "down"])  # the far end
        wait_for_cables(True, False)
        self.assertEqual([port["works"] for port in status()["ports"]], [True, True])
        network.run(network.server, ["ip", "link", "set", "s0", "up"])
        wait_for_cables(True, True)
        network.run(network.middle, ["ip", "link", "set", "i0", "down"])
        self.wait_until_it_says(process, "warning: port `net_af_packet1,iface=i0`: its interface is down")
        self.assertIn("its interface is down", status()["last_errors"][0]["what"])
        self.stop(process)

    def test_a_tap_reads_and_sends_nothing(self):
        network = self.topology()
        process = self.start(network, TAP)
        with Frames(network.client, "c0") as client, Frames(network.server, "s0") as server:
            for _ in range(50):
                client.send(SOME_NODE + CLIENT + bytes.fromhex(TEST_ETHERTYPE) + bytes(50))
            self.assertEqual(server.receive(1, CLIENT, seconds=0.3), [])
            self.assertEqual(client.receive(1, CLIENT, seconds=0.1), [], "nor back to where they came from")
        self.assertGreaterEqual(self.stop(process)["counts"]["packets"], 50)

    def test_a_tap_judges_and_stops_nothing(self):
        network = self.topology()
        process = self.start(network, TAP, more=self.rules(LOTTERY))
        opening, begin, acked = wire.opened()
        submit = wire.short_message(4, 2, "You won the lottery", "ACME", "447700900123")
        with Frames(network.client, "c0") as client, Frames(network.server, "s0") as server:
            for frame in (*opening, wire.tcp(submit, begin, acknowledgement=acked), mt_forward_sm("You won the lottery", 1)):
                client.send(frame)
            messages = [event for event in self.wait_for_events(process, 2) if event["kind"] == "message"]
            self.assertEqual([(event["protocol"], event["verdict"], event["enforced"]) for event in messages],
                             [("smpp", "block", False), ("map", "block", False)])
            for port in server, client:
                self.assertEqual(port.receive(1, opening[0][6:12], seconds=0.1), [])
        self.assertEqual(self.stop(process)["counts"]["edited_sctp_packets"], 0)

    def test_events_name_the_link_on_which_a_message_came(self):
        network = self.topology(links=2)
        second = LINK.replace("ic1", "ic2").replace("=o0", "=o1").replace("=i0", "=i1").replace("packet0", "packet2")
        process = self.start(network, f"{LINK}, {second.replace('packet1', 'packet3').replace('international', 'national')}",
                             more=self.rules("- {name: National, when: {route: national}, then: block}\n- {name: Rest, then: pass}\n"))
        came = [0, 1, 1, 0]  # of one association, which has a path on either
        for number, link in enumerate(came):
            frame = mt_forward_sm("Hello", number)
            with Frames(network.client, f"c{link}") as client, Frames(network.server, f"s{link}") as server:
                client.send(frame)
                received, = server.receive(1, frame[6:12])
            self.assertEqual(received == frame, link == 0)
        self.stop(process)
        self.assertEqual([(event["tcap"]["otid"], event["link"], event["route"], event["verdict"]) for event in self.events(process)],
                         [(f"{number:08x}", *(("ic2", "national", "block") if link else ("ic1", "international", "pass")))
                          for number, link in enumerate(came)])

    def test_an_interface_that_goes_down_comes_back(self):
        network = self.topology()
        process = self.start(network)
        self.assert_all_pass(network)
        network.run(network.middle, ["ip", "link", "set", "i0", "down"])
        with Frames(network.client, "c0") as client, Frames(network.server, "s0") as server:
            for _ in range(100):
                client.send(SOME_NODE + CLIENT + bytes.fromhex(TEST_ETHERTYPE) + bytes(50))
            self.assertEqual(server.receive(1, CLIENT, seconds=0.2), [])
            network.run(network.middle, ["ip", "link", "set", "i0", "up"])
            for _ in range(3):  # what waits in the driver's ring leaves with the next but one
                client.send(SOME_NODE + CLIENT + bytes.fromhex(TEST_ETHERTYPE) + bytes(50))
                server.receive(100, CLIENT, seconds=0.2)
        self.assert_all_pass(network)
        self.stop(process)

    def test_a_second_appliance_does_not_disturb_the_first(self):
        network = self.topology(links=2)
        first = self.start(network)
        second = self.start(network, LINK.replace("=o0", "=o1").replace("=i0", "=i1"), more="")
        self.assert_all_pass(network, link=0)
        self.assert_all_pass(network, link=1)
        self.stop(second)
        self.assert_all_pass(network, link=0)
        self.stop(first)


if __name__ == "__main__":
    tap.main()
