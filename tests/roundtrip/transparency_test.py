#!/usr/bin/env python3
"""Where nothing is to be blocked, what leaves is what came: byte for byte, in order. Environment: TOLLGATE,
TOLLGATE_TRAFFIC: the programs; TRANSPARENCY_LONG: 1,000,000 packets and more."""
import itertools
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import tap
import transparency

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
TRAFFIC = os.environ.get("TOLLGATE_TRAFFIC", str(SOURCE / "build/tollgate-traffic"))
LONG = "TRANSPARENCY_LONG" in os.environ
LINK_TYPES = ("sll", "sll2", "raw", "mtp2", "mtp3", "sccp")

# The rules could block, so that all that enforcement needs is at work; nobody sends what they look for.
RULES = "- {id: 1, name: Never sent, labels: [spam], when: {text: [xyzzyplugh, '/qwertzuiop[0-9]{30}/']}}\n"
POLICY = "- {name: Never, when: {labels: spam}, then: block}\n- {name: Everything, then: pass}\n"

# Mixes with user messages in segments of SCCP. They wait until it is known what the whole says; those of one association
# that stand between them wait, too.
HELD = re.compile("concatenated|ucs2|alphabet-default|map-more-messages|udh-(concatenated|cut)-.*|sua-segmented|"
                  "sccp-(xudt|ludt)-segmented|sccp-long")
# Mixes with PDUs that go over several segments of TCP, or with segments that are repeated or in another order.
IN_PIECES = re.compile("tcp-(split-.*|retransmitted|reordered|overlapping|several-pdus)")
# The same: a PDU of 64 KiB for 255 recipients, each of whom is judged by himself, so that 20 messages take a while.
LONGEST = "smpp-message_payload-longest"


def run(*arguments):
    result = subprocess.run(list(map(str, arguments)), capture_output=True, timeout=600)
    if result.returncode != 0 or result.stderr:
        raise AssertionError(f"{arguments}: status {result.returncode}: {result.stderr.decode()}")
    return result.stdout


def all_mixes():
    return [line.split()[0] for line in run(TRAFFIC, "--list-mixes").decode().splitlines()]


class TransparencyTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.rules = self.folder / "rules"
        self.rules.mkdir()
        (self.rules / "rules.yaml").write_text(RULES)
        (self.rules / "policy.yaml").write_text(POLICY)
        self.came, self.left = self.folder / "in.pcap", self.folder / "out.pcap"

    def replay(self, mixes, count, *options):
        run(TRAFFIC, "--out", self.came, "--mix", ",".join(mixes), "--count", count, *options)
        summary = json.loads(run(TOLLGATE, "replay", self.came, "--out", self.left, "--rules", self.rules, "--json"))
        self.assertGreater(summary["messages"], 0)
        return summary["counts"]["packets"]

    def packets(self):
        return transparency.packets(self.came), transparency.packets(self.left)

    def assert_same(self):
        if self.came.read_bytes() != self.left.read_bytes():
            self.fail(transparency.first_difference(*self.packets()) or "the same packets in another file")

    def assert_nothing(self, wrong):
        first = list(itertools.islice(wrong, 10))
        self.assertEqual(first, [], "\n".join(["", *first]))


class WholeMessages(TransparencyTest):
    def mixes(self):
        mixes = [name for name in all_mixes() if not HELD.fullmatch(name) and not IN_PIECES.fullmatch(name)]
        mixes.remove(LONGEST)
        self.assertGreater(len(mixes), 380)
        return mixes

    def test_leave_as_they_came(self):
        for seed in (1, 2, 3) if LONG else (1,):
            with self.subTest(seed=seed):
                packets = self.replay(self.mixes(), 50_000 if LONG else 8_000, "--seed", seed)
                self.assertGreater(packets, 400_000 if LONG else 60_000)
                self.assert_same()

    def test_leave_as_they_came_over_every_link(self):
        for link in LINK_TYPES:
            with self.subTest(link=link):
                self.replay(self.mixes(), 20_000 if LONG else 450, "--link-type", link)
                self.assert_same()


class WhatWaits(TransparencyTest):
    def test_segments_of_sccp_keep_their_octets(self):
        mixes = [name for name in all_mixes() if HELD.fullmatch(name)]
        for seed in (1, 2) if LONG else (1,):
            with self.subTest(seed=seed):
                packets = self.replay(mixes, 20_000 if LONG else 4_000, "--seed", seed)
                self.assertGreater(packets, 75_000 if LONG else 15_000)
                came, left = self.packets()
                self.assertIsNotNone(transparency.first_difference(came, left), "nothing was held")
                self.assert_nothing(transparency.wrong_with_holding(came, left))

    def assert_same_streams(self, mixes, count, packets, seed):
        self.assertGreater(self.replay(mixes, count, "--seed", seed), packets)
        came, left = self.packets()
        self.assertIsNotNone(transparency.first_difference(came, left), "nothing was held")
        self.assert_nothing(transparency.wrong_with_streams(came, left))

    def test_streams_of_tcp_keep_their_octets(self):
        mixes = [name for name in all_mixes() if IN_PIECES.fullmatch(name)]
        for seed in (1, 2) if LONG else (1,):
            with self.subTest(seed=seed):
                self.assert_same_streams(mixes, 20_000 if LONG else 2_000, 130_000 if LONG else 14_000, seed)

    def test_the_longest_pdus_keep_their_octets(self):
        self.assert_same_streams([LONGEST], 200 if LONG else 10, 500, 1)


class TheModels(unittest.TestCase):
    """That differences are found: a comparison that finds none must be able to."""

    def packet(self, frame, octets, time_us=0):
        return transparency.Packet(frame, time_us, len(octets), octets)

    def test_another_octet_is_shown_with_its_place(self):
        came, left = self.packet(1, bytes(30)), self.packet(1, bytes(20) + b"\1" + bytes(9))
        found = transparency.first_difference([came], [left])
        self.assertIn("frame 1 left as frame 1, other from offset 20", found)
        self.assertIn("came 00 00 00 00 00 00", found)
        self.assertIn("left 00 00 00 00 01 00", found)

    def test_a_packet_too_few_too_many_or_late_is_found(self):
        one, two = self.packet(1, b"1"), self.packet(2, b"2")
        self.assertIsNone(transparency.first_difference([one, two], [one, two]))
        self.assertIn("frame 2 did not leave", transparency.first_difference([one, two], [one]))
        self.assertIn("never came", transparency.first_difference([one], [one, two]))
        self.assertIn("came at 0 us", transparency.first_difference([one], [self.packet(1, b"1", 5)]))

    def data(self, frame, tsn, time_us=0):
        chunk = struct.pack(">BBHIHHI", 0, 3, 20, tsn, 0, 0, 3) + bytes(4)
        sctp = struct.pack(">HHII", 1, 2, 3, 0) + chunk
        ip = struct.pack(">BBHIBBH", 0x45, 0, 20 + len(sctp), 0, 64, 132, 0) + bytes(8)
        return self.packet(frame, bytes(12) + b"\x08\0" + ip + sctp, time_us)

    def test_user_data_lost_changed_or_late_is_found(self):
        one, two, other = self.data(1, 1), self.data(2, 2), self.packet(3, bytes(60))
        wrong = transparency.wrong_with_holding
        self.assertEqual(list(wrong([one, two, other], [other, one, two])), [])
        self.assertEqual(list(wrong([one, two, other], [two, other, one, one])), [])
        self.assertEqual(len(list(wrong([one, two, other], [one, other]))), 1)
        self.assertEqual(len(list(wrong([one, two, other], [one, two]))), 1)
        changed = two._replace(octets=two.octets[:-1] + b"X")
        self.assertEqual(len(list(wrong([one, two, other], [one, changed, other]))), 2)
        late = self.packet(3, bytes(60), 3_000_000)
        self.assertEqual(len(list(wrong([one, late], [late, one]))), 1)

    def segment(self, sequence, payload, flags=0x10):
        tcp = struct.pack(">HHIIBBHHH", 1, 2, sequence & 0xFFFFFFFF, 1, 0x50, flags, 100, 0, 0) + payload
        words = struct.pack(">II", len(tcp), 6) + tcp + bytes(len(tcp) % 2)
        total = sum(struct.unpack(f">{len(words) // 2}H", words)) % 0xFFFF
        tcp = tcp[:16] + struct.pack(">H", 0xFFFF - total) + tcp[18:]
        ip = struct.pack(">BBHIBBH", 0x45, 0, 20 + len(tcp), 0, 64, 6, 0) + bytes(8)
        return self.packet(1, bytes(12) + b"\x08\0" + ip + tcp)

    def test_a_stream_cut_otherwise_is_the_same(self):
        syn = self.segment(0xFFFFFFFD, b"", 2)
        came = [syn, self.segment(0xFFFFFFFE, b"abcdef")]
        left = [syn, self.segment(1, b"def"), self.segment(0xFFFFFFFE, b"abcd")]
        self.assertEqual(list(transparency.wrong_with_streams(came, left)), [])

    def test_a_stream_with_other_octets_is_found(self):
        came = [self.segment(1, b"abc"), self.segment(4, b"def")]
        for left in ([came[0]], [came[0], self.segment(4, b"deF")], [came[1]], [*came, self.segment(2, b"X")],
                     [*came, self.segment(7, b"", 0x11)],
                     [came[0], came[1]._replace(octets=came[1].octets[:-1] + b"X")]):
            self.assertNotEqual(list(transparency.wrong_with_streams(came, left)), [])


if __name__ == "__main__":
    tap.main()
