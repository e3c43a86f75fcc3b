#!/usr/bin/env python3
"""What tollgate-traffic writes, tollgate reads back, equal to the truth. Environment: TOLLGATE, TOLLGATE_TRAFFIC: the
programs; ROUNDTRIP_LONG: every option by itself, several seeds, larger captures."""
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
import comparison
import tap

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
TRAFFIC = os.environ.get("TOLLGATE_TRAFFIC", str(SOURCE / "build/tollgate-traffic"))
LONG = "ROUNDTRIP_LONG" in os.environ
LINK_TYPES = ("ethernet", "sll", "sll2", "raw", "mtp2", "mtp3", "sccp")
SEEDS = range(1, 9) if LONG else (1, 2)
SHOWN = 20  # differences


def run(*arguments):
    result = subprocess.run(list(map(str, arguments)), capture_output=True, timeout=600)
    if result.returncode != 0 or result.stderr:
        raise AssertionError(f"{arguments}: status {result.returncode}: {result.stderr.decode()}")
    return result.stdout


class RoundTripTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.capture, self.truth = self.folder / "x.pcap", self.folder / "x.jsonl"
        self.events, self.out = self.folder / "events.jsonl", self.folder / "out.pcap"

    def generate(self, *options):
        run(TRAFFIC, "--out", self.capture, "--truth", self.truth, *options)

    def replay(self):
        summary = run(TOLLGATE, "replay", self.capture, "--out", self.out, "--events", self.events, "--all", "--json")
        return json.loads(summary)

    def assert_round_trip(self, *options):
        self.generate(*options)
        found = list(comparison.compare(self.truth, self.events, self.capture, self.replay()))
        shown = "\n".join(found[:SHOWN])
        self.assertEqual(len(found), 0, f"{' '.join(map(str, options))}: {len(found)} differences:\n{shown}")
        self.assertTrue(self.out.read_bytes() == self.capture.read_bytes(), "the output is not the capture")


class EveryOption(RoundTripTest):
    def test_all_options_in_one_capture(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.assert_round_trip("--mix", "all", "--seed", seed, "--count", 20_000 if LONG else 600)

    def test_conversations_that_do_not_overlap(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.assert_round_trip("--mix", "all", "--seed", seed, "--rate", 10, "--nanoseconds",
                                       "--count", 2_000 if LONG else 400)

    if LONG:
        def test_each_option_by_itself(self):
            mixes = [line.split()[0] for line in run(TRAFFIC, "--list-mixes").decode().splitlines()]
            self.assertGreater(len(mixes), 300)
            for mix in mixes:
                for seed in (11, 12, 13):
                    with self.subTest(mix=mix, seed=seed):
                        self.assert_round_trip("--mix", mix, "--seed", seed, "--count", 100)


class UsualTraffic(RoundTripTest):
    def test_the_sample_mix(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.assert_round_trip("--mix", "sample", "--seed", seed, "--count", 100_000 if LONG else 5_000)

    def test_a_second_replay_gives_the_same_events(self):
        self.generate("--mix", "all", "--count", 400, "--seed", 3)
        self.replay()
        first = self.events.read_bytes()
        self.replay()
        self.assertGreater(len(first), 0)
        self.assertTrue(first == self.events.read_bytes(), "the events of a second replay differ")


class EveryLinkType(RoundTripTest):
    def test_all_options_over_each(self):
        for link in LINK_TYPES:
            for seed in SEEDS if LONG else (4,):
                with self.subTest(link=link, seed=seed):
                    self.assert_round_trip("--mix", "all", "--link-type", link, "--seed", seed,
                                           "--count", 4_000 if LONG else 200)


class WrongArguments(RoundTripTest):
    def test_nothing_is_generated(self):
        for wrong in (["--count", "0"], ["--count", "-1"], ["--rate", "0"], ["--mix", "no-such"], ["--mix", "sample=0"], ["--link-type", "x"]):
            with self.subTest(wrong):
                result = subprocess.run([TRAFFIC, "--out", self.capture, *wrong], capture_output=True, text=True, timeout=60)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn(wrong[0], result.stderr)
                self.assertFalse(self.capture.exists())


class TheComparison(unittest.TestCase):
    """That differences are found: a comparison that finds none must be able to."""

    TRUTH = {"frame": 1, "item": 0, "text": "a", "sender": {"address": "1", "ton": 1}}

    def found(self, **changed):
        return list(comparison.differences(self.TRUTH, {**self.TRUTH, **changed}))

    def test_another_value_is_a_difference(self):
        self.assertEqual(self.found(text="b"), [("text", "a", "b")])

    def test_a_missing_field_is_a_difference(self):
        self.assertEqual(self.found(sender={"address": "1"}), [("sender.ton", 1, comparison.ABSENT)])

    def test_a_field_that_the_truth_lacks_is_a_difference(self):
        self.assertEqual(self.found(imsi="00101"), [("imsi", comparison.ABSENT, "00101")])
        self.assertEqual(self.found(ports={}), [("ports", comparison.ABSENT, {})])

    def test_a_derived_field_is_none(self):
        self.assertEqual(self.found(id="0", verdict="pass", urls=["http://x.example"]), [])

    def test_numbers_and_truth_values_differ(self):
        self.assertEqual(self.found(item=False), [("item", 0, False)])

    def test_events_too_few_too_many_and_out_of_order_are_told(self):
        lines = [{"frame": 1, "item": 0}, {"frame": 2, "item": 0}]
        self.assertEqual(list(comparison.unpaired(lines, lines)), [])
        self.assertIn("no event", next(comparison.unpaired(lines, lines[:1])))
        self.assertIn("not in the truth", next(comparison.unpaired(lines[:1], lines)))
        self.assertIn("comes before", next(comparison.unpaired(lines, lines[::-1])))


if __name__ == "__main__":
    tap.main()
