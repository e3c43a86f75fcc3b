#!/usr/bin/env python3
"""What `meson install` puts on a system: all of it, in its place, and working. Environment: TOLLGATE, TOLLGATE_BUILD."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE / folder) for folder in ("tests/support", "tests/live")]
import tap
import topology
from frames import Frames

BUILD = os.environ.get("TOLLGATE_BUILD", str(SOURCE / "build"))
TOLLGATE = os.environ.get("TOLLGATE", f"{BUILD}/tollgate")
SENDER = bytes.fromhex("020000000c03")
# As the unit has it.
CAPABILITIES = "-all,+net_raw,+net_admin,+ipc_lock"
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--inh-caps", CAPABILITIES,
          "--ambient-caps", CAPABILITIES, "--bounding-set", CAPABILITIES]


class InstallTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.root)
        cls.root.chmod(0o755)
        subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--tags", "runtime,man,devel",
                        "--destdir", str(cls.root)], check=True, capture_output=True)
        (cls.program,) = cls.root.glob("**/bin/tollgate")
        cls.prefix = cls.program.parents[1]

    def one(self, pattern):
        found = list(self.root.glob(pattern))
        self.assertEqual(len(found), 1, f"{pattern}: {found}")
        return found[0]

    def commands(self):
        told = subprocess.run([TOLLGATE, "--help"], capture_output=True, text=True, check=True).stdout
        return re.findall(r"^  (\w+) ", told.split("commands:\n")[1], re.MULTILINE)

    def test_all_is_in_its_place(self):
        for pattern in ("**/bin/tollgate", "**/etc/tollgate/tollgate.yaml", "**/systemd/system/tollgate.service",
                        "**/tollgate/plugins/rate.so", "**/tollgate/plugins/clickhouse.so", "**/tollgate/plugins/syslog.so",
                        "**/tollgate/plugins/jsonl.so", "**/share/tollgate/clickhouse/schema.sql", "**/share/tollgate/clickhouse/queries/traffic.sql",
                        "**/share/tollgate/rules/policy.yaml", "**/share/tollgate/rules/lists",
                        "**/doc/tollgate/README.md", "**/include/tollgate/plugin.h", "**/include/tollgate/tollgate.h",
                        "**/libtollgate.a"):
            with self.subTest(pattern):
                self.one(pattern)
        self.assertEqual(list(self.root.glob("**/tollgate-traffic")), [])

    def test_the_program_is_the_one_that_was_built(self):
        said = subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True).stdout
        self.assertRegex(said, r"^tollgate \d+\.\d+\.\d+\n$")

    def test_each_command_has_a_man_page(self):
        if shutil.which("help2man") is None:
            self.skipTest("help2man is not installed")
        commands = self.commands()
        self.assertIn("replay", commands)
        for page in ["tollgate", *(f"tollgate-{command}" for command in commands)]:
            with self.subTest(page):
                path = self.one(f"**/man/man1/{page}.1")
                shown = subprocess.run(["groff", "-man", "-Tutf8", "-ww", str(path)], capture_output=True, text=True)
                self.assertEqual((shown.returncode, shown.stderr), (0, ""))
                self.assertIn("SYNOPSIS", re.sub(r"\x1b\[[0-9;]*m|.\x08", "", shown.stdout))

    def test_systemd_takes_the_unit(self):
        if shutil.which("systemd-analyze") is None:
            self.skipTest("systemd-analyze is not installed")
        unit = self.one("**/tollgate.service")
        text = unit.read_text()
        program = re.search(r"^ExecStart=(\S+) run$", text, re.MULTILINE).group(1)
        self.assertEqual(self.root / program[1:], self.program)
        copy = self.root / "tollgate.service"
        copy.write_text(text.replace(program, str(self.program)))
        told = subprocess.run(["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True)
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        told = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=30", str(copy)],
                              capture_output=True, text=True)
        self.assertEqual(told.returncode, 0, told.stdout[-300:])

    def example(self):
        """The example's text, with the places of a system moved to where this test installed it."""
        text = self.one("**/etc/tollgate/tollgate.yaml").read_text()
        rules = re.search(r"^rules: (\S+)", text, re.MULTILINE).group(1)
        self.assertTrue((self.root / rules[1:] / "policy.yaml").exists())
        text = text.replace(rules, str(self.root / rules[1:]))
        for folder in ("var/log", "var/lib"):
            (self.root / folder / "tollgate").mkdir(parents=True, exist_ok=True)
        (self.root / "run").mkdir(exist_ok=True)
        return re.sub(r" /(var|run)/", lambda place: f" {self.root}/{place.group(1)}/", text)

    def test_the_example_is_a_configuration_without_a_fault(self):
        path = self.root / "example.yaml"
        path.write_text(self.example())
        told = subprocess.run([self.program, "check", "-c", str(path)], capture_output=True, text=True)
        self.assertEqual((told.returncode, re.findall(r".*error.*", told.stdout + told.stderr)), (0, []))

    def wait_until_ready(self, process):
        """Compiling the shipped rules for the first time takes its time."""
        until = time.monotonic() + 180
        while "ready" not in (said := (self.root / "log").read_text()):
            self.assertIsNone(process.poll(), said)
            self.assertLess(time.monotonic(), until, said)
            time.sleep(0.1)

    def test_the_example_works_between_two_interfaces_without_being_root(self):
        if os.geteuid() != 0:
            self.skipTest("needs root, to make interfaces and to give it up")
        path = self.root / "unprivileged.yaml"
        path.write_text(self.example())
        for folder in ("var/log/tollgate", "var/lib/tollgate", "run"):
            shutil.chown(self.root / folder, 65534, 65534)
        between = topology.Topology()
        self.addCleanup(between.close)
        for device, name in (("o0", "tollgate0"), ("i0", "tollgate1")):
            for words in (["set", device, "down"], ["set", device, "name", name], ["set", name, "up"]):
                between.run(between.middle, ["ip", "link", *words])
        log = open(self.root / "log", "wb")
        home = {**os.environ, "HOME": str(self.root / "var/lib/tollgate")}
        process = between.start(between.middle, [*NOBODY, str(self.program), "run", "-c", str(path)], env=home,
                                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        self.wait_until_ready(process)
        between.wait_until_joined()
        status = (pathlib.Path("/proc") / str(process.pid) / "status").read_text()
        self.assertRegex(status, r"Uid:\t65534\t65534\t65534")
        with Frames(between.client, "c0") as client, Frames(between.server, "s0") as server:
            frame = bytes.fromhex("020000000d04") + SENDER + bytes.fromhex("88b5") + b"through" + bytes(50)
            client.send(frame)
            self.assertEqual(server.receive(1, SENDER), [frame])
        process.terminate()
        self.assertEqual(process.wait(timeout=30), 0, (self.root / "log").read_text())


if __name__ == "__main__":
    tap.main()
