"""tshark's reading of a capture: one record a MAP component or SMPP PDU, in the fields of Tollgate's events.

What an event knows from an earlier packet of its dialogue (the operation that a result answers, the application
context) is here taken from what tshark read in that earlier packet.
"""
import dataclasses
import os
import re
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree

OPTIONS = ["sctp.checksum:None", "tcp.check_checksum:FALSE", "ip.check_checksum:FALSE", "sctp.reassembly:TRUE",
           "tcp.desegment_tcp_streams:TRUE", "tcp.reassemble_out_of_order:TRUE", "sccp.defragment_xudt:TRUE",
           "gsm_sms.reassemble:FALSE", "smpp.reassemble_smpp_over_tcp:TRUE", "smpp.decode_sms_over_smpp:gsm7"]
CHECKSUMS = ["sctp.checksum:CRC-32C", "tcp.check_checksum:TRUE", "ip.check_checksum:TRUE"]
DECODE_AS = ["tcp.port==2775,smpp"]


def command(capture, *arguments, options=()):
    settings = [x for option in [*OPTIONS, *options] for x in ("-o", option)]
    decode_as = [x for rule in DECODE_AS for x in ("-d", rule)]
    return ["tshark", "-n", "-r", str(capture), *settings, *decode_as, *arguments]


def environment():
    """tshark with its defaults, whatever the person who runs this has set."""
    return {**os.environ, "WIRESHARK_CONFIG_DIR": "/nonexistent", "LC_ALL": "C.UTF-8"}


def run(capture, *arguments, options=()):
    return subprocess.run(command(capture, *arguments, options=options), env=environment(), check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout


def bad_checksums(capture):
    """{layer: [frame]} of what tshark calls bad. What is wrong at IP is not looked at again."""
    columns = [x for layer in ("ip", "sctp", "tcp") for x in ("-e", f"{layer}.checksum.status")]
    out = {}
    for line in run(capture, "-T", "fields", "-e", "frame.number", *columns, options=CHECKSUMS).decode().splitlines():
        frame, *states = line.split("\t")
        for layer, state in zip(("ip", "sctp", "tcp"), states):
            if state.split(",")[0] == BAD:
                out.setdefault(layer, []).append(int(frame))
                break
    return out


BAD = "0"


# ---- the tree of one frame

def fields(element, name):
    """All fields of that name below `element`, in the order of the octets. `name` may end with `*`."""
    if name.endswith("*"):
        return [e for e in element.iter("field") if e.get("name", "").startswith(name[:-1])]
    return [e for e in element.iter("field") if e.get("name") == name]


def first(element, *names):
    for name in names:
        if found := fields(element, name):
            return found[0]
    return None


def show(element, *names):
    found = first(element, *names)
    return None if found is None else found.get("show")


def number(element, *names):
    shown = show(element, *names)
    return None if shown is None else int(shown, 0)


def named_value(field):
    """`localValue: sendRoutingInfoForSM (45)` or `forwardSM (46)`: the name, the number."""
    name = re.sub(r" \((-?\d+|0x\w+)\)$", "", field.get("showname")).split(": ")[-1].strip()
    value = int(field.get("show"), 0)
    return (str(value) if name == "Unknown" else name), value


def digits(octets):
    """Of a TBCD string, TS 29.002 17.7.8."""
    out = "".join("0123456789*#abcf"[n] for octet in octets for n in (octet & 15, octet >> 4))
    return out[:-1] if out.endswith("f") else out


def address_string(field):
    """Digits and type of number of an AddressString: as tshark writes them; where its plan is not E.164, tshark
    gives the octets alone."""
    octets = bytes.fromhex(field.get("value"))
    shown = show(field, "e164.msisdn")
    return (shown if shown is not None else digits(octets[1:])), (octets[0] >> 4) & 7


# ---- SS7

@dataclasses.dataclass
class Transaction:
    """What tshark has shown of one end of a dialogue."""
    context: tuple = (None, None)
    invokes: dict = dataclasses.field(default_factory=dict)  # invokeID: (frame, operation)
    subscriber: dict = dataclasses.field(default_factory=dict)


class Unknown:
    """What tshark does not tell: as good as any value."""

    def __eq__(self, _):
        return True


class Dialogues:
    """Reads frames in order."""

    def __init__(self):
        self.transactions, self.sessions = {}, Sessions()
        self.unread_tpdus = 0

    def records(self, packet):
        """The records of a frame, in the order of its components."""
        self.frame = int(first(packet, "num").get("show"))
        out, lower, tcap, stream, in_tpdu = [], {}, None, None, False
        for proto in packet.findall("proto"):
            name = proto.get("name")
            if name == "tcp":
                stream = number(proto, "tcp.stream")
            elif name in ("m3ua", "mtp3"):
                lower = {"opc": number(proto, "mtp3.opc"), "dpc": number(proto, "mtp3.dpc")}
            elif name in ("sccp", "sua"):
                lower = {**{"opc": lower.get("opc"), "dpc": lower.get("dpc")}, **PARTIES[name](proto)}
            elif name == "tcap":
                tcap = self.transaction(proto, lower)
                out += self.aborted(proto, tcap, lower)
            elif name == "gsm_map" and (component := first(proto, "gsm_map.old.Component")) is not None:
                out.append(self.component(component, tcap, lower))
            elif name == "gsm_sms" and out:
                in_tpdu = True
                out[-1].update(tpdu(proto))
            elif name == "_ws.malformed" and in_tpdu:
                # tshark has run out of octets inside the TPDU. It shows the fields before, but no text that is cut.
                out[-1]["text"] = Unknown()
                self.unread_tpdus += 1
            elif name == "smpp":
                out.append(self.sessions.record(proto, self.frame, stream))
        return out

    def transaction(self, proto, lower):
        otid, dtid = ((found.get("value") if (found := first(proto, "tcap." + name)) is not None else None)
                      for name in ("otid", "dtid"))
        # An identifier is unique at the node that chose it.
        here = lower.get("calling_gt") or lower.get("opc"), otid
        there = lower.get("called_gt") or lower.get("dpc"), dtid
        named = application_context(proto)
        if lower.get("returned"):  # it was sent by the end that it now comes back to
            mine = theirs = self.transactions.get((there[0], otid), Transaction())
        else:
            if otid is not None and (dtid is None or here not in self.transactions):
                self.transactions[here] = Transaction()
            mine = self.transactions.get(here, Transaction())
            theirs = self.transactions.get(there, Transaction())
            if otid is not None and dtid is None and named == (None, None):
                named = (None, 1)  # a dialogue without a dialogue portion is of MAP version 1 (TS 29.002 17.1.6)
        context = next((c for c in (named, mine.context, theirs.context) if c != (None, None)), (None, None))
        if mine.context == (None, None):
            mine.context = context
        return {"otid": otid, "dtid": dtid, "mine": mine, "theirs": theirs, "context": context}

    def record(self, tcap, lower):
        out = {name: value for name, value in lower.items() if name not in ("returned", "cause")}
        out.update({"protocol": "map", "otid": tcap["otid"], "dtid": tcap["dtid"],
                    "context": tcap["context"][0], "version": tcap["context"][1]})
        return out

    def component(self, component, tcap, lower):
        out = self.record(tcap, lower)
        kind = component[0].get("name")
        out["component"] = next(v for k, v in KINDS.items() if kind.startswith(k))
        out["invoke"] = number(component, "gsm_old.invokeID", "gsm_old.invokeIDRej", "gsm_old.derivable")
        asked = tcap["theirs"].invokes.get(out["invoke"], (None, None))
        if lower.get("returned") and out["component"] != "invoke":
            asked = None, None  # an answer that did not arrive answers nothing
        code = first(component, "gsm_old.localValue")
        if out["component"] == "error":
            out["error"] = named_value(code)[0] if code is not None else None
            code = None
        elif out["component"] == "reject":
            problem = first(component, *(f"gsm_old.{p}Problem" for p in ("general", "invoke", "returnResult", "returnError")))
            out["error"] = named_value(problem)[0] if problem is not None else None
        if out["component"] == "invoke":
            out["operation"] = operation(code, component, tcap)
            if not lower.get("returned"):
                tcap["mine"].invokes[out["invoke"]] = (self.frame, out["operation"])
        else:
            out["operation"] = operation(code, component, tcap) or asked[1]
            if out["operation"] in FORWARD and asked[1] in FORWARD:
                out["operation"] = asked[1]  # one code for both directions
            out["answers"] = asked[0]
        self.parties(out, component, tcap)
        if lower.get("returned"):  # the answer of the network: nobody received it
            out.update(component="reject", error=lower["cause"], answers=asked[0])
        return out

    def parties(self, out, component, tcap):
        imsi = first(component, "e212.imsi")
        out["imsi"] = imsi.get("show") if imsi is not None else None
        centre = next((f for f in component.iter("field") if re.fullmatch(
            r"gsm_\w+\.(\w+\.)?serviceCentreAddress(DA|OA)?", f.get("name", ""))), None)
        out["service_centre"] = address_string(centre)[0] if centre is not None else None
        kept = tcap["mine"].subscriber
        if number(component, "gsm_old.sm_RP_DA", "gsm_map.sm.sm_RP_DA") == NO_SM_RP_DA:
            out["imsi"] = kept.get("imsi")
        if number(component, "gsm_old.sm_RP_OA", "gsm_map.sm.sm_RP_OA") == NO_SM_RP_OA:
            out["service_centre"] = kept.get("service_centre")
        kept.update({k: out[k] for k in ("imsi", "service_centre") if out[k] is not None})
        msisdn = next((f for f in component.iter("field") if re.fullmatch(
            r"gsm_\w+\.(\w+\.)?(msisdn|storedMSISDN)", f.get("name", ""))), None)
        if msisdn is not None:
            side = "sender" if out["operation"] == "mo-forwardSM" and out["component"] == "invoke" else "recipient"
            out[side], out[side + "_ton"] = address_string(msisdn)

    def aborted(self, proto, tcap, lower):
        """An Abort answers every short message that its receiver still waits for."""
        if first(proto, "tcap.abort_element") is None:
            return []
        cause = first(proto, "tcap.p_abortCause")
        out = []
        for invoke, (frame, name) in tcap["theirs"].invokes.items():
            if frame is not None and name in SMS_NAMES:
                out.append({**self.record(tcap, lower), "component": "reject", "operation": name, "invoke": invoke,
                            "answers": frame, "error": named_value(cause)[0] if cause is not None else "userAbort"})
        tcap["theirs"].invokes.clear()
        return out


KINDS = {"gsm_old.invoke_": "invoke", "gsm_old.returnResult": "result", "gsm_old.returnError": "error", "gsm_old.reject": "reject"}
FORWARD = ("mo-forwardSM", "mt-forwardSM")
SMS_NAMES = ("mo-forwardSM", "mt-forwardSM", "sendRoutingInfoForSM", "mt-ForwardSM-VGCS")
NO_SM_RP_DA = NO_SM_RP_OA = 5


def application_context(proto):
    field = first(proto, "tcap.application_context_name")
    if field is None:
        return None, None
    oid = field.get("show")
    named = re.search(r"\(([\w-]+?)Context-v\d\)", field.get("showname"))
    if not oid.startswith("0.4.0.0.1.0."):
        return oid, None
    return (named[1] if named else oid), int(oid.split(".")[-1])


def operation(code, component, tcap):
    if code is None:
        return None
    name, value = named_value(code)
    if value == 44:
        return "mt-forwardSM"  # of version 3 alone; tshark has another name for it where it missed the context
    if value != 46:
        return name
    if tcap["context"][1] == 3:
        return "mo-forwardSM"
    # forwardSM of versions 1 and 2 has one code for both directions (TS 29.002 17.7.6): its context says which, and
    # where that does not, who is at which end.
    context = tcap["context"][0]
    if context == "shortMsgMT-Relay" or (context == "shortMsgMO-Relay" and tcap["context"][1] == 2):
        return context[len("shortMsg"):][:2].lower() + "-forwardSM"
    to, frm = (number(component, f"gsm_old.sm_RP_{x}", f"gsm_map.sm.sm_RP_{x}") for x in ("DA", "OA"))
    if to in (0, 1, 3) or (to == NO_SM_RP_DA and frm != 2):
        return "mt-forwardSM"
    return "mo-forwardSM"


def sccp_parties(proto):
    out = {}
    for side in ("called", "calling"):
        out[f"{side}_gt"] = show(proto, f"sccp.{side}.digits")
        out[f"{side}_ssn"] = number(proto, f"sccp.{side}.ssn")
    if number(proto, "sccp.message_type") in (0x0a, 0x12, 0x14):
        out["returned"] = True
        cause = named_value(first(proto, "sccp.return_cause"))[0]
        out["cause"] = cause if cause.startswith("MTP") else cause[0].lower() + cause[1:]  # as Q.713 3.12 writes it
    return out


def sua_parties(proto):
    out = {}
    for ours, theirs in (("called", "destination"), ("calling", "source")):
        out[f"{ours}_gt"] = show(proto, f"sua.{theirs}.global_title_digits")
        out[f"{ours}_ssn"] = number(proto, f"sua.{theirs}.ssn_number")
    return out


PARTIES = {"sccp": sccp_parties, "sua": sua_parties}


def tpdu(proto):
    out = {"pid": number(proto, "gsm_sms.tp-pid"), "dcs": number(proto, "gsm_sms.tp-dcs")}
    for side, name in (("sender", "gsm_sms.tp-oa"), ("recipient", "gsm_sms.tp-da"),
                       ("sender", "gsm_sms.tp-ra")):  # a status report comes in the name of the one who received
        if (address := show(proto, name)) is not None:
            out[side] = address
            out[side + "_ton"] = number(proto, "gsm_sms.dis_field_addr.num_type")
    out["text"] = show(proto, "gsm_sms.sms_text")
    return out


# ---- SMPP

class Sessions:
    """Requests and binds, by connection, in order."""

    def __init__(self):
        self.requests, self.accounts = {}, {}

    def record(self, proto, frame, stream):
        command, sequence = number(proto, "smpp.command_id"), number(proto, "smpp.sequence_number")
        out = {"protocol": "smpp", "command": command, "sequence": sequence,
               "status": number(proto, "smpp.command_status"), "message_id": show(proto, "smpp.message_id") or None,
               "pid": number(proto, "smpp.protocol_id"), "dcs": number(proto, "smpp.data_coding")}
        for side, names in (("sender", ("source_addr", "source_addr_ton")), ("recipient", ("destination_addr", "dest_addr_ton")),
                            ("recipient", ("esme_addr", "esme_addr_ton"))):
            if show(proto, "smpp." + names[0]) and command != SUBMIT_MULTI_RESP:  # that one lists who gets nothing
                out[side], out[side + "_ton"] = show(proto, "smpp." + names[0]), number(proto, "smpp." + names[1])
        out["text"] = show(proto, "smpp.message_text")
        if command in BINDS:
            self.accounts[stream] = show(proto, "smpp.system_id") or None
        out["system_id"] = self.accounts.get(stream)
        if command & RESPONSE:
            out["answers"] = self.requests.get((stream, sequence))
        else:
            self.requests[stream, sequence] = frame
        return out


RESPONSE = 0x80000000
SUBMIT_MULTI_RESP = 0x21 | RESPONSE
BINDS = (0x1, 0x2, 0x9)


class Whole:
    """The lines of a PDML document for a parser of XML. tshark writes line ends and tabs inside values as they are,
    where XML takes them for spaces."""

    def __init__(self, stream):
        self.stream = stream

    def __iter__(self):
        before = b""
        for line in self.stream:
            if before and line.lstrip().startswith(b"<"):
                yield before
            elif before:
                before = before[:-1] + b"&#10;"
                line = before + line
            before = line.replace(b"\t", b"&#9;").replace(b"\r", b"&#13;")
        yield before


def packets(stream):
    parser = ElementTree.XMLPullParser()
    for line in Whole(stream):
        parser.feed(line)
        for _, element in parser.read_events():
            if element.tag == "packet":
                yield element
                element.clear()


class Reading:
    """{frame: [record]} in `records`: frames that have none are not there."""

    def __init__(self, capture):
        # Frames of TCAP without a component are read for their dialogue.
        arguments = ["-T", "pdml", "-Y", "gsm_map || smpp || tcap.tid"]
        dialogues = Dialogues()
        self.records = {}
        with tempfile.TemporaryFile() as stderr:
            process = subprocess.Popen(command(capture, *arguments), env=environment(), stdout=subprocess.PIPE,
                                       stderr=stderr)
            for packet in packets(process.stdout):
                if records := dialogues.records(packet):
                    self.records[dialogues.frame] = records
            process.stdout.close()
            if process.wait() != 0:
                stderr.seek(0)
                raise RuntimeError(stderr.read().decode())
        self.unread_tpdus = dialogues.unread_tpdus
