"""Network namespaces for live tests: a client and a server with a middle between them, where Tollgate runs.

    client         middle          server
    c0 ---------- o0    i0 ---------- s0      link 0: 10.77.0.1, fd77:0::1 and 10.77.0.2, fd77:0::2
    c1 ---------- o1    i1 ---------- s1      link 1: 10.77.1.1, fd77:1::1 and 10.77.1.2, fd77:1::2

A namespace has no name: it lives while a process holds it, which ends with this program however that ends, and so does
what was started in it. The middle has no addresses and says nothing of its own. Checksum and segmentation offloads are off at all ends: a veth
would hand over packets whose checksum is not filled in yet.

With `faults`, words for the program of wire.cpp, each `----` is two pairs and that program between them: packets are
lost, delayed, doubled or reordered on the way to the middle and on the way from it. `faults=[]`: wires that do nothing
but can be cut.
"""
import functools
import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

TOOLS = ("ip", "ethtool", "unshare", "nsenter", "setpriv")
OFFLOADS = ("tx", "rx", "tso", "gso", "gro", "txvlan", "rxvlan")
WIRE = os.environ.get("TOLLGATE_WIRE", str(pathlib.Path(__file__).resolve().parents[2] / "build/tests/live/wire"))
# A closed port refuses at once, when packets pass both ways.
KNOCK = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], 9), 0.5)
except OSError as error:
    print(type(error).__name__)
"""


@functools.cache
def cannot():
    """Why this machine does not let us make namespaces, or None."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    made = subprocess.run(["unshare", "--net", "ip", "link", "add", "name", "one", "type", "veth", "peer", "name", "two"],
                          capture_output=True, text=True)
    return None if made.returncode == 0 else f"network namespaces are not allowed here: {made.stderr.strip()}"


def skip_unless_possible():
    if cannot():
        raise unittest.SkipTest(cannot())


class Topology:
    def __init__(self, links=1, mtu=1500, faults=None):
        skip_unless_possible()
        self.links = links
        self._processes = []
        self._holders = []
        self._bridged = []
        self._wires = {}
        self._faults = faults
        try:
            self._build(mtu)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _build(self, mtu):
        self.client, self.middle, self.server = (self._space(silent) for silent in (False, True, False))
        for link in range(self.links):
            self._connect(self.client, f"c{link}", f"o{link}", link, mtu)
            self._connect(self.server, f"s{link}", f"i{link}", link, mtu)
            for space, device, host in ((self.client, f"c{link}", 1), (self.server, f"s{link}", 2)):
                self._ip(space, "address", "add", f"10.77.{link}.{host}/24", "dev", device)
                self._ip(space, "address", "add", f"fd77:{link}::{host}/64", "dev", device, "nodad")

    def _space(self, silent):
        """A namespace, which is its holder's process id."""
        holder = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo; exec cat"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE)
        holder.stdout.readline()  # it has its namespace; at the end of its input, also by our death, it ends
        self._holders.append(holder)
        self._ip(holder.pid, "link", "set", "lo", "up")
        for setting in ("all", "default") if silent else ():
            self.run(holder.pid, ["sh", "-c", f"echo 1 >/proc/sys/net/ipv6/conf/{setting}/disable_ipv6"], check=False)
        return holder.pid

    def _connect(self, end, device, port, link, mtu):
        if self._faults is None:
            self._join(end, device, self.middle, port, mtu)
            return
        between = self._space(silent=True)
        self._join(end, device, between, "near", mtu)
        self._join(between, "far", self.middle, port, mtu)
        seed = sum(map(ord, port))
        wire = self.start(between, [WIRE, "near", "far", *self._faults, f"seed={seed}"], stdout=subprocess.PIPE)
        self._wires.setdefault(link, []).append(wire)
        if wire.stdout.readline() != b"ready\n":
            raise RuntimeError("the faulty wire does not work")

    def _join(self, space, device, other_space, other_device, mtu):
        self._ip(space, "link", "add", "name", device, "type", "veth", "peer", "name", other_device, "netns", other_space)
        for where, what in ((space, device), (other_space, other_device)):
            self._ip(where, "link", "set", what, "mtu", mtu, "up")
            off = [[offload, "off"] for offload in OFFLOADS]
            if self.run(where, ["ethtool", "-K", what, *sum(off, [])], check=False).returncode != 0:
                for words in off:  # a kernel refuses all where it does not let one be changed
                    self.run(where, ["ethtool", "-K", what, *words], check=False)

    def _ip(self, space, *arguments):
        self.run(space, ["ip", *arguments])

    @staticmethod
    def address(side, link=0, version=4):
        """Of the `client` or the `server`."""
        host = {"client": 1, "server": 2}[side]
        return f"10.77.{link}.{host}" if version == 4 else f"fd77:{link}::{host}"

    # `space` is one of self.client, self.middle, self.server.

    @staticmethod
    def inside(space, command):
        return ["nsenter", f"--net=/proc/{space}/ns/net", "setpriv", "--pdeathsig", "KILL", *map(str, command)]

    def run(self, space, command, check=True, timeout=60, **options):
        """Runs a command to its end."""
        options = {"capture_output": True, "text": True, **options}
        done = subprocess.run(self.inside(space, command), timeout=timeout, **options)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command))}: exit status {done.returncode}: {done.stderr}")
        return done

    def start(self, space, command, **options):
        """Starts a process, which is ended with the topology; its pid is that of the command itself."""
        process = subprocess.Popen(self.inside(space, command), **options)
        self._processes.append(process)
        return process

    # The middle

    def bridge(self):
        """A plain bridge of the kernel in the middle, to compare with."""
        for link in range(self.links):
            self._ip(self.middle, "link", "add", f"br{link}", "type", "bridge", "forward_delay", "0",
                     "mcast_snooping", "0")
            for port in (f"o{link}", f"i{link}"):
                self._ip(self.middle, "link", "set", port, "master", f"br{link}")
            self._ip(self.middle, "link", "set", f"br{link}", "up")
            self._bridged.append(link)

    def unbridge(self):
        while self._bridged:
            self._ip(self.middle, "link", "delete", f"br{self._bridged.pop()}")

    # Faults

    def cut(self, link):
        """Breaks a link that has wires, for good."""
        for wire in self._wires[link]:
            wire.terminate()

    def mss(self, size):
        """TCP of both ends tells the other to send at most `size` octets a segment."""
        for link in range(self.links):
            for space, device in ((self.client, f"c{link}"), (self.server, f"s{link}")):
                self._ip(space, "route", "replace", f"10.77.{link}.0/24", "dev", device, "advmss", str(size))

    def wait_until_joined(self, seconds=15):
        """Until packets pass the middle both ways."""
        for link in range(self.links):
            until = time.monotonic() + seconds
            while "Refused" not in self.run(self.client, [sys.executable, "-c", KNOCK, self.address("server", link)]).stdout:
                if time.monotonic() > until:
                    raise RuntimeError(f"nothing passes on link {link}")

    def close(self):
        for process in self._processes:
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + 1
        for process in self._processes:
            try:
                process.wait(max(until - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()
        for holder in self._holders:
            holder.stdout.close()
            holder.stdin.close()
            holder.wait()
