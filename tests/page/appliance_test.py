#!/usr/bin/env python3
"""The same tests of the page as page_test.py, of a running appliance: over HTTPS on the loopback, with messages that came to it from a
capture (DPDK's net_pcap) and two versions of its rules. Environment: TOLLGATE, the program; SCREENSHOTS, a folder for pictures."""
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

FOLDER = pathlib.Path(__file__).resolve().parent
for name in ("../support", "../cases"):
    sys.path.insert(0, str(FOLDER / name))
import node_packages
import wire

TOLLGATE = os.environ.get("TOLLGATE", str(FOLDER.parents[1] / "build/tollgate"))
CHARGED = FOLDER.parent / "cases/smpp-charged/rules"
ROLES = ["viewer", "analyst", "security", "commercial", "admin"]
MESSAGES = 6


class Appliance:
    def __init__(self, folder):
        self.folder = folder
        self.process = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.base = f"https://127.0.0.1:{probe.getsockname()[1]}"
        self.environment = os.environ | {"XDG_CACHE_HOME": str(folder / "cache")}

    def call(self, *words):
        return subprocess.run([TOLLGATE, *map(str, words)], cwd=self.folder, env=self.environment, check=True, capture_output=True, text=True,
                              timeout=60).stdout

    def set_up(self):
        frames = wire.bound(*(("esme", wire.short_message(4, 2 + i, f"{'notice' if i % 2 == 0 else 'hello'} {i}", "ACME", f"44770090010{i}"))
                              for i in range(MESSAGES)))
        (self.folder / "in.pcap").write_bytes(wire.pcap(frames))
        (self.folder / "nothing.pcap").write_bytes(wire.pcap([wire.SOMETHING]))
        shutil.copytree(CHARGED, self.folder / "rules")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem", "-out", "cert.pem",
                        "-days", "2", "-subj", "/CN=appliance", "-addext", "subjectAltName=IP:127.0.0.1"], cwd=self.folder, check=True, capture_output=True)
        self.call("account", "import", "rules/accounts.yaml", "--ledger", "ledger.db")
        self.call("rules", "key", "k")

        def device(number, capture):
            return f"'net_pcap{number},rx_pcap={self.folder}/{capture},tx_pcap={self.folder}/tx{number}.pcap'"
        (self.folder / "tollgate.yaml").write_text(
            f"version: 1\nstate: {self.folder}/state\nrules: rules\nhome: {{country: GB, number: {{international_prefix: '00', national_prefix: '0'}}}}\n"
            f"links: [{{name: a, outside: {device(0, 'in.pcap')}, inside: {device(1, 'nothing.pcap')}, route: international}}]\n"
            "ledger: {sqlite: ledger.db, appliance: here}\nevents: {file: events.jsonl, text: all, numbers: full}\n"
            f"control: {{trust: [k.pub], tokens: tokens.json, trial_messages: 100, https: {{listen: '{self.base.removeprefix('https://')}', "
            "certificate: cert.pem, key: key.pem}}\n")
        (self.folder / "state").mkdir()

    def start(self):
        """Why it cannot be tried, or None."""
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen([TOLLGATE, "run", "-c", "tollgate.yaml"], cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL, stderr=log)
        self.wait_for(lambda: "ready" in self.log() or self.process.poll() is not None)
        if "is its name right" in self.log():
            return "DPDK has no driver net_pcap here"
        if self.process.poll() is not None:
            raise RuntimeError(self.log())
        self.wait_for(lambda: len(self.events()) >= MESSAGES)
        return None

    def log(self):
        return (self.folder / "log").read_text()

    def events(self):
        path = self.folder / "events.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def wait_for(self, what):
        until = time.monotonic() + 60
        while not what():
            if time.monotonic() > until:
                raise RuntimeError(self.log())
            time.sleep(0.05)

    def ask(self, path, token):
        request = urllib.request.Request(self.base + path, headers={"Authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=self.folder / "cert.pem"), timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, None

    def push_second_version(self):
        """Of the same rules, and one line more of its policy."""
        policy = self.folder / "rules/policy.yaml"
        policy.write_text("- {name: A line more, when: {text: zebra}, then: pass}\n" + policy.read_text())
        self.call("rules", "pack", "rules", "--key", "k", "--version", "1", "--out", "b.tgb")
        self.call("rules", "push", "b.tgb", "-c", "tollgate.yaml")

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


def tried(appliance):
    appliance.set_up()
    tokens = {role: appliance.call("token", "add", role, "--role", role, "-c", "tollgate.yaml").strip() for role in ROLES}
    if reason := appliance.start():
        print(f"1..0 # SKIP {reason}")
        return 0
    if appliance.ask("/v1/me", tokens["admin"])[0] == 404:
        print("1..0 # SKIP this program does not answer all that the page asks")
        return 0
    appliance.push_second_version()
    appliance.wait_for(lambda: appliance.ask("/v1/report?name=traffic", tokens["admin"])[1]["rows"])
    html = appliance.folder / "report.html"
    html.write_text(appliance.call("report", "traffic", "--html", "--by", "time,verdict", "-c", "tollgate.yaml"))
    event = next(one["id"] for one in appliance.events() if one["verdict"] == "charge")
    environment = {**node_packages.environment(), "BASE": appliance.base, "TOKENS": json.dumps(tokens), "EVENT": event, "FROM": "0", "TO": "1",
                   "REPORT": str(html)}
    return subprocess.run(["node", FOLDER / "page_test.js", *sys.argv[1:]], env=environment).returncode


def main():
    if reason := node_packages.no_browser() or (None if shutil.which("openssl") else "openssl is not there (scripts/set-up)"):
        print(f"1..0 # SKIP {reason}")
        return 0
    with tempfile.TemporaryDirectory(prefix="tollgate-test-") as folder:
        appliance = Appliance(pathlib.Path(folder))
        try:
            return tried(appliance)
        finally:
            appliance.end()


if __name__ == "__main__":
    sys.exit(main())
