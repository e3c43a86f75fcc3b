"""tshark reads what passed at both ends: sums are right, nothing is malformed."""
import collections
import shutil
import subprocess
import time

import second_reader

PREFERENCES = ["ip.check_checksum:TRUE", "tcp.check_checksum:TRUE", "sctp.checksum:CRC-32C", "tcp.relative_sequence_numbers:FALSE"]
SMPP = "tcp.port==2775,smpp"
WRONG_SUM = "ip.checksum.status == 0 || tcp.checksum.status == 0 || sctp.checksum.status == 0"


def cannot():
    missing = [tool for tool in ("tcpdump", "tshark") if shutil.which(tool) is None]
    return f"not installed: {', '.join(missing)} (scripts/set-up)" if missing else None


class Captures:
    """What passes the client's and the server's first interface, from now on."""

    def __init__(self, network, folder):
        self.files = {device: folder / f"{device}.pcap" for device in ("c0", "s0")}
        self.running = [
            network.start(space, ["tcpdump", "--immediate-mode", "-U", "-B", "65536", "-s", "0", "-i", device, "-w", self.files[device]],
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            for space, device in ((network.client, "c0"), (network.server, "s0"))]
        for process in self.running:
            if "listening" not in (said := process.stderr.readline()) and "listening" not in (said := process.stderr.readline()):
                raise RuntimeError(f"tcpdump: {said}")

    def stop(self):
        time.sleep(0.2)
        for process in self.running:
            process.terminate()
            process.wait(5)
            process.stderr.close()

    def read(self, device, condition, *fields):
        """A line for each packet that meets the condition: its fields."""
        words = ["tshark", "-r", self.files[device], "-2", "-R", condition, "-d", SMPP, "-T", "fields"]
        for preference in PREFERENCES:
            words += ["-o", preference]
        for field in ("frame.number", *fields):
            words += ["-e", field]
        ran = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
        return ran.stdout.splitlines()

    def wrong_sums(self, device):
        return self.read(device, WRONG_SUM, "_ws.col.Info")

    def remarks(self, device):
        """How often tshark says what of packets that it finds malformed or warns of. Not of fragments that were lost or
        overtaken: it puts them together wrongly."""
        return collections.Counter(remark for _, remark in second_reader.faults(self.files[device], "-d", SMPP))

    def good(self, device, transport):
        return self.read(device, f"{transport}.checksum.status == 1")
