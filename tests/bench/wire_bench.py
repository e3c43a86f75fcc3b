#!/usr/bin/env python3
"""How fast packets pass Tollgate, and how late they are, beside dpdk-testpmd, which only forwards, on the same ports in the
same run. Environment: TOLLGATE, TOLLGATE_TRAFFIC, WIRE_LOAD: the programs. Argument: seconds of each measurement.

What forwards has one CPU, what sends and measures another; between them are two ports of net_memif, which is shared memory:
no kernel, no network card. What is measured by wire-load is said at its top. No figure passes or fails. Without
dpdk-testpmd or a second CPU it says that it is skipped, and ends well.

What the machine adds stands beside the round trips, and in those of testpmd, which does nothing but forward: for how
many milliseconds the sender was kept from its work (nothing is timed then), and for how many the forwarding thread was
ready and another had its CPU. Of Tollgate that is also its own thread that writes events, since it has one CPU in all.
"""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
TRAFFIC = os.environ.get("TOLLGATE_TRAFFIC", str(SOURCE / "build/tollgate-traffic"))
LOAD = os.environ.get("WIRE_LOAD", str(SOURCE / "build/tests/bench/wire-load"))
LOW = 1_000  # packets a second: mostly nothing comes
MESSAGES = 400_000  # a packet each, and as many answers: more than are sent in a measurement at half load

# Inspection off: without rules, what is read is judged by nothing, and nothing is held.
OFF, ON = "tollgate, inspection off", "tollgate, inspection on"
CONFIGURATION = """version: 1
home: {{country: GB}}
links: [{{name: ic1, outside: '{0}', inside: '{1}', route: international}}]
state: {2}/state
enforcement: {3}
{4}"""


def devices(socket):
    return [f"net_memif{i},role=server,id={i},socket={socket},socket-abstract=no" for i in (0, 1)]


def testpmd(folder):
    ports = [word for device in devices(folder / "socket") for word in ("--vdev", device)]
    return ["dpdk-testpmd", "--lcores", "0@1,1@1", "--file-prefix", folder.name, "--no-huge", "-m", "256", "--no-pci",
            "--no-shconf", "--no-telemetry", *ports, "--", "--total-num-mbufs=16384", "--nb-cores=1", "--forward-mode=io",
            "--auto-start", "--no-flush-rx", "--stats-period", "60"]


def tollgate(folder, inspects):
    rules = f"rules: {SOURCE / 'rules'}\n" if inspects else ""
    (folder / "tollgate.yaml").write_text(
        CONFIGURATION.format(*devices(folder / "socket"), folder, "on" if inspects else "off", rules))
    return [TOLLGATE, "run", "-c", folder / "tollgate.yaml"]


FORWARDERS = {"dpdk-testpmd, io": testpmd, OFF: lambda folder: tollgate(folder, False), ON: lambda folder: tollgate(folder, True)}


@contextlib.contextmanager
def running(make_command):
    """Yields the folder of its socket, and its process. For one measurement: net_memif takes no second peer."""
    with tempfile.TemporaryDirectory(prefix="tollgate-bench-") as folder:
        folder = pathlib.Path(folder)
        with open(folder / "log", "w+") as log:
            process = subprocess.Popen(["taskset", "-c", "1", *map(str, make_command(folder))], stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=log)
            try:
                until = time.monotonic() + 60
                while not (folder / "socket").exists():
                    if process.poll() is not None or time.monotonic() > until:
                        log.seek(0)
                        raise RuntimeError(f"{process.args}: does not start:\n{log.read()}")
                    time.sleep(0.05)
                yield folder, process.pid
            finally:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def load(folder, seconds, rate, capture=None):
    command = ["taskset", "-c", "0", LOAD, folder / "socket", seconds, rate, *([capture] if capture else [])]
    for _ in range(20):  # the socket is there before the port behind it works
        said = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=seconds + 60)
        if said.returncode == 0:
            return json.loads(said.stdout)
    raise RuntimeError(said.stderr)


def waited_ms(process):
    """For how long its forwarding thread was ready, and another had its CPU."""
    threads = [task for task in pathlib.Path(f"/proc/{process}/task").iterdir() if "rte-worker" in (task / "comm").read_text()]
    return sum(int((task / "schedstat").read_text().split()[1]) for task in threads) / 1e6


def overloads(folder):
    """Packets that passed unread because there was no time for them; of Tollgate alone."""
    if not (folder / "tollgate.yaml").exists():
        return 0
    status = subprocess.run([TOLLGATE, "status", "-c", str(folder / "tollgate.yaml")], capture_output=True, text=True, check=True)
    counts = json.loads(status.stdout)["counts"]
    return counts.get("uninspected_overload", 0) + counts.get("dropped_overload", 0)


def table(title, columns, rows):
    print(f"\n{title}")
    print(f"  {'':28}" + "".join(f"{name:>14}" for name in columns))
    for name, *cells in rows:
        print(f"  {name:28}" + "".join(f"{cell:>14}" for cell in cells))


def rates(seconds, loads):
    found = {}
    for name, make in FORWARDERS.items():
        for what, capture in loads.items():
            with running(make) as (folder, _):
                found[name, what] = load(folder, seconds, 0, capture)["per_second"], overloads(folder)
    first = next(iter(FORWARDERS))
    for what in loads:
        rows = [(name, f"{found[name, what][0]:,.0f}", f"{100 * found[name, what][0] / found[first, what][0]:.0f} %",
                 f"{found[name, what][1]:,}") for name in FORWARDERS]
        table(f"packets a second: {what}", ("packets/s", "of testpmd", "not read"), rows)
    return {what: min(found[name, what][0] for name in FORWARDERS) / 2 for what in loads}


def round_trips(seconds, loads, half):
    wanted = [(f"{LOW:,} a second", LOW, None)]
    wanted += [(f"{half[what]:,.0f} a second, {what}", round(half[what]), capture) for what, capture in loads.items()]
    found = {}
    for name, make in FORWARDERS.items():
        for what, rate, capture in wanted:
            with running(make) as (folder, process):
                before = waited_ms(process)
                found[name, what] = load(folder, seconds, rate, capture)
                found[name, what]["waited_ms"] = waited_ms(process) - before
    percentiles = ("p50", "p99", "p99.9")
    for what, _, _ in wanted:
        first = found[next(iter(FORWARDERS)), what]
        rows = []
        for name in FORWARDERS:
            one = found[name, what]
            rows.append((name, *(f"{one[p]:.1f}" for p in percentiles), *(f"{one[p] - first[p]:+.1f}" for p in percentiles),
                         one["lost"], f"{one['kept_ms']:.0f}", f"{one['waited_ms']:.0f}"))
        table(f"microseconds of a round trip, twice through: {what}",
              (*percentiles, *(f"added {p}" for p in percentiles), "lost", "kept, ms", "waited, ms"), rows)


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    if shutil.which("dpdk-testpmd") is None:
        print("wire-bench: skipped: dpdk-testpmd is not installed (Debian package dpdk-dev)")
        return
    if os.cpu_count() < 2:
        print("wire-bench: skipped: it needs two CPUs")
        return
    with tempfile.TemporaryDirectory(prefix="tollgate-bench-") as folder:
        capture = pathlib.Path(folder) / "map.pcap"
        subprocess.run([TRAFFIC, "--mix", "load-map", "--count", str(MESSAGES), "--out", str(capture)], check=True)
        loads = {"UDP, which carries no message": None, "MAP, every second packet a short message": capture}
        round_trips(seconds, loads, rates(seconds, loads))


if __name__ == "__main__":
    main()
