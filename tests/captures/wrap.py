"""Captures made of octets whose meaning is known (shared/vectors): each in the layers that carry it on the wire, with
invented numbers. A capture is a list of (name of the vector, frame)."""
import json
import re
import struct

LINK_RAW_IP, LINK_SCCP = 101, 142
MSC = 8


def write_pcap(path, link_type, frames):
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link_type))
        for number, (_, octets) in enumerate(frames):
            out.write(struct.pack("<IIII", 1_700_000_000 + number, 0, len(octets), len(octets)) + octets)


def copy_frames(source, target, wanted):
    """Of a pcap in either order of octets."""
    octets = source.read_bytes()
    order = "<" if octets[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    out, at, frame = [octets[:24]], 24, 0
    while at < len(octets):
        end = at + 16 + struct.unpack_from(order + "I", octets, at + 8)[0]
        frame += 1
        if wanted(frame):
            out.append(octets[at:end])
        at = end
    target.write_bytes(b"".join(out))


# ---- SS7

def ber(tag, *contents):
    content = b"".join(contents)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    return bytes([tag, 0x82]) + struct.pack(">H", len(content)) + content


def tbcd(digits):
    padded = digits + "f" * (len(digits) % 2)
    return bytes(int(padded[i + 1] + padded[i], 16) for i in range(0, len(padded), 2))


def party(digits):
    """A called or calling party address (Q.713 3.4): routed on a global title of format 4."""
    return bytes([0x12, MSC, 0x00, 0x12 if len(digits) % 2 == 0 else 0x11, 0x04]) + tbcd(digits)


def unitdata(data, called, calling):
    """A UDT; an LUDT (Q.713 4.20) where the data are too long for one."""
    parties = [bytes([len(p)]) + p for p in (party(called), party(calling))]
    if len(data) <= 255:
        first = 3
        second = first + len(parties[0]) - 1
        third = second + len(parties[1]) - 1
        return bytes([0x09, 0x01, first, second, third]) + b"".join(parties) + bytes([len(data)]) + data
    first = 7
    second = first + len(parties[0]) - 2
    third = second + len(parties[1]) - 2
    return (bytes([0x13, 0x01, 0x0F]) + struct.pack("<HHHH", first, second, third, 0) + b"".join(parties)
            + struct.pack("<H", len(data)) + data)


def dialogue_portion(context, version):
    oid = bytes([0x06, 0x07, 0x04, 0x00, 0x00, 0x01, 0x00, context, version])
    request = ber(0x60, bytes.fromhex("80020780"), ber(0xA1, oid))
    return ber(0x6B, ber(0x28, bytes.fromhex("060700118605010101"), ber(0xA0, request)))


def begin(operation, argument, context, version=3):
    invoke = ber(0xA1, bytes([0x02, 1, 1, 0x02, 1, operation]), argument)
    return ber(0x62, bytes.fromhex("480400000001"), dialogue_portion(context, version), ber(0x6C, invoke))


def address_string(digits):
    return bytes([0x91]) + tbcd(digits)


MO, MT = (21, 46), (25, 44)  # application context, operation


def forward(tpdu, way):
    """A whole TCAP message: mo- or mt-forwardSM of version 3."""
    context, operation = way
    centre = address_string("447700900001")
    ends = (ber(0x84, centre) + ber(0x82, address_string("447700900002")) if way == MO
            else ber(0x80, tbcd("001010000000001")) + ber(0x84, centre))
    return begin(operation, ber(0x30, ends, ber(0x04, tpdu)), context)


def is_tcap(octets):
    """A TCAP message from its first octet to its last."""
    if len(octets) < 4 or octets[0] not in (0x61, 0x62, 0x64, 0x65, 0x67):
        return False
    if octets[1] == 0x80:
        return octets.endswith(b"\0\0")
    if octets[1] < 0x80:
        return len(octets) == 2 + octets[1]
    size = octets[1] & 0x7F
    return len(octets) == 2 + size + int.from_bytes(octets[2:2 + size], "big")


def load(path):
    return [json.loads(line) for line in path.open(encoding="utf-8")]


def name_of(vector):
    """A name that tells the vectors of one file apart, but for those that their suite did not."""
    name = vector.get("name") or vector["source"].split("/")[-1]
    return f"{vector['decoder']} {name}" if "decoder" in vector else name


def octets_of(vector):
    return bytes.fromhex(vector["hex"])


def in_unitdata(named):
    """Each TCAP message between two parties of its own."""
    return [(name, unitdata(tcap, f"4477009{2 * n:05}", f"4477009{2 * n + 1:05}")) for n, (name, tcap) in enumerate(named)]


def tcap_messages(path):
    return [(name_of(v), octets_of(v)) for v in load(path) if is_tcap(octets_of(v))]


def without_service_centre(pdu):
    return pdu[1 + pdu[0]:]


def tpdus(path):
    """TPDUs as phones give them, SMSC-prefixed: a SUBMIT, or something from the service centre. One suite has them
    bare, and says for which direction each is."""
    for v in load(path):
        pdu = octets_of(v)
        if path.name == "tpdu_warthog618.jsonl":
            whole = v["source"].endswith(("encoding/tpdu/tpdu_test.go", ":sms_test.go"))
            report = re.search(r"(Deliver|Submit)Report", name_of(v))  # no invoke carries one (TS 23.040 9.2.3.1)
            if whole and not report and isinstance(v["expected"].get("out"), dict):
                yield name_of(v), forward(pdu, MO if "MO" in json.dumps(v["expected"]) else MT)
        elif len(pdu) > 12 and pdu[0] < 12:
            tpdu = without_service_centre(pdu)
            yield name_of(v), forward(tpdu, MO if tpdu[0] & 3 == 1 else MT)


ARGUMENTS = {  # of map_*.jsonl: context, operation
    "SendRoutingInfoForSMRequest": (20, 45), "MoForwardShortMessageRequest": (21, 46),
    "MtForwardShortMessageRequest": (25, 44), "ReportSMDeliveryStatusRequest": (20, 47),
    "AlertServiceCentreRequest": (23, 64), "ReadyForSMRequest": (24, 66), "InformServiceCentreRequest": (20, 63),
    "TestParseMtFsm": MT, "TestParseMoFsm": MO, "TestParseUpdateGprsLocation": (32, 23)}


def map_arguments(path):
    for v in load(path):
        found = ARGUMENTS.get(v.get("decoder") or v["name"].split("/")[0])
        if found and octets_of(v)[0] in (0x30, 0x04) and not v["expected"].get("expectError"):
            yield name_of(v), begin(found[1], octets_of(v), found[0], 2 if found[0] == 23 else 3)


# ---- SMPP

def checksum(octets):
    if len(octets) % 2:
        octets += b"\0"
    total = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


CLIENT, SERVER = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])
SYN, ACK, PSH = 2, 16, 8
SMPP_PORT = 2775


class Connection:
    """Segments of one TCP connection in raw IPv4 packets."""

    def __init__(self, port):
        self.port = port
        self.next = {CLIENT: 1000, SERVER: 5000}

    def segment(self, source, payload=b"", flags=ACK | PSH):
        destination = SERVER if source == CLIENT else CLIENT
        ports = (self.port, SMPP_PORT) if source == CLIENT else (SMPP_PORT, self.port)
        acknowledged = self.next[destination] if flags & ACK else 0
        header = struct.pack(">HHIIBBHHH", *ports, self.next[source], acknowledged, 0x50, flags, 65535, 0, 0)
        pseudo = source + destination + struct.pack(">BBH", 0, 6, len(header) + len(payload))
        header = header[:16] + struct.pack(">H", checksum(pseudo + header + payload)) + header[18:]
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(payload), 0, 0x4000, 64, 6, 0, source, destination)
        ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
        self.next[source] += len(payload) + (1 if flags & SYN else 0)
        return ip + header + payload


def pdu(command, sequence, body=b""):
    return struct.pack(">IIII", 16 + len(body), command, 0, sequence) + body


BINDS = (0x1, 0x2, 0x9)


def is_smpp(octets):
    return len(octets) >= 16 and int.from_bytes(octets[:4], "big") == len(octets)


def sessions(path):
    """Each PDU in a session of its own, after the bind."""
    frames = []
    for n, v in enumerate(v for v in load(path) if is_smpp(octets_of(v))):
        name, octets = name_of(v), octets_of(v)
        connection = Connection(40000 + n)
        command, response = int.from_bytes(octets[4:8], "big"), octets[4] & 0x80
        segments = [connection.segment(CLIENT, flags=SYN), connection.segment(SERVER, flags=SYN | ACK)]
        if command not in BINDS:
            segments += [connection.segment(CLIENT, pdu(0x9, 1, b"acct\0pw\0\0\x34\0\0\0")),
                         connection.segment(SERVER, pdu(0x80000009, 1, b"smsc\0"))]
        segments.append(connection.segment(SERVER if response else CLIENT, octets))
        frames += [(name, segment) for segment in segments]
    return frames


def capture_of(path):
    """(link type, frames) of a file of vectors; None where it holds no whole messages."""
    if path.name.startswith("smpp_"):
        kind, frames = LINK_RAW_IP, sessions(path)
    elif path.name.startswith(("tcap_", "mixed_")):
        kind, frames = LINK_SCCP, in_unitdata(tcap_messages(path))
    elif path.name.startswith("tpdu_"):
        kind, frames = LINK_SCCP, in_unitdata(tpdus(path))
    elif path.name.startswith("map_"):
        kind, frames = LINK_SCCP, in_unitdata(map_arguments(path))
    else:
        return None
    return (kind, frames) if frames else None
