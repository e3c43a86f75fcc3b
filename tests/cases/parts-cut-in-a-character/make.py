#!/usr/bin/env python3
"""Three long messages whose parts are cut inside a character. The event of a part shows what its own octets are; the
whole shows the character.

MAP, GSM 7 bit (TS 23.038 6.2.1.1): the escape is the last septet of the first part, its septet 65 (the euro sign;
alone it is an e) the first of the second. An escape at the very end of a text is shown as a space.
MAP, UCS-2 as UTF-16: U+1F600 is D83D DE00, the one half in each part. Half a pair is shown as U+FFFD.
SMPP, data_coding 5 in Shift_JIS: U+3042 U+3044 are 82 A0 82 A2, cut after the third octet. What remains, A2, is alone
a halfwidth corner bracket, U+FF62."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from wire import *


def part(sequence, reference, dcs, user_data_):
    return b"\x44" + tp_address("447700900123") + bytes([0, dcs]) + SCTS + user_data_


def gsm7(reference, sequence, text):
    return part(sequence, reference, 0, user_data(text, concatenation(reference, 2, sequence)))


def ucs2(reference, sequence, units):
    octets = b"\5" + concatenation(reference, 2, sequence) + bytes.fromhex(units)
    return part(sequence, reference, 8, bytes([len(octets)]) + octets)


escape = "\x1b"  # `septets` takes codes below 128 as they are
tpdus = [gsm7(7, 1, "Only 9" + escape), gsm7(7, 2, "e now"), ucs2(8, 2, "DE00 0021"), ucs2(8, 1, "0048 0069 D83D")]
frames = [from_centre(mt_begin(tpdu, otid=f"0000000{i}"), tsn=i) for i, tpdu in enumerate(tpdus, 1)]


def expected(frame, text, reference, sequence, **more):
    return mt_event(frame, text, "447700900123", otid=f"0000000{frame}", udh=f"050003{reference:02x}02{sequence:02x}",
                    parts={"ref": reference, "total": 2, "seq": sequence}, **more)


events = [
    expected(1, "Only 9 ", 7, 1),
    expected(2, "e now", 7, 2, message_text="Only 9\u20ac now"),
    expected(3, "\ufffd!", 8, 2, dcs=8, coding="ucs2"),
    expected(4, "Hi\ufffd", 8, 1, dcs=8, coding="ucs2", message_text="Hi\U0001F600!"),
]

sar = lambda sequence: bytes.fromhex(f"020c00020009 020e000102 020f0001{sequence:02x}")
submits = b""
for sequence, octets in ((1, "82A082"), (2, "A2")):
    text = bytes.fromhex(octets)
    body = c_string("") + b"\5\0" + c_string("ACME") + b"\1\1" + c_string("447700900123") + b"\0\0\0" + c_string("")
    body += c_string("") + bytes([0, 0, 5, 0, len(text)]) + text + sar(sequence)
    submits += pdu(4, sequence + 1, body)
frames += [tcp(b"", 999, flags=0x02), tcp(bind_transceiver(1) + submits, 1_000, acknowledgement=5_000)]


def submitted(item, text, **more):
    tlvs = {"sar_msg_ref_num": 9, "sar_total_segments": 2, "sar_segment_seqnum": item}
    return smpp_event(6, "submit_sm", item + 1, text, "ACME", "447700900123", dcs=5, coding="jis", item=item,
                      smpp={"system_id": "acme", "sequence": item + 1, "esm_class": 0, "tlvs": tlvs},
                      parts={"ref": 9, "total": 2, "seq": item}, **more)


events += [submitted(1, "\u3042\ufffd"), submitted(2, "\uff62", message_text="\u3042\u3044")]
case(__file__, frames, events)
