#!/usr/bin/env python3
"""The explain command as a person meets it. Offsets and values are held against a reading of the same octets by a
few lines of Python. Environment: TOLLGATE and TOLLGATE_TRAFFIC, the programs."""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import tap

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
TRAFFIC = os.environ.get("TOLLGATE_TRAFFIC", str(SOURCE / "build/tollgate-traffic"))

# A message of TS 23.040 in each form that --as takes. The text "hellohello" in septets is the well-known E8329BFD4697D9EC37.
DELIVER = "040C91447700091032" "0000" "32111422130200" "0A" "E8329BFD4697D9EC37"
SUBMIT = "01070C91447700091032" "0000" "0A" "E8329BFD4697D9EC37"


def tlv(tag, content):
    return f"{tag}{len(content) // 2:02X}{content}"


ARGUMENT = tlv("30", tlv("80", "00010121436587F9") + tlv("84", "91447700091000") + tlv("04", DELIVER))
TCAP = tlv("62", "480400000001" + tlv("6C", tlv("A1", "020101" "02012C" + ARGUMENT)))
ADDRESS = tlv("", "1208001204447700091000")
SCCP = "0900" "03" "0E" "19" + ADDRESS * 2 + tlv("", TCAP)
PROTOCOL_DATA = "000004D2" "0000162E" "03020001" + SCCP
M3UA_LENGTH = 8 + 4 + len(PROTOCOL_DATA) // 2
M3UA = f"01000101{M3UA_LENGTH + -M3UA_LENGTH % 4:08X}" f"0210{M3UA_LENGTH - 8:04X}" + PROTOCOL_DATA + "00" * (-M3UA_LENGTH % 4)
SMPP_BODY = "00" "0500" "41434D4500" "0101" "34343737303039303031323300" "000000" "0000" "0000" "01" "00" "0A" "68656C6C6F68656C6C6F"
SMPP = f"{16 + len(SMPP_BODY) // 2:08X}" "00000004" "00000000" "00000007" + SMPP_BODY


def fields(layers, path=()):
    """(path of names, field) of every field."""
    for node in layers:
        if "fields" in node:
            yield from fields(node["fields"], (*path, node["name"]))
        else:
            yield (*path, node["name"]), node


def nodes(layers):
    """Every layer and field that stands in the packet itself."""
    for node in layers:
        if node.get("put_together"):
            continue
        yield node
        yield from nodes(node.get("fields", []))


def is_m3ua_data(frame):
    """Ethernet, IPv4, SCTP, a DATA chunk first, with M3UA's payload data."""
    return frame[23] == 132 and frame[46] == 0 and frame[62:66] == b"\1\0\1\1"


def frames(path):
    capture = path.read_bytes()
    at = 24
    while at < len(capture):
        kept = struct.unpack_from("<I", capture, at + 8)[0]
        yield capture[at + 16:at + 16 + kept]
        at += 16 + kept


class ExplainTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def explain(self, *arguments):
        return subprocess.run([TOLLGATE, "explain", *map(str, arguments)], capture_output=True, text=True, timeout=300)

    def lines(self, *arguments):
        result = self.explain(*arguments, "--json")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return [json.loads(line) for line in result.stdout.splitlines()]

    def capture(self, mix, count=2):
        path = self.folder / f"{mix}.pcap"
        subprocess.run([TRAFFIC, "--out", path, "--mix", mix, "--count", str(count)], check=True, capture_output=True)
        return path

    def assert_refused(self, status, *words, arguments):
        result = self.explain(*arguments)
        self.assertEqual((result.returncode, result.stdout), (status, ""), result.stderr)
        for word in words:
            self.assertIn(str(word), result.stderr)


class OneFrame(ExplainTest):
    def field(self, layers, *path):
        """The one field whose path ends so."""
        found = [node for name, node in fields(layers) if name[-len(path):] == path]
        self.assertEqual(len(found), 1, (path, found))
        return found[0]

    def assert_field(self, frame, layers, offset, length, *path, number=None):
        node = self.field(layers, *path)
        octets = frame[offset:offset + length]
        self.assertEqual((node["offset"], node["length"], node["octets"]), (offset, length, octets.hex()), path)
        self.assertEqual(node["number"], int.from_bytes(octets, "big") if number is None else number, path)

    def test_each_layer_of_a_map_message(self):
        path = self.capture("map-mt-v3")
        number, frame = next((n, f) for n, f in enumerate(frames(path), 1) if is_m3ua_data(f))
        (line,) = self.lines(path, "--frame", number)
        layers = line["layers"]
        self.assert_field(frame, layers, 12, 2, "Ethernet", "EtherType")
        self.assert_field(frame, layers, 16, 2, "IPv4", "Total Length")
        self.assert_field(frame, layers, 22, 1, "IPv4", "Time to Live")
        self.assert_field(frame, layers, 34, 2, "SCTP", "Source Port Number")
        self.assert_field(frame, layers, 38, 4, "SCTP", "Verification Tag")
        self.assert_field(frame, layers, 50, 4, "DATA", "TSN")
        m3ua = 62
        self.assert_field(frame, layers, m3ua + 4, 4, "M3UA", "Common Message Header", "Message Length")
        at = m3ua + 8
        while at < len(frame) and frame[at:at + 2] != b"\x02\x10":
            at += (int.from_bytes(frame[at + 2:at + 4], "big") + 3) & ~3
        self.assert_field(frame, layers, at + 4, 4, "Protocol Data", "Originating Point Code")
        sccp = at + 16
        self.assert_field(frame, layers, sccp, 1, "SCCP", "Message type")
        called = sccp + 2 + frame[sccp + 2]
        self.assert_field(frame, layers, called, 1, "Called party address", "Length")
        data = sccp + 4 + frame[sccp + 4]
        self.assert_field(frame, layers, data, 1, "Data", "Length")
        # Tag and length of the transaction (one or two octets of length), then the OTID's tag and length.
        otid = data + 1 + (2 if frame[data + 2] < 128 else 3)
        self.assertEqual(frame[otid], 0x48)
        node = self.field(layers, "Begin", "otid")
        self.assertEqual((node["offset"], node["octets"]), (otid + 2, frame[otid + 2:otid + 2 + frame[otid + 1]].hex()))
        self.assertEqual(node["octets"], line["tcap"]["otid"])
        self.assertEqual(self.field(layers, "TP-OA", "Address-Length")["octets"], frame[frame.index(node_text(layers, "sm-RP-UI")) + 1:][:1].hex())
        self.assertEqual(self.field(layers, "TCAP", "Begin", "components", "Invoke", "operationCode")["value"], "44 (mt-forwardSM)")
        self.assertEqual([layer["name"] for layer in layers],
                         ["Ethernet", "IPv4", "SCTP", "DATA", "M3UA", "SCCP", "TCAP", "MAP", "SMS TPDU"])

    def test_each_layer_of_an_smpp_message(self):
        path = self.capture("smpp-submit_sm")
        number, frame = next((n, f) for n, f in enumerate(frames(path), 1)
                             if f[23] == 6 and f[34 + (f[46] >> 4) * 4 + 4:][:4] == b"\0\0\0\4")
        (line,) = self.lines(path, "--frame", number)
        layers = line["layers"]
        self.assert_field(frame, layers, 34, 2, "TCP", "Source Port")
        self.assert_field(frame, layers, 38, 4, "TCP", "Sequence Number")
        smpp = 34 + (frame[46] >> 4) * 4
        self.assert_field(frame, layers, smpp, 4, "SMPP", "command_length")
        self.assert_field(frame, layers, smpp + 12, 4, "SMPP", "sequence_number")
        service_type = frame.index(b"\0", smpp + 16) + 1
        self.assert_field(frame, layers, service_type, 1, "SMPP", "source_addr_ton")
        source = frame[service_type + 2:frame.index(b"\0", service_type + 2)]
        self.assertEqual(self.field(layers, "SMPP", "source_addr")["value"], source.decode("latin-1"))
        self.assertEqual(line["smpp"]["sequence"], int.from_bytes(frame[smpp + 12:smpp + 16], "big"))

    def test_what_a_person_reads(self):
        path = self.capture("map-mt-v3")
        number = next(n for n, f in enumerate(frames(path), 1) if is_m3ua_data(f))
        result = self.explain(path, "--frame", number)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for pattern in (r"(?m)^ +0  14 octets +Ethernet$", r"(?m)^ +12  08 00 +EtherType: 0x0800 \(IPv4\)$",
                        r"(?m)^ +14  45 +Version, IHL: 0x45$", r"(?m)^ +0100 \.{4} +Version: 4$", r"(?m)^ +\.{4} 0101 +IHL: 5 \(20 octets\)$",
                        r"(?m)^ +\d+  \d+ octets {16}TCAP$", r"(?m)^ +\d+  62 [0-9a-f ]+ {2}Begin: tag \[APPLICATION 2\], length \d+$",
                        r"(?m)^ +\d+  \d+ octets {16}MAP$", r"(?m)^ +\d+  \d+ octets {16}SMS TPDU$",
                        r"(?m)^ +\d+  02 01 [0-9a-f]{2} +invokeID: \d+, tag INTEGER, length 1$",
                        r"(?m)^ +\d+  02 01 2c +operationCode: 44 \(mt-forwardSM\), tag INTEGER, length 1$",
                        r"(?m)^ +\d+  a0 11 +single-ASN1-type: tag \[0\], length 17$",
                        r"(?m)^ +\d+  a1 09 +application-context-name: tag \[1\], length 9$",
                        r"(?m)^ +\d+  06 07 +OBJECT IDENTIFIER: tag OBJECT IDENTIFIER, length 7$",
                        r"(?m)^ +\d+  04 00 00 01 00 19 03 +0\.4\.0\.0\.1\.0\.25\.3 \(shortMsgMT-RelayContext-v3\)$",
                        r"(?m)^ +\d+  04 [0-9a-f]{2} +sm-RP-UI: shown below, tag OCTET STRING, length \d+$", r"(?m)^Message 1 of 1$",
                        r"(?m)^  operation +mt-forwardSM$", r"(?m)^ +\d+  \d+ octets +mt-forwardSM$"):
            self.assertRegex(result.stdout, pattern)

    def test_every_octet_of_a_frame_that_was_read_is_shown(self):
        for mix in ("map-mt-v3", "tcap-indefinite", "sua", "m2pa", "m2ua", "sccp-ludt", "ip-v6-extensions", "link-vlan-mpls-map",
                    "ip-v4-options", "sctp-sack-bundled", "map-sendRoutingInfoForSM-v3", "smpp-submit_multi-list"):
            path = self.capture(mix, count=1)
            for number, frame in list(enumerate(frames(path), 1))[:12]:
                for line in self.lines(path, "--frame", number)[:1]:
                    shown = bytearray(len(frame))
                    for node in nodes(line["layers"]):
                        shown[node["offset"]:node["offset"] + node["length"]] = b"\1" * node["length"]
                    gaps = [at for at, seen in enumerate(shown) if not seen]
                    self.assertEqual(gaps, [], (mix, number, frame.hex()))


def node_text(layers, name):
    return next(bytes.fromhex(node["octets"]) for path, node in fields(layers) if path[-1] == name)


class OctetsFromALog(ExplainTest):
    FORMS = {"m3ua": M3UA, "sccp": SCCP, "tcap": TCAP, "sms-deliver": DELIVER, "sms-submit": SUBMIT, "smpp": SMPP}

    def test_every_form(self):
        for form, octets in self.FORMS.items():
            with self.subTest(form):
                (line,) = self.lines("--hex", octets, "--as", form)
                self.assertEqual(line["text"], "hellohello")
                self.assertEqual(line["kind"], "message")
                self.assertGreater(len(line["layers"]), 0)
                number = line["recipient" if form in ("sms-submit", "smpp") else "sender"]["address"]
                self.assertEqual(number, "447700900123")
                text = self.explain("--hex", octets, "--as", form)
                self.assertEqual((text.returncode, text.stderr), (0, ""))
                self.assertRegex(text.stdout, r"(?m)^  text +hellohello$")

    def test_octets_as_logs_write_them(self):
        pairs = [DELIVER[i:i + 2] for i in range(0, len(DELIVER), 2)]
        for octets in (DELIVER.lower(), " ".join(pairs), ":".join(pairs), "-".join(pairs), "\n".join(pairs) + "\n"):
            self.assertEqual(self.lines("--hex", octets, "--as", "sms-deliver")[0]["text"], "hellohello")

    def test_octets_with_prefixes(self):
        pairs = [DELIVER[i:i + 2] for i in range(0, len(DELIVER), 2)]
        for octets in ("0x" + DELIVER, ", ".join("0x" + pair for pair in pairs), " ".join("0X" + pair for pair in pairs)):
            self.assertEqual(self.lines("--hex", octets, "--as", "sms-deliver")[0]["text"], "hellohello")

    def test_several_smpp_pdus_are_all_shown(self):
        enquire_link = "00000010" "00000015" "00000000" "00000008"
        lines = self.lines("--hex", SMPP + enquire_link + SMPP, "--as", "smpp")
        self.assertEqual([line["text"] for line in lines if "text" in line], ["hellohello"] * 2)
        self.assertEqual([line["item"] for line in lines if "text" in line], [0, 2])
        ids = [field["octets"] for path, field in fields(lines[0]["layers"]) if path[-1] == "command_id"]
        self.assertEqual(ids, ["00000004", "00000015", "00000004"])
        text = self.explain("--hex", SMPP + enquire_link, "--as", "smpp").stdout
        self.assertRegex(text, r"(?m)^ +4  00 00 00 04 +command_id: 0x00000004 \(submit_sm\)$")
        cut = self.explain("--hex", SMPP + enquire_link[:-2], "--as", "smpp").stdout
        self.assertIn("hellohello", cut)
        self.assertIn(f"Note: smpp.truncated at octet {len(SMPP) // 2 + 12}\n", cut)

    def test_an_event_holds_nothing_that_octets_cannot_tell(self):
        for form, octets in self.FORMS.items():
            (line,) = self.lines("--hex", octets, "--as", form)
            for name in ("time", "frame", "answers"):
                self.assertNotIn(name, line, form)
            for name in ("protocol", "component"):
                self.assertEqual(name in line, not form.startswith("sms-"), form)

    def test_octets_that_cannot_be_read_say_where(self):
        # SCCP's pointer to data, octet 4, leads out of the message; it is refused behind the pointers.
        broken = SCCP[:8] + "F0" + SCCP[10:]
        (line,) = self.lines("--hex", broken, "--as", "sccp")
        self.assertEqual(line["notes"][0], "sccp.bad_pointer at octet 5")

    def test_octets_that_cannot_be_read_say_why(self):
        (line,) = self.lines("--hex", DELIVER[:20], "--as", "sms-deliver")
        self.assertIn("layers", line)
        result = self.explain("--hex", TCAP[:-10], "--as", "tcap")
        self.assertEqual(result.returncode, 0)
        self.assertIn("Note: ", result.stdout)


class WhatGoesWrong(ExplainTest):
    def test_a_frame_that_is_not_there_is_status_1(self):
        path = self.capture("map-mt-v3")
        count = len(list(frames(path)))
        self.assert_refused(1, path, f"{count} packets", count + 1, arguments=(path, "--frame", count + 1))

    def test_a_capture_that_cannot_be_read_is_status_1(self):
        self.assert_refused(1, "absent.pcap", arguments=("absent.pcap", "--frame", 1))

    def test_arguments_that_are_wrong_are_status_2(self):
        for arguments, word in [
            ((), "capture"),
            (("in.pcap",), "--frame"),
            (("in.pcap", "--frame", "0"), "--frame"),
            (("in.pcap", "--frame", "one"), "--frame"),
            (("in.pcap", "--frame=-1"), "--frame -1: expected the packet's number"),
            (("in.pcap", "--frame", "-1"), "--frame"),
            (("in.pcap", "--frame", "1x"), "--frame 1x"),
            (("in.pcap", "--frame", "99999999999999999999"), "--frame 99999999999999999999"),
            (("in.pcap", "--frame", ""), "--frame"),
            (("in.pcap", "--frame", "1", "--as", "tcap"), "either"),
            (("in.pcap", "--frame", "1", "--hex", "00", "--as", "tcap"), "either"),
            (("--hex", DELIVER), "--as"),
            (("--hex", DELIVER, "--as", "sms"), "sms-submit"),
            (("--hex", "", "--as", "tcap"), "no octets"),
            (("--hex", "0", "--as", "tcap"), "digit is missing"),
            (("--hex", "0g", "--as", "tcap"), "'g'"),
            (("--hex", "0 0", "--as", "tcap"), "place 2"),
            (("--hex", "00 0x", "--as", "tcap"), "place 5"),
            (("--hex", "00\x1b", "--as", "tcap"), "'\\x1b' at place 3"),
        ]:
            with self.subTest(arguments):
                self.assert_refused(2, word, "--help", arguments=arguments)


if __name__ == "__main__":
    tap.main()
