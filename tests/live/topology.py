"""Network namespaces for live tests: a client and a server with a middle between them, where Tollgate runs.

    client         middle          server
    c0 ---------- o0    i0 ---------- s0      link 0: 10.77.0.1, fd77:0::1 and 10.77.0.2, fd77:0::2
    c1 ---------- o1    i1 ---------- s1      link 1: 10.77.1.1, fd77:1::1 and 10.77.1.2, fd77:1::2

Names are unique to the process, so that tests can run side by side; everything is gone when the topology is closed.
The middle has no addresses and says nothing of its own. Checksum and segmentation offloads are off at all ends: a veth
would hand over packets whose checksum is not filled in yet.
"""
import itertools
import os
import pathlib
import shutil
import subprocess
import unittest

TOOLS = ("ip", "ethtool", "tc")
OFFLOADS = ("tx", "rx", "tso", "gso", "gro", "txvlan", "rxvlan")
_numbers = itertools.count()


def skip_unless_possible():
    """Raises unittest.SkipTest where this machine does not let us make namespaces."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        raise unittest.SkipTest(f"not installed: {', '.join(missing)}")
    if os.geteuid() != 0:
        raise unittest.SkipTest("network namespaces need root")
    name = f"tollgate-probe-{os.getpid()}-{next(_numbers)}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if made.returncode != 0:
        raise unittest.SkipTest(f"network namespaces are not allowed here: {made.stderr.strip()}")
    subprocess.run(["ip", "netns", "delete", name], capture_output=True)


class Topology:
    def __init__(self, links=1, mtu=1500):
        skip_unless_possible()
        self.links = links
        prefix = f"tollgate-{os.getpid()}-{next(_numbers)}"
        self.client, self.middle, self.server = (f"{prefix}-{role}" for role in ("client", "middle", "server"))
        self._processes = []
        self._bridged = []
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
        for space in (self.client, self.middle, self.server):
            self._ip("netns", "add", space)
            self._ip("-n", space, "link", "set", "lo", "up")
        for setting in ("net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"):
            self.run(self.middle, ["sysctl", "-qw", setting])
        for link in range(self.links):
            self._join(self.client, f"c{link}", self.middle, f"o{link}", mtu)
            self._join(self.server, f"s{link}", self.middle, f"i{link}", mtu)
            for space, device, host in ((self.client, f"c{link}", 1), (self.server, f"s{link}", 2)):
                self._ip("-n", space, "address", "add", f"10.77.{link}.{host}/24", "dev", device)
                self._ip("-n", space, "address", "add", f"fd77:{link}::{host}/64", "dev", device, "nodad")

    def _join(self, space, device, other_space, other_device, mtu):
        self._ip("link", "add", device, "netns", space, "type", "veth", "peer", "name", other_device, "netns", other_space)
        for where, what in ((space, device), (other_space, other_device)):
            self._ip("-n", where, "link", "set", what, "mtu", str(mtu), "up")
            for offload in OFFLOADS:  # one by one: a kernel refuses all where it does not let one be changed
                self.run(where, ["ethtool", "-K", what, offload, "off"], check=False)

    def _ip(self, *arguments):
        done = subprocess.run(["ip", *arguments], capture_output=True, text=True, timeout=30)
        if done.returncode != 0:
            raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")

    @staticmethod
    def address(side, link=0, version=4):
        """Of the `client` or the `server`."""
        host = {"client": 1, "server": 2}[side]
        return f"10.77.{link}.{host}" if version == 4 else f"fd77:{link}::{host}"

    # `space` is one of self.client, self.middle, self.server.

    @staticmethod
    def inside(space, command):
        return ["ip", "netns", "exec", space, *map(str, command)]

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
            self._ip("-n", self.middle, "link", "add", f"br{link}", "type", "bridge", "forward_delay", "0")
            for port in (f"o{link}", f"i{link}"):
                self._ip("-n", self.middle, "link", "set", port, "master", f"br{link}")
            self._ip("-n", self.middle, "link", "set", f"br{link}", "up")
            self._bridged.append(link)

    def unbridge(self):
        while self._bridged:
            self._ip("-n", self.middle, "link", "delete", f"br{self._bridged.pop()}")

    # Faults

    def netem(self, space, device, *what):
        """What leaves by `device` meets `tc netem what`, such as ("loss", "2%"); nothing: no more faults."""
        self.run(space, ["tc", "qdisc", "delete", "dev", device, "root"], check=False)
        if not what:
            return
        added = self.run(space, ["tc", "qdisc", "add", "dev", device, "root", "netem", *what], check=False)
        if "kind is unknown" in added.stderr:
            raise unittest.SkipTest("this kernel has no netem")
        if added.returncode != 0:
            raise RuntimeError(f"tc netem {' '.join(what)}: {added.stderr.strip()}")

    def faults(self, *what):
        """The same at both ends of every link, so in both directions."""
        for link in range(self.links):
            self.netem(self.client, f"c{link}", *what)
            self.netem(self.server, f"s{link}", *what)

    def mss(self, size):
        """TCP of both ends tells the other to send at most `size` octets a segment."""
        for link in range(self.links):
            for space, device in ((self.client, f"c{link}"), (self.server, f"s{link}")):
                self._ip("-n", space, "route", "change", f"10.77.{link}.0/24", "dev", device, "advmss", str(size))

    def close(self):
        for process in self._processes:
            if process.poll() is None:
                process.terminate()
        for process in self._processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for space in (self.client, self.middle, self.server):
            if pathlib.Path("/run/netns", space).exists():
                subprocess.run(["ip", "netns", "delete", space], capture_output=True, timeout=30)
