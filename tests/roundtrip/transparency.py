"""What is left of a capture after Tollgate, compared with what went in: slow, obvious models that know nothing of its code."""
import collections
import struct

SHOWN = 24  # octets of each side, around a difference
HOLD_US = 3_000_000  # how long SCTP packets wait for the rest of a message


class Packet(collections.namedtuple("Packet", "frame time_us wire_length octets")):
    def same(self, other):
        return self[1:] == other[1:]


def packets(path):
    """Of a pcap file with times in microseconds, written by a machine like this one."""
    content = path.read_bytes()
    at, found = 24, []
    while at < len(content):
        seconds, microseconds, captured, length = struct.unpack_from("<IIII", content, at)
        at += 16 + captured
        found.append(Packet(len(found) + 1, seconds * 1_000_000 + microseconds, length, content[at - captured:at]))
    return found


def shown(came, left):
    """Two packets that should be one."""
    if came.time_us != left.time_us or came.wire_length != left.wire_length:
        return (f"frame {came.frame}: came at {came.time_us} us with {came.wire_length} octets, "
                f"left as frame {left.frame} at {left.time_us} us with {left.wire_length}")
    a, b = came.octets, left.octets
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    begin = max(0, at - 4)
    return (f"frame {came.frame} left as frame {left.frame}, other from offset {at} on:\n"
            f"  came {a[begin:begin + SHOWN].hex(' ')}\n  left {b[begin:begin + SHOWN].hex(' ')}")


def first_difference(came, left):
    """None where the same packets stand in the same order."""
    for a, b in zip(came, left):
        if not a.same(b):
            return shown(a, b)
    if len(came) > len(left):
        return f"frame {came[len(left)].frame} did not leave: {len(came)} packets came, {len(left)} left"
    if len(left) > len(came):
        return f"{len(came)} packets came, {len(left)} left: the first that never came is frame {left[len(came)].frame}"
    return None


# --- the layers below, of Ethernet captures that are sound --------------------------------------------------


def internet(octets):
    """(protocol, addresses, payload) of IPv4 or IPv6 without extension headers, else (None, b"", b"")."""
    if octets[12:14] == b"\x08\x00":
        length, size = struct.unpack_from(">H", octets, 16)[0], (octets[14] & 15) * 4
        if struct.unpack_from(">H", octets, 20)[0] & 0x3FFF == 0:
            return octets[23], octets[26:34], octets[14 + size:14 + length]
    if octets[12:14] == b"\x86\xdd":
        return octets[20], octets[22:54], octets[54:54 + struct.unpack_from(">H", octets, 18)[0]]
    return None, b"", b""


def sum_is_right(protocol, addresses, payload):
    """RFC 9293 3.1: the sum over the pseudo header and all octets, in ones' complement, has no zero bit."""
    octets = addresses + struct.pack(">II", len(payload), protocol) + payload + bytes(len(payload) % 2)
    return sum(struct.unpack(f">{len(octets) // 2}H", octets)) % 0xFFFF == 0


# --- SCTP: user data waits for the rest of its message -------------------------------------------------------------


def user_data(octets):
    """Of each DATA chunk: whose it is (addresses, ports, verification tag), and the chunk from its flags on."""
    protocol, addresses, payload = internet(octets)
    if protocol != 132:
        return []
    at, found = 12, []
    while at + 4 <= len(payload):
        kind, _, length = struct.unpack_from(">BBH", payload, at)
        if kind == 0:
            found.append((addresses + payload[:8], payload[at + 1:at + length]))
        at += max(4, length + -length % 4)
    return found


def wrong_with_holding(came, left):
    """User data waits for the rest of a message so long as is allowed, and may be overtaken by other user data; where others
    share its packet, these may leave before it, and again with it. Nothing else waits, is lost or made, and no octet
    changes. Yields what is not so."""
    others = [[packet for packet in side if not user_data(packet.octets)] for side in (came, left)]
    found = first_difference(*others)
    if found is not None:
        yield f"what is no user data: {found}"
    a, b = ({chunk: packet.frame for packet in side for chunk in user_data(packet.octets)} for side in (came, left))
    for what, one, other in ("did not leave", a, b), ("never came", b, a):
        for key, chunk in sorted(one.keys() - other.keys(), key=one.get)[:1]:
            yield f"user data of {key.hex()} in frame {one[key, chunk]} {what}: {chunk.hex()[:2 * SHOWN]}"
    latest = Packet(0, 0, 0, b"")
    for packet in left:
        if latest.time_us - packet.time_us >= HOLD_US:
            yield f"what came at {packet.time_us} us left behind what came at {latest.time_us} us"
        latest = max(latest, packet, key=lambda one: one.time_us)


# --- TCP: the receiver gets the same stream ---------------------------------------------------------------------


class Stream:
    """One direction of a connection, as a receiver would put it together."""

    def __init__(self):
        self.start = None  # the sequence number of the first octet
        self.octets = bytearray()
        self.known = bytearray()
        self.next = 0  # before it all has come
        self.flags = set()
        self.acknowledged = None

    def take(self, frame, segment):
        sequence, acknowledgement, size, flags = struct.unpack_from(">IIBB", segment, 4)
        payload = segment[(size >> 4) * 4:]
        self.flags |= {name for name, bit in (("FIN", 1), ("SYN", 2), ("RST", 4)) if flags & bit}
        if self.start is None:
            self.start = sequence + (flags >> 1 & 1)
        if flags & 0x10 and (self.acknowledged is None or acknowledgement - self.acknowledged & 0xFFFFFFFF < 1 << 31):
            self.acknowledged = acknowledgement
        at = sequence + (flags >> 1 & 1) - self.start & 0xFFFFFFFF
        if at >= 1 << 31:  # before the first
            return
        end = at + len(payload)
        if end > len(self.octets):
            more = bytes(end - len(self.octets))
            self.octets += more
            self.known += more
        for i in range(at, min(end, self.next)):
            if self.octets[i] != payload[i - at]:
                yield f"frame {frame} repeats octet {i} of the stream with another content"
        at = max(at, self.next)
        fresh = payload[len(payload) - (end - at):] if end > at else b""
        self.octets[at:at + len(fresh)] = fresh
        self.known[at:at + len(fresh)] = b"\1" * len(fresh)
        while self.next < len(self.known) and self.known[self.next]:
            self.next += 1

    def differs_from(self, other):
        if self.octets[:self.next] != other.octets[:other.next]:
            return f"{self.next} octets of a stream came, {other.next} left, or others"
        for name in ("start", "flags", "acknowledged"):
            if getattr(self, name) != getattr(other, name):
                return f"{name}: {getattr(self, name)} came, {getattr(other, name)} left"
        return None


def streams(all_packets, problems):
    """By addresses and ports; adds to `problems` what no end of a connection would send."""
    found = collections.defaultdict(Stream)
    for packet in all_packets:
        protocol, addresses, segment = internet(packet.octets)
        if protocol != 6:
            continue
        if not sum_is_right(protocol, addresses, segment):
            problems.append(f"frame {packet.frame}: the checksum is wrong")
        problems += found[addresses + segment[:4]].take(packet.frame, segment)
    return found


def wrong_with_streams(came, left):
    """Segments are cut at the ends of PDUs and put in order: each receiver gets the same stream, no octet with two
    contents, as many acknowledgements, and everything else as it came. Yields what is not so."""
    def others(all_of_them):
        return [packet for packet in all_of_them if internet(packet.octets)[0] != 6]

    found = first_difference(others(came), others(left))
    if found is not None:
        yield f"what is not TCP: {found}"
    problems = []
    before, after = streams(came, []), streams(left, problems)
    yield from problems
    if before.keys() != after.keys():
        yield f"{len(before)} streams came, {len(after)} left"
    for key, stream in before.items():
        difference = stream.differs_from(after[key])
        if difference is not None:
            yield f"{key.hex()}: {difference}"
