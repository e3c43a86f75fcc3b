#!/usr/bin/env python3
"""Whatever tollgate-traffic writes, where all is to be blocked nothing can be delivered of what comes out, and tshark finds
no fault in it that was not there. Environment: TOLLGATE, TOLLGATE_TRAFFIC: the programs."""
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
import second_reader
import tap

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


if __name__ == "__main__":
    tap.main()
