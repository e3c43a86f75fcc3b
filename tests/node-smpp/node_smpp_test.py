#!/usr/bin/env python3
"""node-smpp, an SMPP implementation of others, writes PDUs that tollgate must read, and reads those of the generator.
Environment: TOLLGATE, TOLLGATE_TRAFFIC: the programs. Needs node and its package smpp, which scripts/set-up installs;
skips without."""
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "cases")]
import node_smpp
import tap
import wire

TOLLGATE = os.environ.get("TOLLGATE", str(HERE.parents[1] / "build/tollgate"))
TRAFFIC = os.environ.get("TOLLGATE_TRAFFIC", str(HERE.parents[1] / "build/tollgate-traffic"))

SOURCE = {"source_addr_ton": 5, "source_addr_npi": 0, "source_addr": "ACME"}
NUMBER = {"source_addr_ton": 1, "source_addr_npi": 1, "source_addr": "447700900101"}
DESTINATION = {"dest_addr_ton": 1, "dest_addr_npi": 1, "destination_addr": "447700900123"}
TEXT = {"short_message": "Hello @ {5 \u20ac}", "data_coding": 0}
MULTI = [{"dest_addr_ton": 1, "dest_addr_npi": 1, "destination_addr": "447700900111"}, {"dl_name": "friends"},
         {"dest_addr_ton": 2, "dest_addr_npi": 1, "destination_addr": "7700900112"}]
FAILED = [{"dest_addr_ton": 1, "dest_addr_npi": 1, "destination_addr": "447700900111", "error_status_code": 0x0B}]
BIND = {"system_id": "acme", "password": "secret", "system_type": "", "interface_version": 0x34}

# From the ESME, in its order; (command, options).
REQUESTS = [
    ("bind_transceiver", BIND),
    ("submit_sm", {**SOURCE, **DESTINATION, **TEXT, "protocol_id": 0x40, "registered_delivery": 1}),
    ("submit_sm", {**SOURCE, **DESTINATION, "short_message": "\u041f\u0440\u0438\u0432\u0435\u0442 \U0001F600", "data_coding": 8}),
    ("submit_sm", {**SOURCE, **DESTINATION, "short_message": "d\u00e9j\u00e0 vu", "data_coding": 3}),
    ("submit_sm", {**SOURCE, **DESTINATION, "short_message": "plain", "data_coding": 1, "user_message_reference": 77,
                   "sar_msg_ref_num": 9, "sar_total_segments": 2, "sar_segment_seqnum": 1, "dest_port": 2948}),
    ("data_sm", {**SOURCE, **DESTINATION, "data_coding": 0, "message_payload": "in the payload"}),
    ("submit_multi", {**SOURCE, **TEXT, "dest_address": MULTI}),
    ("query_sm", {**NUMBER, "message_id": "m1"}),
    ("cancel_sm", {**NUMBER, **DESTINATION, "message_id": "m1"}),
    ("replace_sm", {**NUMBER, "message_id": "m1"}),
    ("enquire_link", {}), ("deliver_sm_resp", {"message_id": ""}), ("unbind", {}),
]
# From the message centre.
ANSWERS = [
    ("bind_transceiver_resp", {"system_id": "centre", "sc_interface_version": 0x34}),
    ("submit_sm_resp", {"message_id": "m1"}),
    ("submit_sm_resp", {"command_status": 0x58}),
    ("data_sm_resp", {"message_id": "m2"}),
    ("submit_multi_resp", {"message_id": "m3", "unsuccess_sme": FAILED}),
    ("deliver_sm", {**NUMBER, **DESTINATION, "esm_class": 4, "data_coding": 1, "short_message": "id:m1 stat:DELIVRD",
                    "receipted_message_id": "m1", "message_state": 2}),
    ("query_sm_resp", {"message_id": "m1", "message_state": 2}),
    ("cancel_sm_resp", {}), ("replace_sm_resp", {}), ("alert_notification", {**NUMBER, "esme_addr": "60777"}),
    ("generic_nack", {"command_status": 3}), ("enquire_link", {}), ("unbind_resp", {}),
]
# Where an event has what node-smpp was told.
PLACES = {
    "source_addr": ("sender", "address"), "source_addr_ton": ("sender", "ton"), "source_addr_npi": ("sender", "npi"),
    "destination_addr": ("recipient", "address"), "dest_addr_ton": ("recipient", "ton"), "dest_addr_npi": ("recipient", "npi"),
    "esme_addr": ("recipient", "address"), "esm_class": ("smpp", "esm_class"), "protocol_id": ("pid",),
    "data_coding": ("dcs",), "short_message": ("text",), "message_payload": ("text",),
    "message_id": ("smpp", "message_id"), "command_status": ("smpp", "status"),
    "sar_msg_ref_num": ("parts", "ref"), "sar_total_segments": ("parts", "total"), "sar_segment_seqnum": ("parts", "seq"),
    "user_message_reference": ("smpp", "tlvs", "user_message_reference"), "dest_port": ("ports", "destination"),
    "receipted_message_id": ("smpp", "tlvs", "receipted_message_id"), "message_state": ("smpp", "tlvs", "message_state"),
    "sc_interface_version": ("smpp", "tlvs", "SC_interface_version")}
# Parameters that node-smpp 0.5.1 reads with another size than the standard gives them: source_telematics_id (SMPP 3.4
# 5.3.2.8: one octet), dest_addr_np_country (SMPP 5.0 4.8.4.19: one octet to five), alert_on_message_delivery (SMPP 3.4
# 5.3.2.41: none); a PDU that is larger than the 16 KiB it takes.
NOT_READ = {"smpp-tlv-0010", "smpp-tlv-0613", "smpp-tlv-130c", "smpp-message_payload-longest"}


def node(lines):
    run = subprocess.run(["node", HERE / "pdus.js"], env=node_smpp.environment(), input="".join(json.dumps(line) + "\n" for line in lines),
                         capture_output=True, text=True, timeout=60, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def field(event, path):
    for name in path:
        event = event.get(name, {}) if isinstance(event, dict) else {}
    return event


def destinations(told):
    """As an event has them."""
    types = {1: "international", 2: "national"}
    for one in told:
        if "dl_name" in one:
            yield one
        else:
            ton = one["dest_addr_ton"]
            yield {"address": one["destination_addr"], "type": types[ton], "ton": ton, "npi": one["dest_addr_npi"],
                   **({"error": "ESME_RINVDSTADR"} if "error_status_code" in one else {})}


def is_cut(event):
    """A part that begins or ends inside of a character: JavaScript shows half a surrogate pair as such."""
    return "\ufffd" in event["text"] or "parts" in event and event["text"].endswith(" ")


def smpp_pdus(capture):
    """((source port, destination port), octets) of each PDU in undisturbed TCP over IPv4 and IPv6; the streams of a capture are in order."""
    content, at, streams = capture.read_bytes(), 24, {}
    while at < len(content):
        length = struct.unpack_from("<I", content, at + 8)[0]
        packet = content[at + 16 + 14:at + 16 + length]
        at += 16 + length
        v6 = packet[0] >> 4 == 6
        size = (40 + struct.unpack_from(">H", packet, 4)[0]) if v6 else struct.unpack_from(">H", packet, 2)[0]
        segment = packet[40 if v6 else (packet[0] & 15) * 4:size]
        ends = packet[8:40] if v6 else packet[12:20]
        stream = streams.setdefault(ends + segment[:4], bytearray())
        stream += segment[(segment[12] >> 4) * 4:]
        while len(stream) >= 4 and len(stream) >= (size := struct.unpack_from(">I", stream)[0]):
            yield struct.unpack_from(">HH", segment), bytes(stream[:size])
            del stream[:size]


@unittest.skipIf(node_smpp.cannot(), node_smpp.cannot())
class NodeSmpp(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def replay(self, frames):
        (self.folder / "in.pcap").write_bytes(wire.pcap(frames))
        subprocess.run([TOLLGATE, "replay", "in.pcap", "--out", "out.pcap", "--events", "events", "--all"], check=True,
                       cwd=self.folder, capture_output=True, timeout=60)
        return [json.loads(line) for line in (self.folder / "events").read_text().splitlines()]

    def test_tollgate_reads_what_node_smpp_writes(self):
        told = [(False, *pdu) for pdu in REQUESTS] + [(True, *pdu) for pdu in ANSWERS]
        written = node({"command": command, "options": {**options, "sequence_number": i}}
                       for i, (_, command, options) in enumerate(told, 1))
        frames = [wire.tcp(b"", 999, flags=0x02), wire.tcp(b"", 4_999, reverse=True, flags=0x12, acknowledgement=1_000)]
        sequence = {False: 1_000, True: 5_000}
        for (back, _, _), pdu in zip(told, written):
            octets = bytes.fromhex(pdu["octets"])
            frames.append(wire.tcp(octets, sequence[back], reverse=back, acknowledgement=sequence[not back]))
            sequence[back] += len(octets)
        events = self.replay(frames)
        self.assertEqual([event["operation"] for event in events], [command for _, command, _ in told])
        compared = 0
        for i, (event, (_, command, options)) in enumerate(zip(events, told), 1):
            self.assertEqual(event["smpp"]["sequence"], i)
            for name, value in options.items():
                if name not in PLACES or value == "" or (command, name) == ("query_sm_resp", "message_state"):
                    continue
                compared += 1
                self.assertEqual(field(event, PLACES[name]), value, f"{command}: {name}")
            if "dest_address" in options:
                self.assertEqual(event["smpp"]["destinations"], list(destinations(options["dest_address"])))
            if "unsuccess_sme" in options:
                self.assertEqual(event["smpp"]["unsuccess_smes"], list(destinations(options["unsuccess_sme"])))
        self.assertGreater(compared, 80)

    def test_node_smpp_reads_what_the_generator_writes(self):
        mixes = [line.split()[0] for line in subprocess.check_output([TRAFFIC, "--list-mixes"], text=True).splitlines()]
        compared = 0
        for mix in (m for m in mixes if m.startswith("smpp-") and m not in NOT_READ):
            capture, truth = self.folder / "x.pcap", self.folder / "x.jsonl"
            subprocess.run([TRAFFIC, "--out", capture, "--truth", truth, "--mix", mix, "--count", "2"], check=True)
            events = [json.loads(line) for line in truth.read_text().splitlines()]
            found = list(smpp_pdus(capture))
            pdus = {(ports, pdu["sequence_number"], pdu["command"]): pdu
                    for (ports, _), pdu in zip(found, node({"octets": octets.hex()} for _, octets in found))}
            for event in events:
                with self.subTest(mix=mix, frame=event["frame"]):
                    ports = event["origin"]["port"], event["destination"]["port"]
                    pdu = pdus[ports, event["smpp"]["sequence"], event["operation"]]
                    for name, path in PLACES.items():
                        if name not in pdu or field(event, path) == {} or path == ("text",):
                            continue
                        compared += 1
                        self.assertEqual(pdu[name], field(event, path), name)
                    if event.get("text") and event["dcs"] in (0, 3, 8) and not is_cut(event):
                        compared += 1
                        contents = [pdu.get(name, {}).get("message") for name in ("short_message", "message_payload")]
                        self.assertIn(event["text"], contents)
        self.assertGreater(compared, 500)


if __name__ == "__main__":
    tap.main()
