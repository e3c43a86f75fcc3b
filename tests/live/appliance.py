"""Tollgate in the middle of a topology, with the rules of a test."""
import json
import os
import pathlib
import signal
import subprocess
import time

TOLLGATE = os.environ.get("TOLLGATE", str(pathlib.Path(__file__).resolve().parents[2] / "build/tollgate"))
LURE = "claim your prize"  # what the rules below stop
RULES = {
    "rules.yaml": f"- {{id: 1, name: Lure, labels: [scam], when: {{text: {LURE}}}}}\n",
    "policy.yaml": "- {name: Lures, when: {labels: scam}, then: {block: {smpp_status: ESME_RSUBMITFAIL, map_error: systemFailure}}}\n"
                   "- {name: Everything else, then: pass}\n",
}
BLOCKED_STATUS = 0x45  # ESME_RSUBMITFAIL


class Appliance:
    """`tollgate run` on all links of a topology. Its folder keeps what it writes; `start` again goes on there."""

    PORT = "net_af_packet{number},iface={interface}"

    def __init__(self, topology, folder, more=""):
        self.topology, self.folder = topology, pathlib.Path(folder)
        (self.folder / "rules").mkdir()
        (self.folder / "state").mkdir()
        for name, text in RULES.items():
            (self.folder / "rules" / name).write_text(text)
        port = lambda number, interface: self.PORT.format(number=number, interface=interface)
        links = "".join(f"  - {{name: link{i}, outside: '{port(2 * i, f'o{i}')}', "
                        f"inside: '{port(2 * i + 1, f'i{i}')}', route: international}}\n"
                        for i in range(topology.links))
        (self.folder / "tollgate.yaml").write_text(
            f"version: 1\nhome: {{country: GB}}\nlinks:\n{links}rules: rules\nstate: state\n"
            f"events: {{file: events.jsonl, text: all, numbers: full}}\n{more}")
        self.process = None

    def start(self, wait=True):
        self.log = open(self.folder / "log", "ab")
        self.process = self.topology.start(self.topology.middle, [TOLLGATE, "run", "-c", self.folder / "tollgate.yaml"],
                                           stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.log.close()
        if wait:
            try:
                self.topology.wait_until_joined()
            except RuntimeError as error:
                raise RuntimeError(f"{error}; tollgate ({self.process.poll()}) said:\n{self.said()}") from None
        return self

    def forget(self):
        """Deletes the flow memory of a process that has ended."""
        for memory in self.memories():
            memory.unlink()

    def memories(self):
        return list((self.folder / "state").glob("worker-*"))

    def status(self):
        asked = self.topology.run(self.topology.middle, [TOLLGATE, "status", "-c", self.folder / "tollgate.yaml"])
        return json.loads(asked.stdout)

    def said(self):
        return (self.folder / "log").read_text(errors="replace")

    def stop(self, number=signal.SIGTERM, seconds=15):
        """Ends it; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(seconds)
        if number == signal.SIGTERM and status != 0:
            raise RuntimeError(f"tollgate ended with {status}; it said:\n{self.said()}")
        return status

    def events(self, kind="message"):
        """Those that are whole; a killed process may have written half of its last."""
        path = self.folder / "events.jsonl"
        lines = path.read_text().splitlines(keepends=True) if path.exists() else []
        events = []
        for line in lines:
            try:
                events.append(json.loads(line))
            except json.JSONDecodeError:
                continue
        return [event for event in events if event["kind"] == kind]


class Bridge:
    """The plain bridge, in the same manner."""

    def __init__(self, topology):
        self.topology = topology

    def start(self):
        self.topology.bridge()
        self.topology.wait_until_joined()
        return self

    def stop(self):
        self.topology.unbridge()


def wait_for(what, seconds, happened):
    """Until `happened()`; returns what it says."""
    until = time.monotonic() + seconds
    while not (result := happened()):
        if time.monotonic() > until:
            raise TimeoutError(f"not within {seconds} s: {what}")
        time.sleep(0.05)
    return result
