"""What `tollgate replay` says of a capture: events as records in the fields that tests/captures/tshark.py reads too."""
import json
import os
import pathlib
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parents[2]
TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))

COMMANDS = {
    "bind_receiver": 0x1, "bind_transmitter": 0x2, "query_sm": 0x3, "submit_sm": 0x4, "deliver_sm": 0x5,
    "unbind": 0x6, "replace_sm": 0x7, "cancel_sm": 0x8, "bind_transceiver": 0x9, "outbind": 0xb,
    "enquire_link": 0x15, "submit_multi": 0x21, "alert_notification": 0x102, "data_sm": 0x103,
    "broadcast_sm": 0x111, "query_broadcast_sm": 0x112, "cancel_broadcast_sm": 0x113}
COMMANDS.update({name + "_resp": code | 0x80000000 for name, code in list(COMMANDS.items())})
COMMANDS["generic_nack"] = 0x80000000


class Replay:
    """One run. `summary`, `warnings`, and {frame: [record]} in `records`."""

    def __init__(self, capture, folder, *options):
        self.out = pathlib.Path(folder, "out.pcap")
        events = pathlib.Path(folder, "events.jsonl")
        run = subprocess.run([TOLLGATE, "replay", str(capture), "--all", "--json", "--events", str(events), "--out",
                              str(self.out), *options], capture_output=True, check=True)
        self.summary = json.loads(run.stdout)
        self.warnings = run.stderr.decode()
        self.records = {}
        for line in events.open(encoding="utf-8"):
            event = json.loads(line)
            self.records.setdefault(event["frame"], []).append(record(event))

    def bad_checksums(self):
        return {name: count for name, count in self.summary["errors"].items() if name.endswith(".bad_checksum")}


def address(out, event, side):
    if side in event:
        out[side] = event[side]["address"]
        out[side + "_ton"] = event[side]["ton"]


def record(event):
    out = {"protocol": event["protocol"], "pid": event.get("pid"), "dcs": event.get("dcs"),
           "text": event.get("text") or None,  # tshark has no field for an empty text
           "answers": event.get("answers", {}).get("frame")}
    address(out, event, "sender")
    address(out, event, "recipient")
    if event["protocol"] == "smpp":
        smpp = event["smpp"]
        out.update(command=COMMANDS.get(event["operation"], event["operation"]), sequence=smpp["sequence"],
                   status=smpp.get("status"), message_id=smpp.get("message_id"), system_id=smpp.get("system_id"))
        return out
    tcap = event["tcap"]
    out.update(component=event["component"], operation=event.get("operation"), error=event.get("error"),
               invoke=tcap.get("invoke"), otid=tcap.get("otid"), dtid=tcap.get("dtid"), context=tcap.get("context"),
               version=tcap.get("version"), opc=event["origin"].get("pc"), dpc=event["destination"].get("pc"),
               calling_gt=event["origin"].get("gt"), calling_ssn=event["origin"].get("ssn"),
               called_gt=event["destination"].get("gt"), called_ssn=event["destination"].get("ssn"),
               imsi=event.get("imsi"), service_centre=event.get("service_centre", {}).get("address"))
    return out


def differences(ours, theirs):
    """(frame, item, field, ours, tshark's) of each field in which two readings differ."""
    for frame in sorted({*ours, *theirs}):
        a, b = ours.get(frame, []), theirs.get(frame, [])
        if len(a) != len(b):
            yield frame, 0, "components", len(a), len(b)
        for item, (mine, other) in enumerate(zip(a, b)):
            for field in sorted({*mine, *other}):
                if mine.get(field) != other.get(field):
                    yield frame, item, field, mine.get(field), other.get(field)
