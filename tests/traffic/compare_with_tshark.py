#!/usr/bin/env python3
"""tshark reads what tollgate-traffic writes, and the truth says the same.

usage: compare_with_tshark.py TOLLGATE_TRAFFIC
Every option of the generator is written once; tshark must not call an undamaged frame malformed, and must
find the same fields as the truth in the same frames. What tshark reads otherwise than the standard is in
DIFFERENCES, with the clause. Exit status 77 (skipped) where tshark is not installed.
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

OPERATIONS = {
    "updateLocation": 2, "cancelLocation": 3, "provideRoamingNumber": 4, "insertSubscriberData": 7,
    "sendRoutingInfo": 22, "updateGprsLocation": 23, "mt-forwardSM": 44, "sendRoutingInfoForSM": 45,
    "mo-forwardSM": 46, "reportSM-DeliveryStatus": 47, "alertServiceCentreWithoutResult": 49,
    "sendAuthenticationInfo": 56, "processUnstructuredSS-Request": 59, "unstructuredSS-Request": 60,
    "informServiceCentre": 63, "alertServiceCentre": 64, "readyForSM": 66, "purgeMS": 67,
    "provideSubscriberInfo": 70, "anyTimeInterrogation": 71}
COMMANDS = {
    "bind_receiver": 0x1, "bind_transmitter": 0x2, "query_sm": 0x3, "submit_sm": 0x4, "deliver_sm": 0x5,
    "unbind": 0x6, "replace_sm": 0x7, "cancel_sm": 0x8, "bind_transceiver": 0x9, "outbind": 0xb,
    "enquire_link": 0x15, "submit_multi": 0x21, "alert_notification": 0x102, "data_sm": 0x103,
    "broadcast_sm": 0x111, "query_broadcast_sm": 0x112, "cancel_broadcast_sm": 0x113}
COMMANDS.update({name + "_resp": code | 0x80000000 for name, code in list(COMMANDS.items())})
COMMANDS["generic_nack"] = 0x80000000

# TS 23.040 9.2.3.1: TP-MTI, of which tshark knows the direction as well.
TPDU_TYPES = {"SMS-DELIVER": 0, "SMS-DELIVER-REPORT": 0, "SMS-SUBMIT": 1, "SMS-SUBMIT-REPORT": 1, "SMS-STATUS-REPORT": 2,
              "SMS-COMMAND": 2}
TPDU_FIELDS = {"message_reference": "gsm_sms.tp-mr", "failure_cause": "gsm_sms.tp-fcs",
               "command_type": "gsm_sms.tp.command_type"}

FIELDS = ["frame.number", "_ws.malformed", "gsm_old.localValue", "gsm_old.opCode", "gsm_old.globalValue", "e212.imsi",
          "sccp.called.digits", "sccp.calling.digits",
          "sua.destination.global_title_digits", "sua.source.global_title_digits", "gsm_sms.tp-oa", "gsm_sms.tp-da", "gsm_sms.tp-pid",
          "gsm_sms.tp-mti", "gsm_sms.tp-mr", "gsm_sms.tp-fcs", "gsm_sms.tp.command_type",
          "gsm_sms.dis_field.st_error", "gsm_sms.dis.field_st_reason",
          "gsm_sms.tp-dcs", "gsm_sms.sms_text", "smpp.command_id", "smpp.sequence_number",
          "smpp.command_status", "smpp.source_addr", "smpp.destination_addr", "smpp.esme_addr", "smpp.data_coding",
          "smpp.message_text", "smpp.message_id", "tcap.otid", "tcap.dtid",
          "sccp.message_type", "sccp.segmentation.slr", "sua.parameter_tag", "smpp.opt_param_tag", "tcp.len"]
OPTIONS = ["tcp.reassemble_out_of_order:TRUE", "sctp.reassembly:TRUE", "smpp.reassemble_smpp_over_tcp:TRUE", "smpp.decode_sms_over_smpp:gsm7",
           "gsm_sms.reassemble:FALSE", "sccp.defragment_xudt:TRUE",
           "sctp.checksum:CRC-32C", "tcp.check_checksum:TRUE"]
SUA_PORT = 14001
NOT_READ = ("damaged", "unread")  # tshark has one variant of MTP3 for a capture, and TCAP by subsystem



def national_language(event):
    """An element 0x24 or 0x25 stands in the header."""
    udh = bytes.fromhex(event.get("udh", ""))
    at = 1
    while at + 1 < len(udh):
        if udh[at] in (0x24, 0x25):
            return True
        at += 2 + udh[at + 1]
    return False


def ends_in_escape(frame, event, field):
    """The event shows an escape at the very end as a space, tshark as U+FFFD or not at all."""
    text = event["text"]
    return event["coding"] == "gsm7" and text[-1:] == " " and text[:-1] in (v.rstrip("\ufffd") for v in frame[field])


LUDT = "0x13"
SUA_SEGMENTATION = "0x0117"
BROADCAST_REP_NUM = "0x0604"

# Where tshark 4.0 reads otherwise, and why it is tshark that is wrong: (reason, where it holds). `event` is None
# for what is said of the frame as a whole (that it is malformed).
DIFFERENCES = [
    ("TS 23.038 6.2.1.2: tshark has the default alphabet alone, no national language tables",
     lambda seen, n, event, field, damaged: field == "gsm_sms.sms_text" and national_language(event)),
    ("TS 23.038 6.2.1 note 1: an escape that is not understood is displayed as a space",
     lambda seen, n, event, field, damaged: field.endswith("_text") and ends_in_escape(seen[n], event, field)),
    ("Q.713 4.20, Q.714 4.1.1.2.3: tshark puts together the segments of XUDT, not those of LUDT",
     lambda seen, n, event, field, damaged: LUDT in seen[n]["sccp.message_type"]
     and (seen[n]["sccp.segmentation.slr"] or event is None)),
    ("RFC 3868 3.10.23: tshark does not put together the segments of SUA",
     lambda seen, n, event, field, damaged: SUA_SEGMENTATION in seen[n]["sua.parameter_tag"]),
    ("RFC 9260 6.8, RFC 1122 3.2.1: a damaged packet is discarded, so its TSN was not received; tshark takes the "
     "good copy for a repetition",
     lambda seen, n, event, field, damaged: n - 1 in damaged and event and event["protocol"] == "map"),
    ("SMPP 5.0 4.8.4.8: broadcast_rep_num has two octets; tshark reads one",
     lambda seen, n, event, field, damaged: BROADCAST_REP_NUM in seen[n]["smpp.opt_param_tag"]),
    ("SMPP 3.4 5.2.21: an sm_length above 0 says that short_message holds the text; beside a message_payload tshark "
     "shows the payload alone",
     lambda seen, n, event, field, damaged: field == "smpp.message_text"
     and "message_payload" in event["smpp"].get("tlvs", {})),
    ("SMPP 3.4 5.3.2.32: a message_payload has up to 65,535 octets; tshark takes no PDU above 64 KiB for SMPP",
     lambda seen, n, event, field, damaged: event and event["protocol"] == "smpp" and not seen[n]["smpp.command_id"]
     and len(event.get("text", "")) == 65_535),
    ("RFC 9293 3.4: a segment may end anywhere; tshark gives up where one begins a PDU with fewer than 16 octets",
     lambda seen, n, event, field, damaged: event and event["protocol"] == "smpp" and not seen[n]["smpp.command_id"]
     and any(0 < int(v) < 16 for m in range(max(1, n - 14), n + 1) for v in seen[m]["tcp.len"])),
]


def read_with_tshark(capture):
    command = ["tshark", "-r", str(capture), "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=\x1f",
               "-E", "separator=\x1e"]
    command += ["-d", "tcp.port==2775,smpp"]
    for option in OPTIONS:
        command += ["-o", option]
    for field in FIELDS:
        command += ["-e", field]
    run = subprocess.run(command, capture_output=True)
    if run.returncode != 0:
        sys.exit(run.stderr.decode())
    # tshark writes each half of a surrogate pair as a character of its own.
    text = run.stdout.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    frames = {}
    for line in text.split("\n"):
        if line:
            values = [v.split("\x1f") if v else [] for v in line.split("\x1e")]
            frames[int(values[0][0])] = dict(zip(FIELDS, values))
    return frames


def expected(event):
    """(field, value) pairs that tshark must have in the event's frame."""
    smpp = event["protocol"] == "smpp"
    if smpp:
        yield "smpp.command_id", COMMANDS[event["operation"]]
        yield "smpp.sequence_number", event["smpp"]["sequence"]
        if "_resp" in event["operation"] or event["operation"] == "generic_nack":
            yield "smpp.command_status", event["smpp"]["status"]
        if "message_id" in event["smpp"]:
            yield "smpp.message_id", event["smpp"]["message_id"]
        if "sender" in event:
            yield "smpp.source_addr", event["sender"]["address"]
        if "recipient" in event:
            # SMPP 3.4 4.12.1: the alert goes to an ESME, and tshark names the field so.
            alert = event["operation"] == "alert_notification"
            yield "smpp.esme_addr" if alert else "smpp.destination_addr", event["recipient"]["address"]
        if "dcs" in event:
            yield "smpp.data_coding", event["dcs"]
        if event.get("text") and event["coding"] in ("gsm7", "ascii", "latin1", "ucs2"):
            yield "smpp.message_text", event["text"]
        return
    if event["component"] == "invoke":
        if event["operation"][0].isdigit():
            yield "gsm_old.globalValue", event["operation"]
            return
        code = OPERATIONS[event["operation"]]
        if event["operation"] == "mt-forwardSM" and event["tcap"]["version"] < 3:
            code = 46
        yield "operation", code
    if "imsi" in event:
        yield "e212.imsi", event["imsi"]
    sua = event["origin"].get("port") == SUA_PORT
    titles = ("sua.destination.global_title_digits", "sua.source.global_title_digits")
    for side, field in zip(("destination", "origin"), titles if sua else ("sccp.called.digits", "sccp.calling.digits")):
        if "gt" in event[side]:
            yield field, event[side]["gt"]
    for name in ("otid", "dtid"):
        if name in event["tcap"]:
            yield "tcap." + name, event["tcap"][name]
    tpdu = event.get("tpdu", {})
    if tpdu:
        yield "gsm_sms.tp-mti", TPDU_TYPES[tpdu["type"]]
    for name, field in TPDU_FIELDS.items():
        if name in tpdu:
            yield field, tpdu[name]
    if "status" in tpdu:  # 9.2.3.15
        yield "gsm_sms.dis_field.st_error", tpdu["status"] >> 5 & 3
        yield "gsm_sms.dis.field_st_reason", tpdu["status"] & 31
    if "dcs" in event:
        yield "gsm_sms.tp-pid", event["pid"]
        yield "gsm_sms.tp-dcs", event["dcs"]
        mo = event["direction"] == "mo"
        yield ("gsm_sms.tp-da", event["recipient"]["address"]) if mo else ("gsm_sms.tp-oa", event["sender"]["address"])
    if event.get("text"):
        yield "gsm_sms.sms_text", event["text"]


def number(text):
    return int(text, 0)


def found(frame, field, value):
    if field == "operation":
        seen = [number(v) for v in frame["gsm_old.localValue"] + frame["gsm_old.opCode"] if v.isdigit()]
    elif isinstance(value, int):
        seen = [number(v) for v in frame[field]]
    else:
        seen = frame[field]
    if "digits" in field:
        seen = [v.rstrip("f") for v in seen]
    if field in ("gsm_sms.sms_text", "smpp.message_text"):
        value = value.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
        seen = [v.replace("\\\\", "\\") for v in seen] + seen
    return value in seen, seen


def differs(frames, n, event, field, damaged):
    return any(holds(frames, n, event, field, damaged) for _, holds in DIFFERENCES)


def problems(frames, events):
    damaged = {e["frame"] for e in events if e["kind"] in NOT_READ}
    for n, frame in frames.items():
        if frame["_ws.malformed"] and n not in damaged and not differs(frames, n, None, "_ws.malformed", damaged):
            yield f"frame {n}: malformed"
    for event in events:
        if event["kind"] in NOT_READ:
            continue
        n = event["frame"]
        for field, value in expected(event):
            good, seen = found(frames[n], field, value)
            if not good and not differs(frames, n, event, field, damaged):
                yield f"frame {n}: {field} is {value!r:.300}, tshark has {seen!r:.300}"


def main():
    program = sys.argv[1]
    if shutil.which("tshark") is None:
        print("tshark is not installed")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        capture, truth = pathlib.Path(folder, "all.pcap"), pathlib.Path(folder, "all.jsonl")
        subprocess.run([program, "--out", capture, "--truth", truth, "--mix", "all", "--rate", "20"], check=True)
        events = [json.loads(line) for line in truth.read_text().splitlines()]
        frames = read_with_tshark(capture)
    compared = sum(1 for event in events if event["kind"] not in NOT_READ)
    found_problems = list(problems(frames, events))
    print("\n".join(found_problems))
    print(f"{compared} events in {len(frames)} frames, {len(found_problems)} differences that are not listed")
    sys.exit(1 if found_problems or compared < 1000 else 0)


main()
