"""tshark as the judge of what Tollgate sends."""
import subprocess

UNASSIGNED_OPERATION = "Unknown invokeData 127"  # what it says of a blocked invoke of MAP

_CHECKS = ("ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "sctp.checksum:CRC 32c")
_CHECKSUMS = ("ip.checksum.status", "tcp.checksum.status", "sctp.checksum.status")
_REMARKS = ("_ws.expert.group", "_ws.expert.severity", "_ws.expert.message")
_BAD = "0"  # a checksum's status
_MALFORMED = 0x7000000  # an expert group
_SEQUENCE = 0x2000000  # another: what the peers did one after the other (a RST, an early acknowledgement)
_WARNING = 0x600000  # an expert severity, above which is only `error`


def faults(capture, *more):
    """(frame, fault) of each packet that it finds malformed, warns of, or has a bad checksum. `more`: words for it."""
    command = ["tshark", "-r", capture, *more, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|", "-e", "frame.number"]
    for check in _CHECKS:
        command += ["-o", check]
    for field in (*_CHECKSUMS, *_REMARKS):
        command += ["-e", field]
    read = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = []
    for line in read.splitlines():
        frame, *fields = line.split("\t")
        checksums, remarks = fields[:len(_CHECKSUMS)], fields[len(_CHECKSUMS):]
        found += [(int(frame), f"bad {name}") for name, status in zip(_CHECKSUMS, checksums) if _BAD in status.split("|")]
        for group, severity, remark in zip(*(field.split("|") for field in remarks)):
            if remark and int(group) != _SEQUENCE and (int(group) == _MALFORMED or int(severity) >= _WARNING):
                found.append((int(frame), remark))
    return found
