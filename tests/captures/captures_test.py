#!/usr/bin/env python3
"""Reads every capture of ../shared/captures, and captures made of ../shared/vectors, with Tollgate and with tshark, and
compares them field by field. Skipped where the folder or tshark is absent.

environment: TOLLGATE, the program; TOLLGATE_SHARED, the folder in the place of ../shared
"""
import csv
import gzip
import os
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]
import events
import tap
import tshark
import wrap

SHARED = pathlib.Path(os.environ.get("TOLLGATE_SHARED", HERE.parents[2] / "shared"))
PCAPNG = b"\x0a\x0d\x0d\x0a"

# Where tshark 4.0 reads otherwise than the standard: file, vector (or frame), fields, why it is tshark that is wrong.
# A line that no longer holds fails the test.
ADDRESS = {"sender", "sender_ton", "recipient", "recipient_ton"}
OTHER_CONTEXT = ("Q.773 4.2.3, TS 29.002 17.1.6: the application context says that this is not MAP; tshark goes by the "
                 "subsystem number")
BROKEN_EXTENSION = ("Q.773 3.1: the component portion stands beside the dialogue portion; tshark gives up the whole message "
                    "for a broken private extension in the user information")
DIFFERENCES = [
    ("map_jss7_sms.jsonl", "MtForwardShortMessageRequest testDecode#1", {"pid", "dcs", "text", *ADDRESS},
     "TS 23.040 9.2.3.1: a TP-MTI of 3 is read as SMS-DELIVER; tshark does not read it"),
    ("smpp_cloudhopper.jsonl", "PduDecoder decodeSubmitSmRespWithNoNullByteForMessageId#1", {"message_id"},
     "SMPP 3.4 4.4.2: the body is a message_id whose NUL was left out; Tollgate reads and counts it, tshark shows none"),
    ("smpp_gosmpp.jsonl", "TestReplaceSM", {"text"},
     "SMPP 3.4 4.10.1: replace_sm has no data_coding, so its octets are no text; tshark takes them for the default alphabet"),
    ("smpp_node.jsonl", "submit_sm with message_payload TLV", {"text"},
     "SMPP 3.4 5.2.12, 5.2.19: a user data header stands before text of any data_coding; tshark shows none behind one it "
     "does not know"),
    ("tcap_all_tshark_decode.jsonl", "PreviewModeFunctionalTest.java#crossInvokeTest#1", {"components"}, BROKEN_EXTENSION),
    ("tcap_jss7.jsonl", "PreviewModeFunctional crossInvokeTest#1", {"components"}, BROKEN_EXTENSION),
    ("tcap_all_tshark_decode.jsonl", "TcBeginTest.java#testTCBeginMessage_All#1", {"components"}, OTHER_CONTEXT),
    ("tcap_all_tshark_decode.jsonl", "TcContinueTest.java#testTCContinueMessage_All#1", {"components"}, OTHER_CONTEXT),
    ("tcap_jss7.jsonl", "TcBegin testTCBeginMessage_All#1", {"components"}, OTHER_CONTEXT),
    ("tcap_jss7.jsonl", "TcContinue testTCContinueMessage_All#1", {"components"}, OTHER_CONTEXT),
]


def difference_of(file, what, field):
    return next((d for d in DIFFERENCES if d[0] == file and d[1] == str(what) and field in d[2]), None)


class Comparison(unittest.TestCase):
    def setUp(self):
        if not SHARED.is_dir():
            self.skipTest(f"no captures at {SHARED}")
        if shutil.which("tshark") is None:
            self.skipTest("tshark is not installed")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def compare(self, file, capture, what):
        """`what(frame)` names a frame in DIFFERENCES. Returns the run with wrong checksums ignored."""
        replay = events.Replay(capture, self.folder, "--ignore-checksums")
        reading = tshark.Reading(capture)
        unexpected, listed = [], set()
        for frame, item, field, ours, theirs in events.differences(replay.records, reading.records):
            if difference := difference_of(file, what(frame), field):
                listed.add(difference[:2])
            else:
                unexpected.append(f"frame {frame} ({what(frame)}), item {item}: {field} is {ours!r}, tshark has {theirs!r}")
        self.assertEqual(unexpected, [])
        self.assertEqual({d[:2] for d in DIFFERENCES if d[0] == file} - listed, set(), "listed, but they do not differ")
        errors = sum(n for name, n in replay.summary["errors"].items() if name.startswith("tpdu."))
        self.assertLessEqual(reading.unread_tpdus, errors, "TPDUs that end early are counted")
        return replay

    def assert_comes_out(self, capture, replay):
        if capture.read_bytes()[:4] == PCAPNG:
            self.assertIn("pcapng is written as pcap", replay.warnings)
        else:
            self.assertEqual(replay.warnings, "")
            self.assertTrue(replay.out.read_bytes() == capture.read_bytes(), "the output differs from the capture")

    def assert_wrong_checksums_are_told_apart(self, capture):
        """What tshark calls bad is counted as such and not read, and nothing else is."""
        layers = tshark.bad_checksums(capture)
        replay = events.Replay(capture, self.folder)
        self.assertEqual(replay.bad_checksums(), {f"{layer}.bad_checksum": len(frames) for layer, frames in layers.items()})
        if not layers:
            return
        bad = {frame for frames in layers.values() for frame in frames}
        part = self.folder / "part.pcap"
        wrap.copy_frames(capture, part, lambda frame: frame in bad)
        alone = events.Replay(part, self.folder)
        self.assertEqual((sum(alone.bad_checksums().values()), alone.records), (len(bad), {}))
        wrap.copy_frames(capture, part, lambda frame: frame not in bad)
        self.assertEqual(events.Replay(part, self.folder).bad_checksums(), {})

    def check_capture(self, path):
        capture = path
        if path.suffix == ".gz":
            capture = self.folder / path.stem
            capture.write_bytes(gzip.decompress(path.read_bytes()))
        replay = self.compare(path.name, capture, what=lambda frame: frame)
        self.assert_comes_out(capture, replay)
        self.assert_wrong_checksums_are_told_apart(capture)

    def check_vectors(self, path):
        kind, frames = wrap.capture_of(path)
        capture = self.folder / "vectors.pcap"
        wrap.write_pcap(capture, kind, frames)
        replay = self.compare(path.name, capture, what=lambda frame: frames[frame - 1][0])
        self.assert_comes_out(capture, replay)
        self.assertGreater(len(replay.records), 0)


class Captures(Comparison):
    """A test a file."""


class Vectors(Comparison):
    """A test a file."""


def add_tests(case, paths, check):
    for path in paths:
        setattr(case, "test_" + re.sub(r"\W", "_", path.name), lambda self, path=path: getattr(self, check)(path))
    if not paths:
        case.test_all = lambda self: self.fail(f"{SHARED} has no files for this")


add_tests(Captures, sorted((SHARED / "captures").glob("*cap*")), "check_capture")
add_tests(Vectors, [p for p in sorted((SHARED / "vectors").glob("*.jsonl")) if wrap.capture_of(p)], "check_vectors")


class Expected(Comparison):
    """EXPECTED_tshark.tsv, which the captures came with: tshark's fields, a line a frame; several values are joined
    by semicolons."""

    # Local codes of operations and errors, TS 29.002 17.5 and 17.6; a forwardSM of version 1 or 2 is 46 both ways.
    CODES = {"updateLocation": {2}, "insertSubscriberData": {7},
             "sendRoutingInfo": {22}, "updateGprsLocation": {23}, "mt-forwardSM": {44, 46}, "sendRoutingInfoForSM": {45},
             "mo-forwardSM": {46}, "sendIdentification": {55}, "sendAuthenticationInfo": {56},
             "processUnstructuredSS-Request": {59}, "anyTimeInterrogation": {71}, "roamingNotAllowed": {8}}
    SAME = {"mtp3.opc": "opc", "mtp3.dpc": "dpc", "sccp.called.ssn": "called_ssn", "sccp.called.digits": "called_gt",
            "sccp.calling.ssn": "calling_ssn", "sccp.calling.digits": "calling_gt", "tcap.otid": "otid", "tcap.dtid": "dtid",
            "gsm_old.invokeID": "invoke", "gsm_sms.tp-oa": "sender", "gsm_sms.tp-da": "recipient", "gsm_sms.tp-pid": "pid",
            "gsm_sms.tp-dcs": "dcs", "gsm_sms.sms_text": "text", "smpp.command_id": "command", "smpp.source_addr": "sender",
            "smpp.destination_addr": "recipient", "smpp.data_coding": "dcs", "smpp.message_text": "text"}

    def test_every_line(self):
        path = SHARED / "captures/EXPECTED_tshark.tsv"
        captures = {}
        for row in csv.DictReader(path.open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE):
            captures.setdefault(row["capture"], []).append(row)
        lines = 0
        for name, rows in captures.items():
            replay = events.Replay(path.parent / name, self.folder, "--ignore-checksums")
            read = {int(row["frame.number"]): row for row in rows
                    if {"gsm_map", "smpp"} & set(row["frame.protocols"].split(":"))}
            self.assertEqual(sorted(replay.records), sorted(read), name)
            for frame, row in read.items():
                with self.subTest(f"{name}, frame {frame}"):
                    self.check(row, replay.records[frame])
                    lines += 1
        self.assertGreater(lines, 40)

    def check(self, row, records):
        for column, field in self.SAME.items():
            if row[column]:
                values = {str(r[field]) for r in records if r.get(field) is not None}
                self.assertEqual(values, {self.plain(v, column) for v in row[column].split(";")}, column)
        codes = {int(v) for v in row["gsm_old.localValue"].split(";") if v}
        named = [r["error"] if r["component"] == "error" else r["operation"] for r in records if codes]
        self.assertEqual([c for c in codes if not any(c in self.CODES.get(name, ()) for name in named)], [])
        for column, fields in {"e212.imsi": ["imsi"], "e164.msisdn": ["sender", "recipient", "service_centre"]}.items():
            if row[column]:
                values = {r[f] for r in records for f in fields if r.get(f)}
                self.assertLessEqual(values, set(row[column].split(";")), column)
        centres = {tshark.digits(bytes.fromhex(v)[1:]) for v in row["gsm_map.sm.serviceCentreAddress"].split(";") if v}
        self.assertLessEqual(centres, {r.get("service_centre") for r in records})

    @staticmethod
    def plain(value, column):
        return str(int(value, 0)) if value.startswith("0x") and column.startswith("smpp.") else value


if __name__ == "__main__":
    tap.main()
