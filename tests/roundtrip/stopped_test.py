#!/usr/bin/env python3
"""Whatever tollgate-traffic writes, where all is to be blocked nothing can be delivered of what comes out, and tshark finds
no fault in it that was not there; nor of one message, wherever it is cut into segments. Environment: TOLLGATE, TOLLGATE_TRAFFIC: the programs."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
sys.path.insert(0, str(SOURCE / "tests/cases"))
import second_reader
import tap
import wire

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
TRAFFIC = os.environ.get("TOLLGATE_TRAFFIC", str(SOURCE / "build/tollgate-traffic"))


def run(*arguments):
    return subprocess.run([str(a) for a in arguments], capture_output=True, text=True, timeout=250, check=True).stdout


def messages(path):
    events = [json.loads(line) for line in path.read_text().splitlines()]
    return [event for event in events if event["kind"] == "message"]


def can_be_delivered(event):
    """A recipient that is not covered or emptied, or of MAP a subscriber; to one of them at least."""
    if event["protocol"] == "map":
        return set(event.get("imsi", "0")) != {"0"}
    addresses = [event.get("recipient", {}).get("address", "")]
    addresses += [to.get("address", to.get("dl_name", "")) for to in event["smpp"].get("destinations", [])]
    areas = event["operation"] == "broadcast_sm" and "broadcast_area_identifier" in event["smpp"].get("tlvs", {})
    return areas or any(set(address) - {"*"} for address in addresses)


def says_something(event):
    return bool(event.get("text", "").strip(" ") or set(event.get("data", "")) - {"2", "0"})


TEXT, RECIPIENT = "You won the lottery", "447700900123"
FIRST_PORT = 20_000


def connections_with_cuts(message, in_order):
    """A connection for each place where a message can be cut into two segments. The ESME's ports tell them apart. Also the
    sequence number with which the message begins."""
    frames = []
    for cut in range(1, len(message)):
        port = FIRST_PORT + cut
        start, begin, answered = wire.opened(port=port)
        segments = [wire.tcp(message[:cut], begin, acknowledgement=answered, port=port),
                    wire.tcp(message[cut:], begin + cut, acknowledgement=answered, port=port)]
        answer = wire.tcp(wire.pdu(0x80000004, 2, wire.c_string("m-2")), answered, reverse=True,
                          acknowledgement=begin + len(message), port=port)
        frames += [*start, *(segments if in_order else segments[::-1]), answer]
    return frames, begin


def octets_to_the_centre(capture):
    """By the ESME's port, as tshark reads them: {sequence number: octet}. None comes with two values."""
    fields = ["tcp.srcport", "tcp.seq_raw", "tcp.payload"]
    lines = run("tshark", "-r", capture, "-Y", "tcp.dstport == 2775 && tcp.len > 0", "-T", "fields",
                *(word for field in fields for word in ("-e", field))).splitlines()
    found = {}
    for port, sequence, payload in (line.split("\t") for line in lines):
        octets = found.setdefault(int(port), {})
        for at, octet in enumerate(bytes.fromhex(payload), int(sequence)):
            assert octets.setdefault(at, octet) == octet, f"port {port}: the octet at {at} comes with two values"
    return found


class StoppedTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "rules").mkdir()
        (self.folder / "rules/policy.yaml").write_text("- {name: All, then: block}\n")

    def all_is_stopped(self, mixes, count=None):
        came, left = self.folder / "in.pcap", self.folder / "out.pcap"
        before, after = self.folder / "before.jsonl", self.folder / "after.jsonl"
        run(TRAFFIC, "--out", came, "--mix", ",".join(mixes), "--count", count or 3 * len(mixes))
        run(TOLLGATE, "replay", came, "--out", left, "--events", before, "--rules", self.folder / "rules")
        run(TOLLGATE, "replay", left, "--events", after)
        judged = messages(before)
        self.assertGreater(len(judged), len(mixes))
        self.assertEqual({event["verdict"] for event in judged}, {"block"})
        self.assertEqual([event for event in judged if "enforced" in event], [])
        remaining = messages(after)
        self.assertEqual([event for event in remaining if can_be_delivered(event)], [])
        self.assertEqual([event for event in remaining if event["protocol"] == "smpp" and says_something(event)], [])
        return came, left

    def mixes(self, *beginnings, but=()):
        names = [line.split()[0] for line in run(TRAFFIC, "--list-mixes").splitlines()]
        return [name for name in names if name.startswith(beginnings) and name not in but]

    def test_map(self):
        came, left = self.all_is_stopped(self.mixes(
            "map-m", "map-lmsi", "map-error", "map-sendRoutingInfoForSM", "tcap-", "sccp-", "m3ua", "m2pa", "m2ua", "sua", "sctp-", "tp-",
            "udh-", but=("tcap-ansi", "tcap-linked", "tcap-global-codes")))
        known = {fault for _, fault in second_reader.faults(came)} | {second_reader.UNASSIGNED_OPERATION}
        self.assertLessEqual({fault for _, fault in second_reader.faults(left)}, known)

    def test_segments_on_a_busy_association(self):
        """Hundreds of packets come between the segments of a message."""
        self.all_is_stopped(self.mixes("sccp-xudt-segmented", "sccp-ludt-segmented", "sua-segmented"), count=3_000)

    def test_smpp(self):
        came, left = self.all_is_stopped(self.mixes("smpp-"))
        self.assertLessEqual(set(second_reader.faults(left)), set(second_reader.faults(came)), "the same frames")

    def test_tcp(self):
        """Of segments that are put in order tshark remarks what it misses; the cases show one by one that they are sound."""
        self.all_is_stopped(self.mixes("tcp-", but=("tcp-from-the-middle",)))

    def stopped_at_every_cut(self, in_order):
        message = wire.short_message(4, 2, TEXT, "ACME", RECIPIENT)
        changed = wire.stopped_message(4, 2, TEXT, "ACME", RECIPIENT)
        frames, begin = connections_with_cuts(message, in_order)
        came, left, events = self.folder / "in.pcap", self.folder / "out.pcap", self.folder / "events.jsonl"
        came.write_bytes(wire.pcap(frames))
        run(TOLLGATE, "replay", came, "--out", left, "--events", events, "--rules", self.folder / "rules")

        ports = set(range(FIRST_PORT + 1, FIRST_PORT + len(message)))
        judged = messages(events)
        self.assertEqual({event["origin"]["port"] for event in judged}, ports)
        self.assertEqual(len(judged), len(ports))
        self.assertEqual({(event["text"], event["verdict"], "enforced" in event) for event in judged}, {(TEXT, "block", False)})
        self.assertEqual(second_reader.faults(left), [])
        found = octets_to_the_centre(left)
        self.assertEqual(set(found), ports)
        for port, octets in found.items():
            stream = bytes(octets.get(at, 0xFF) for at in range(begin, max(octets) + 1))
            self.assertEqual(stream, changed, f"the first segment has {port - FIRST_PORT} octets")

    def test_every_cut_of_a_message_into_two_segments(self):
        self.stopped_at_every_cut(in_order=True)

    def test_every_cut_where_the_second_segment_comes_first(self):
        self.stopped_at_every_cut(in_order=False)


if __name__ == "__main__":
    tap.main()
