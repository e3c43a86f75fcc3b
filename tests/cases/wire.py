"""Octets of packets, written from the standards, and the files of a case. Nothing here knows Tollgate's code.

Each builder names its standard. A case's make.py ends with `case(__file__, frames, events)`.
"""
import json
import pathlib
import struct
import sys

START = 1_700_000_000  # 2023-11-14T22:13:20Z: the first frame


# --- the files of a case -------------------------------------------------------------------------------------


def at(milliseconds):
    """The event's `time` of a frame so long after the first."""
    seconds, rest = divmod(milliseconds, 1000)
    minute, second = divmod(13 * 60 + 20 + seconds, 60)
    return f"2023-11-14T22:{minute:02}:{second:02}.{rest:03}000Z"


def pcap(frames, link_type=1, snaplen=262144):
    """pcap, draft-ietf-opsawg-pcap. Frames are octets, a millisecond apart, or (milliseconds, octets)."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snaplen, link_type)
    for number, frame in enumerate(frames):
        milliseconds, octets = frame if isinstance(frame, tuple) else (number, frame)
        kept = octets[:snaplen]
        out += struct.pack("<IIII", START + milliseconds // 1000, milliseconds % 1000 * 1000, len(kept), len(octets)) + kept
    return out


def case(make, frames, events, counts=None, out=None, **options):
    """Writes the files beside make.py, or into the folder that is its argument. `counts`: what the summary
    must say, by its names. `out`: frames that come out, where they are not those that go in."""
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(make).parent)
    (folder / "in.pcap").write_bytes(pcap(frames, **options))
    if out is not None:
        (folder / "out.pcap").write_bytes(pcap(out, **options))
    (folder / "events.jsonl").write_text("".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events))
    if counts is not None:
        (folder / "counts.json").write_text(json.dumps(counts, indent=2) + "\n")


# --- what nearly all events share ----------------------------------------------------------------------------

CENTRE_GT, MSC_GT = "447700900001", "447700900002"
IMSI = "001010123456789"
CENTRE = {"ip": "192.0.2.1", "port": 2905, "pc": 1234, "gt": CENTRE_GT, "ssn": 8, "country": "GB"}
MSC = {"ip": "198.51.100.1", "port": 2905, "pc": 5678, "gt": MSC_GT, "ssn": 8, "country": "GB"}
SERVICE_CENTRE = {"address": CENTRE_GT, "country": "GB"}


def international(digits, **more):
    """An address whose type of number says international, in numbering plan E.164: it is the number."""
    return {"address": digits, "number": digits, "type": "international", "ton": 1, "npi": 1, "country": "GB", **more}


def event(frame, milliseconds=None, **fields):
    """An event of that frame. Nothing is judged yet, so each passes without labels. `id` is left out: the runner
    checks it."""
    return {"time": at(frame - 1 if milliseconds is None else milliseconds), "frame": frame, "item": 0, **fields,
            "labels": [], "verdict": "pass"}


def judged(event, policy, verdict="pass", **more):
    """The same with what the line `policy` of a policy says, where there are no rules."""
    return {**event, "rules": [], "verdict": verdict, "policy": policy, **more}


# --- Ethernet, IP (RFC 791, RFC 8200) ------------------------------------------------------------------------


def ethernet(payload, ether_type=0x0800, tags=b""):
    return bytes.fromhex("020000000002 020000000001") + tags + struct.pack(">H", ether_type) + payload


def internet_sum(octets):
    """RFC 1071."""
    octets += bytes(len(octets) % 2)
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip_octets(address):
    return bytes(int(part) for part in address.split("."))


# A packet without a message, for its time: ARP (RFC 826).
SOMETHING = ethernet(bytes.fromhex("0001080006040001 020000000001 c0000201 000000000000 c0000202"), 0x0806)


def ipv4(payload, protocol, source="192.0.2.1", destination="198.51.100.1", identification=0):
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), identification, 0, 64, protocol, 0)
    head += ip_octets(source) + ip_octets(destination)
    return head[:10] + struct.pack(">H", internet_sum(head)) + head[12:] + payload


def in_fragments(frame, *cuts, identification=7):
    """An Ethernet frame with IPv4 in fragments (RFC 791 3.2), cut at these octets of its payload: multiples of 8."""
    link, head, payload = frame[:14], frame[14:34], frame[34:]
    frames = []
    for begin, end in zip((0, *cuts), (*cuts, len(payload))):
        more = 0x2000 if end != len(payload) else 0
        part = head[:2] + struct.pack(">HHH", 20 + end - begin, identification, more | begin // 8) + head[8:10] + bytes(2)
        part += head[12:]
        part = part[:10] + struct.pack(">H", internet_sum(part)) + part[12:]
        frames.append(link + part + payload[begin:end])
    return frames


# --- SCTP (RFC 9260) -----------------------------------------------------------------------------------------


def crc32c(octets):
    """Castagnoli's polynomial, reflected: 0x82F63B78 (RFC 9260 appendix A)."""
    crc = 0xFFFFFFFF
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def data_chunk(payload, tsn, ppid=3, flags=3, stream=1):
    length = 16 + len(payload)
    return struct.pack(">BBHIHHI", 0, flags, length, tsn, stream, 0, ppid) + payload + bytes(-length % 4)


def i_data_chunk(payload, tsn, message, ppid=3, fsn=None, flags=3, stream=1):
    """I-DATA, RFC 8260 2.1: the PPID stands in the first fragment of a message, in the place of a fragment sequence number."""
    length = 20 + len(payload)
    return struct.pack(">BBHIHHII", 64, flags, length, tsn, stream, 0, message, ppid if fsn is None else fsn) + payload + bytes(-length % 4)


def auth_chunk():
    """AUTH, RFC 4895 4.1: shared key 0, HMAC of SHA-1 (identifier 1), which none here can check: it is not one."""
    return struct.pack(">BBHHH", 15, 0, 28, 0, 1) + bytes(range(20))


def sctp(*chunks, tag=1, ports=(2905, 2905), damage=0):
    body = b"".join(chunks)
    head = struct.pack(">HHI", *ports, tag)
    return head + struct.pack("<I", crc32c(head + bytes(4) + body) ^ damage) + body


# --- M3UA (RFC 4666), SCCP (Q.713) ---------------------------------------------------------------------------


def m3ua(user_data, opc=1234, dpc=5678):
    """Payload data: network appearance and routing context are optional and left out."""
    content = struct.pack(">IIBBBB", opc, dpc, 3, 2, 0, 1) + user_data
    parameter = struct.pack(">HH", 0x0210, 4 + len(content)) + content + bytes(-len(content) % 4)
    return struct.pack(">BBBBI", 1, 0, 1, 1, 8 + len(parameter)) + parameter


def swapped(digits):
    """Digits two an octet, the first in the low bits; what is left over is filled with 1111."""
    digits += "F" * (len(digits) % 2)
    return bytes(int(digits[i + 1] + digits[i], 16) for i in range(0, len(digits), 2))


def sccp_address(gt, ssn=8):
    """3.5: subsystem number and a global title of indicator 0100: E.164, international, even number of digits."""
    return bytes([0x12, ssn, 0, 0x12, 4]) + swapped(gt)


def unitdata(data, calling=CENTRE_GT, called=MSC_GT, message=0x09, second=0x00, ssn=8):
    """UDT; as UDTS (0x0A) its second octet is the return cause."""
    called, calling = sccp_address(called, ssn), sccp_address(calling, ssn)
    pointers = bytes([3, 3 + len(called), 3 + len(called) + len(calling)])
    parts = (called, calling, data)
    return bytes([message, second]) + pointers + b"".join(bytes([len(part)]) + part for part in parts)


def xunitdata(data, calling=CENTRE_GT, called=MSC_GT, segmentation=None, ssn=8):
    """XUDT (0x11), class 0 (with segments 1), hop counter 15; segmentation, 3.17, is the optional parameter 0x10."""
    called, calling = sccp_address(called, ssn), sccp_address(calling, ssn)
    optional = b"" if segmentation is None else b"\x10\4" + segmentation + b"\0"
    parts = [bytes([len(part)]) + part for part in (called, calling, data)]
    starts = [4 + sum(len(part) for part in parts[:i]) - i for i in range(4)]
    pointers = bytes([*starts[:3], starts[3] if optional else 0])
    return bytes([0x11, 0 if segmentation is None else 1, 15]) + pointers + b"".join(parts) + optional


def segmentation(first, remaining, reference):
    """3.17: first segment, class, segments that remain; a local reference of three octets."""
    return bytes([(0x80 if first else 0) | 0x40 | remaining]) + reference.to_bytes(3, "little")


# --- M2PA (RFC 4165), SUA (RFC 3868) -------------------------------------------------------------------------


def m2pa(user_data, opc=1234, dpc=5678):
    """User data, 2.3.1: BSN, FSN, priority, then SIO (SCCP, international) and the routing label of Q.704 2.2."""
    label = (dpc | opc << 14).to_bytes(4, "little")
    body = struct.pack(">IIB", 0, 1, 0) + b"\3" + label + user_data
    return struct.pack(">BBBBI", 1, 0, 11, 1, 8 + len(body)) + body


def sua(data, calling=CENTRE_GT, called=MSC_GT, ssn=8):
    """CLDT, 3.1: routing context, protocol class 0, source and destination by global title, sequence control, data."""
    def parameter(tag, content):
        return struct.pack(">HH", tag, 4 + len(content)) + content + bytes(-len(content) % 4)

    def address(gt):
        digits = swapped(gt)
        title = parameter(0x8001, bytes([0, 0, 0, 4, len(gt), 0, 1, 4]) + digits)
        return struct.pack(">HH", 1, 5) + title + parameter(0x8003, bytes([0, 0, 0, ssn]))

    body = parameter(0x0006, bytes(4)) + parameter(0x0115, bytes(4)) + parameter(0x0102, address(calling))
    body += parameter(0x0103, address(called)) + parameter(0x0116, bytes(4)) + parameter(0x010B, data)
    return struct.pack(">BBBBI", 1, 0, 7, 1, 8 + len(body)) + body


# --- TCAP (Q.773), MAP (TS 29.002) ---------------------------------------------------------------------------


def tlv(tag, *content):
    content = b"".join(content)
    length = bytes([len(content)]) if len(content) < 128 else bytes([0x81, len(content)])
    return bytes.fromhex(tag) + length + content


def indefinite(tag, *content):
    return bytes.fromhex(tag) + b"\x80" + b"".join(content) + bytes(2)


MO, MT = 21, 25  # shortMsgMO-Relay, shortMsgMT-Relay


def context_name(number, version):
    """{0 4 0 0 1 0 number version}: TS 29.002 17.3."""
    return tlv("06", bytes([4, 0, 0, 1, 0, number, version]))


def dialogue_portion(pdu):
    return tlv("6b", tlv("28", tlv("06", bytes.fromhex("00118605010101")), tlv("a0", pdu)))


def dialogue_request(number, version):
    return dialogue_portion(tlv("60", tlv("80", b"\x07\x80"), tlv("a1", context_name(number, version))))


def dialogue_response(number, version):
    """accepted; dialogue-service-user: null."""
    result = tlv("a2", tlv("02", b"\0")), tlv("a3", tlv("a1", tlv("02", b"\0")))
    return dialogue_portion(tlv("61", tlv("80", b"\x07\x80"), tlv("a1", context_name(number, version)), *result))


def begin(otid, *parts):
    return tlv("62", tlv("48", bytes.fromhex(otid)), *parts)


def continue_(otid, dtid, *parts):
    return tlv("65", tlv("48", bytes.fromhex(otid)), tlv("49", bytes.fromhex(dtid)), *parts)


def end(dtid, *parts):
    return tlv("64", tlv("49", bytes.fromhex(dtid)), *parts)


def components(*all_of_them):
    return tlv("6c", *all_of_them)


def invoke(invoke_id, operation, argument):
    return tlv("a1", tlv("02", bytes([invoke_id])), tlv("02", bytes([operation])), argument)


def result(invoke_id):
    """returnResultLast without a parameter: an acknowledgement."""
    return tlv("a2", tlv("02", bytes([invoke_id])))


def return_error(invoke_id, code):
    """Without a parameter."""
    return tlv("a3", tlv("02", bytes([invoke_id])), tlv("02", bytes([code])))


def reject(invoke_id):
    """invokeProblem: unrecognizedOperation."""
    return tlv("a4", tlv("02", bytes([invoke_id])), tlv("81", b"\1"))


def empty_result(invoke_id):
    """returnResultLast in the 8 octets of the two above: X.690 8.1.3.5 allows a longer length."""
    return bytes.fromhex("a2830000 03 0201") + bytes([invoke_id])


def address_string(digits):
    """17.7.8: no extension, international, ISDN numbering plan."""
    return b"\x91" + swapped(digits)


def mt_argument(tpdu, imsi=IMSI, centre=CENTRE_GT, more=False):
    """MT-ForwardSM-Arg, and ForwardSM-Arg of version 2: sm-RP-DA imsi, sm-RP-OA serviceCentreAddressOA, sm-RP-UI."""
    return tlv("30", tlv("80", swapped(imsi)), tlv("84", address_string(centre)), tlv("04", tpdu),
               tlv("05") if more else b"")


def mo_argument(tpdu, msisdn, centre=CENTRE_GT):
    """The same towards the service centre: serviceCentreAddressDA, msisdn."""
    return tlv("30", tlv("84", address_string(centre)), tlv("82", address_string(msisdn)), tlv("04", tpdu))


# --- short messages (TS 23.040, TS 23.038) -------------------------------------------------------------------


def septets(text, fill=0):
    """6.1.2.1. Only characters that have the same code in ASCII and in the default alphabet."""
    bits = sum(ord(c) << 7 * i for i, c in enumerate(text)) << fill
    return bits.to_bytes((7 * len(text) + fill + 7) // 8, "little")


def tp_address(number):
    """9.1.2.5: international digits, or text in septets, whose length counts its semi-octets."""
    if number.isdigit():
        return bytes([len(number), 0x91]) + swapped(number)
    return bytes([(7 * len(number) + 3) // 4, 0xD0]) + septets(number)


def user_data(text, header=b""):
    """TP-UDL and TP-UD in the default alphabet: a header is filled up to a septet boundary."""
    if not header:
        return bytes([len(text)]) + septets(text)
    header = bytes([len(header)]) + header
    before = (8 * len(header) + 6) // 7
    return bytes([before + len(text)]) + header + septets(text, 7 * before - 8 * len(header))


def concatenation(reference, total, sequence):
    return bytes([0, 3, reference, total, sequence])


SCTS = swapped("23111422132000")  # 2023-11-14 22:13:20, UTC


def deliver(text, sender, header=b"", more=False):
    """9.2.2.1. TP-MMS is 0 while more messages wait."""
    first = (0 if more else 4) | (0x40 if header else 0)
    return bytes([first]) + tp_address(sender) + b"\0\0" + SCTS + user_data(text, header)


def submit(text, recipient, reference=1):
    """9.2.2.2, without a validity period."""
    return bytes([0x01, reference]) + tp_address(recipient) + b"\0\0" + user_data(text)


# --- MAP on its usual way ------------------------------------------------------------------------------------


def from_centre(tcap, tsn=1, **more):
    """A TCAP message from the service centre to the MSC in Ethernet, IPv4, SCTP, M3UA, UDT."""
    return ethernet(ipv4(sctp(data_chunk(m3ua(unitdata(tcap)), tsn), tag=1, **more), 132))


def from_msc(tcap, tsn=1, **more):
    payload = m3ua(unitdata(tcap, MSC_GT, CENTRE_GT), 5678, 1234)
    return ethernet(ipv4(sctp(data_chunk(payload, tsn), tag=2, **more), 132, "198.51.100.1", "192.0.2.1"))


def mt_begin(tpdu, otid="00000001", version=3, operation=44, **more):
    return begin(otid, dialogue_request(MT, version), components(invoke(1, operation, mt_argument(tpdu, **more))))


def mt_event(frame, text, sender, otid="00000001", version=3, **more):
    """What mt_begin with a TPDU in the default alphabet must give."""
    fields = {
        "kind": "message", "protocol": "map", "operation": "mt-forwardSM", "component": "invoke", "direction": "mt",
        "origin": CENTRE, "destination": MSC,
        "tcap": {"otid": otid, "invoke": 1, "context": "shortMsgMT-Relay", "version": version},
        "service_centre": SERVICE_CENTRE, "imsi": IMSI,
        "sender": international(sender) if sender.isdigit() else {"address": sender, "type": "alphanumeric", "ton": 5, "npi": 0},
        "tpdu": {"type": "SMS-DELIVER"}, "pid": 0, "dcs": 0, "coding": "gsm7", "text": text}
    return event(frame, **{**fields, **more})


def mt_answer(frame, answers, dtid="00000001", version=3, **more):
    """The acknowledgement of mt_event."""
    fields = {
        "kind": "response", "protocol": "map", "operation": "mt-forwardSM", "component": "result",
        "answers": {"frame": answers}, "direction": "mt", "origin": MSC, "destination": CENTRE,
        "tcap": {"dtid": dtid, "invoke": 1, "context": "shortMsgMT-Relay", "version": version}}
    return event(frame, **{**fields, **more})


# --- TCP (RFC 9293), SMPP (SMPP 3.4) -------------------------------------------------------------------------

ESME = {"ip": "192.0.2.7", "port": 40000}
MESSAGE_CENTRE = {"ip": "198.51.100.7", "port": 2775}
ESTABLISHED = 0x18  # PSH, ACK


def tcp(payload, sequence, reverse=False, flags=ESTABLISHED, acknowledgement=1, damage=0, window=0xFFFF, urgent=0, options=b"",
        port=ESME["port"]):
    """`port` is the ESME's."""
    ends = ({**ESME, "port": port}, MESSAGE_CENTRE)
    ends = ends[::-1] if reverse else ends
    source, destination = (end["ip"] for end in ends)
    head = struct.pack(">HHIIBBHHH", ends[0]["port"], ends[1]["port"], sequence & 0xFFFFFFFF, acknowledgement & 0xFFFFFFFF,
                       (20 + len(options)) // 4 << 4, flags, window, 0, urgent) + options
    pseudo = ip_octets(source) + ip_octets(destination) + struct.pack(">HH", 6, len(head) + len(payload))
    checksum = internet_sum(pseudo + head + payload) ^ damage
    return ethernet(ipv4(head[:16] + struct.pack(">H", checksum) + head[18:] + payload, 6, source, destination))


def filler(octets):
    """What edits leave: an optional parameter of a vendor's tag, zeros, of so many octets in all."""
    return struct.pack(">HH", 0x3754, octets - 4) + bytes(octets - 4)


def opened(first=1_000, answered=5_000, window=0xFFFF, **more):
    """The begin of a connection on which acme binds: its first four packets (the last of which acknowledges the bind, with
    that window), and the sequence numbers with which the ESME and the message centre go on."""
    bind, accepted = bind_transceiver(1), bind_transceiver_resp(1)
    begin, acked = first + len(bind), answered + len(accepted)
    return [tcp(b"", first - 1, flags=0x02, acknowledgement=0, **more),
            tcp(b"", answered - 1, reverse=True, flags=0x12, acknowledgement=first,
                window=min(window + len(bind), 0xFFFF), **more),
            tcp(bind, first, acknowledgement=answered, **more),
            tcp(accepted, answered, reverse=True, acknowledgement=begin, window=window, **more)], begin, acked


class Connection:
    """Gives the packets of a connection from its SYN on, each side acknowledging what it has seen."""

    def __init__(self):
        self.next = {False: 1_000, True: 5_000}  # by whether the message centre sends

    def opening(self):
        return [tcp(b"", 999, flags=0x02, acknowledgement=0), tcp(b"", 4_999, reverse=True, flags=0x12, acknowledgement=1_000),
                tcp(b"", 1_000, flags=0x10, acknowledgement=5_000)]

    def esme(self, *pdus):
        return self.packet(b"".join(pdus), False)

    def centre(self, *pdus):
        return self.packet(b"".join(pdus), True)

    def packet(self, payload, reverse):
        sequence = self.next[reverse]
        self.next[reverse] += len(payload)
        return tcp(payload, sequence, reverse=reverse, acknowledgement=self.next[not reverse])


def bound(*rest):
    """The packets of a connection with an accepted bind of acme, which are five, then others: each a side's name
    and its PDUs."""
    connection = Connection()
    packets = [*connection.opening(), connection.esme(bind_transceiver(1)), connection.centre(bind_transceiver_resp(1))]
    return packets + [getattr(connection, side)(*pdus) for side, *pdus in rest]


def c_string(text):
    return text.encode("latin-1") + b"\0"


def pdu(command, sequence, body=b"", status=0):
    return struct.pack(">IIII", 16 + len(body), command, status, sequence) + body


def bind_transceiver(sequence, system_id="acme"):
    return pdu(9, sequence, c_string(system_id) + c_string("secret") + c_string("") + b"\x34\0\0" + c_string(""))


def bind_transceiver_resp(sequence, system_id="centre"):
    return pdu(0x80000009, sequence, c_string(system_id))


def short_message(command, sequence, text, sender, recipient, esm_class=0, tlvs=b"", data_coding=1):
    """submit_sm (4) or deliver_sm (5), 4.4.1: an alphanumeric sender unless it is digits; text in IA5."""
    source = b"\1\1" if sender.isdigit() else b"\5\0"
    body = c_string("") + source + c_string(sender) + b"\1\1" + c_string(recipient)
    body += bytes([esm_class, 0, 0]) + c_string("") + c_string("") + bytes([0, 0, data_coding, 0, len(text)])
    return pdu(command, sequence, body + text.encode("ascii") + tlvs)


def stopped_message(command, sequence, text, sender, recipient, tlvs=b""):
    """What becomes of short_message: no recipient, no text; what that frees stands at the end."""
    return short_message(command, sequence, "", sender, "", tlvs=tlvs + filler(len(text) + len(recipient)))


def smpp_answer(frame, operation, sequence, answers, direction="mt", status=0, message_id=None, **more):
    """A response; where its status is not 0 it needs `error`."""
    ends = (ESME, MESSAGE_CENTRE) if direction == "mo" else (MESSAGE_CENTRE, ESME)
    smpp = {"system_id": "acme", "sequence": sequence, "status": status, **({"message_id": message_id} if message_id else {})}
    fields = {"kind": "response", "protocol": "smpp", "operation": operation, "component": "error" if status else "result",
              "answers": {"frame": answers}, "direction": direction, "origin": paid_by("acme", ends[0]), "destination": ends[1],
              "smpp": smpp}
    return event(frame, **{**fields, **more})


def paid_by(account, end):
    """The account of a connection stands at the origin of its messages, whichever way they go."""
    return {**end, "account": account}


def smpp_event(frame, operation, sequence, text, sender, recipient, direction="mt", **more):
    """A submit_sm or deliver_sm that short_message made, from the ESME or to it."""
    ends = (ESME, MESSAGE_CENTRE) if direction == "mt" else (MESSAGE_CENTRE, ESME)
    fields = {
        "kind": "message", "protocol": "smpp", "operation": operation, "component": "invoke", "direction": direction,
        "origin": paid_by("acme", ends[0]), "destination": ends[1], "smpp": {"system_id": "acme", "sequence": sequence, "esm_class": 0},
        "sender": international(sender) if sender.isdigit() else {"address": sender, "type": "alphanumeric", "ton": 5, "npi": 0},
        "recipient": international(recipient), "pid": 0, "dcs": 1, "coding": "ascii", "text": text}
    return event(frame, **{**fields, **more})
