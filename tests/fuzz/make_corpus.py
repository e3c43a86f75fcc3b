#!/usr/bin/env python3
"""Makes seeds of the fuzz targets engine and sigtran, in the form that their sources describe: for each of the
generator's mixes below its first packets, or the user messages of its SCTP packets.

usage: make_corpus.py TOLLGATE_TRAFFIC tests/fuzz/corpus
"""
import pathlib
import struct
import subprocess
import sys
import tempfile

LONGEST = 1200  # octets of a seed

LINK_TYPES = {"ethernet": 0, "sll": 1, "sll2": 2, "raw": 3}
PPIDS = {3: 0, 5: 1, 2: 2, 4: 3}  # M3UA, M2PA, M2UA, SUA: kinds of sigtran_fuzz.cpp
MIXES = """
    p2p routing signalling link-vlan-mpls-map ip-v4-options ip-fragments-v4-reversed ip-fragments-v6 ip-v6-extensions
    sctp-fragmented sctp-retransmitted tcp-split-7 tcp-reordered tcp-from-the-middle tcp-several-pdus
    sccp-udts sccp-xudt-segmented sccp-ludt sccp-gt-1
    tcap-indefinite tcap-empty-begin tcap-two-invokes tcap-reject tcap-u-abort tcap-p-abort tcap-inform
    map-mt-v1 map-mo-v1 map-mo-v2-failure map-mt-v2-failure map-mt-failure-report map-mo-report map-more-messages map-lmsi
    map-reportSM-DeliveryStatus-v3 map-alertServiceCentre-v2 map-readyForSM-v3
    tp-oa-alphanumeric tp-vp-enhanced tp-status-report tp-command udh-ports-16 udh-concatenated-16 language-both-01
    smpp-outbind smpp-submit_multi-list smpp-broadcast_sm smpp-others smpp-delivery-receipt smpp-generic_nack
    smpp-message_payload smpp-udh-shuffled smpp-sar smpp-dc-10 damage-tcap-nested
""".split()
SIGTRAN_MIXES = """
    m3ua m2pa m2ua sua sua-segmented sua-returned sccp-xudt-segmented sccp-udts tcap-indefinite tcap-empty-begin
    tcap-two-invokes tcap-reject tcap-u-abort map-mt-v1 map-mo-v2 map-more-messages map-mo-failure-report
""".split()


def packets(capture):
    """(octets, cut) of a little-endian pcap with microseconds, as the generator writes it."""
    at = 24
    while at < len(capture):
        _, _, kept, wire = struct.unpack_from("<IIII", capture, at)
        yield capture[at + 16:at + 16 + kept], kept < wire
        at += 16 + kept


def user_messages(frame):
    """(payload protocol identifier, user data) of the DATA chunks in Ethernet, IPv4 without options, SCTP."""
    at = 14 + 20 + 12
    if frame[12:14] != b"\x08\x00" or frame[23] != 132:
        return
    while at + 16 <= len(frame):
        kind, flags, length = struct.unpack_from(">BBH", frame, at)
        if kind == 0 and flags & 3 == 3:
            yield struct.unpack_from(">I", frame, at + 12)[0], frame[at + 16:at + length]
        at += (length + 3) & ~3


def generated(traffic, mix, link_type):
    with tempfile.TemporaryDirectory() as folder:
        capture = pathlib.Path(folder, "seed.pcap")
        subprocess.run([traffic, "--out", capture, "--mix", mix, "--count", "2", "--link-type", link_type], check=True,
                       stdout=subprocess.DEVNULL)
        return list(packets(capture.read_bytes()))


def engine_seed(link_type, frames):
    out = bytes([LINK_TYPES[link_type]])
    for octets, cut in frames:
        out += struct.pack(">HB", len(octets), 1 | cut << 3) + octets
        if len(out) > LONGEST:
            break
    return out


def sigtran_seed(frames):
    messages = [message for octets, _ in frames for message in user_messages(octets)]
    return b"".join(struct.pack(">BH", PPIDS[ppid], len(data)) + data for ppid, data in messages[:10])


def main(traffic, folder):
    seeds = [(mix, "ethernet") for mix in MIXES] + [("map-mt-v3", link) for link in LINK_TYPES if link != "ethernet"]
    for mix, link_type in seeds:
        name = mix if link_type == "ethernet" else f"{mix}-{link_type}"
        pathlib.Path(folder, "engine", name).write_bytes(engine_seed(link_type, generated(traffic, mix, link_type)))
    for mix in SIGTRAN_MIXES:
        pathlib.Path(folder, "sigtran", mix).write_bytes(sigtran_seed(generated(traffic, mix, "ethernet")))


if __name__ == "__main__":
    main(*sys.argv[1:])
