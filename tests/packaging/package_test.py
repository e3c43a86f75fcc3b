#!/usr/bin/env python3
"""The Debian package, in a Debian of its own: installed, upgraded, removed and purged. Builds the package, unless
TOLLGATE_PACKAGE names one. Needs root, mmdebstrap, and Debian's archive."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import tap

MIRROR, SECURITY = "http://deb.debian.org/debian", "http://deb.debian.org/debian-security"


def suite():
    return re.search(r"^VERSION_CODENAME=(\w+)$", pathlib.Path("/etc/os-release").read_text(), re.MULTILINE).group(1)


class PackageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.reason = "needs root" if os.geteuid() != 0 else "needs mmdebstrap" if shutil.which("mmdebstrap") is None else None
        if cls.reason is not None:
            return
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.folder.chmod(0o755)
        cls.make_package()
        cls.make_debian()

    @classmethod
    def make_package(cls):
        given = os.environ.get("TOLLGATE_PACKAGE")
        if given is None:
            built = subprocess.run([SOURCE / "scripts/package"], check=True, capture_output=True, text=True).stdout
            given = built.splitlines()[-1]
        cls.package = pathlib.Path(given)

    @classmethod
    def make_debian(cls):
        """What a package may take for granted, and a service manager that checks units."""
        cls.root = cls.folder / "root"
        name = suite()
        made = subprocess.run(["mmdebstrap", "--mode=root", "--variant=minbase", "--include=systemd", "--skip=cleanup/apt/lists", name,
                               cls.root, f"deb {MIRROR} {name} main", f"deb {MIRROR} {name}-updates main",
                               f"deb {SECURITY} {name}-security main"], capture_output=True, text=True)
        if made.returncode != 0:
            cls.reason = f"there is no Debian to install it in: {made.stderr.strip().splitlines()[-1]}"
            return
        shutil.copy("/etc/resolv.conf", cls.root / "etc/resolv.conf")
        for kind, name in (("proc", "proc"), ("sysfs", "sys")):
            subprocess.run(["mount", "-t", kind, kind, cls.root / name], check=True)
            cls.addClassCleanup(subprocess.run, ["umount", cls.root / name], check=True)
        shutil.copy(cls.package, cls.root / "tollgate.deb")

    def setUp(self):
        if self.reason is not None:
            self.skipTest(self.reason)

    def inside(self, *words, status=0):
        run = subprocess.run(["chroot", self.root, *words], capture_output=True, text=True, timeout=900,
                             env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"})
        self.assertEqual(run.returncode, status, f"{words}: {run.stdout[-2000:]}{run.stderr[-2000:]}")
        return run.stdout + run.stderr

    def files(self):
        """All that the system has, but for what dpkg, apt and the like keep of their own."""
        kept = ("var/lib/dpkg", "var/lib/apt", "var/cache", "var/log", "proc", "sys", "tmp", "run", "etc/ld.so.cache")
        found = subprocess.run(["find", ".", "-xdev", "-printf", "%P\n"], cwd=self.root, check=True, capture_output=True, text=True).stdout
        return {name for name in found.splitlines() if not name.startswith(kept)}

    def test_it_is_installed_upgraded_removed_and_purged(self):
        install = ["apt-get", "install", "-y", "--no-install-recommends", "/tollgate.deb"]
        self.inside(*install)
        before = self.files()
        with self.subTest("installed"):
            self.look_at_what_is_installed()
        ledger = self.root / "var/lib/tollgate/ledger.db"
        self.inside("install", "-d", "-o", "tollgate", "-m", "750", "/var/lib/tollgate")
        ledger.write_text("money")
        configuration = self.root / "etc/tollgate/tollgate.yaml"
        configuration.write_text(configuration.read_text() + "# changed\n")
        with self.subTest("upgraded"):
            self.inside(*install[:2], "--reinstall", *install[2:])
            self.assertEqual(self.files() - before, {"var/lib/tollgate", "var/lib/tollgate/ledger.db"} - before)
            self.assertIn("# changed", configuration.read_text())
        with self.subTest("removed"):
            self.inside("apt-get", "remove", "-y", "tollgate")
            self.assertFalse((self.root / "usr/bin/tollgate").exists())
            self.assertIn("# changed", configuration.read_text())
            self.assertEqual(ledger.read_text(), "money")
        with self.subTest("purged"):
            (self.root / "var/cache/tollgate").mkdir(exist_ok=True)
            self.inside("apt-get", "purge", "-y", "tollgate")
            self.assertEqual({name for name in self.files() if "tollgate" in name} - {"tollgate.deb"},
                             {"var/lib/tollgate", "var/lib/tollgate/ledger.db"}, "the ledger is money, and stays")
            self.assertFalse((self.root / "var/cache/tollgate").exists())

    def look_at_what_is_installed(self):
        self.assertEqual(self.inside("dpkg", "--verify", "tollgate"), "")
        self.assertRegex(self.inside("getent", "passwd", "tollgate"), r":/var/lib/tollgate:/usr/sbin/nologin\n$")
        self.assertRegex(self.inside("tollgate", "--version"), r"^tollgate \d+\.\d+\.\d+\n$")
        self.inside("tollgate", "check", "-c", "/etc/tollgate/tollgate.yaml")
        self.inside("runuser", "-u", "tollgate", "--", "tollgate", "check")
        for name in ("etc/tollgate/tollgate.yaml", "usr/lib/tollgate/plugins/rate.so", "usr/share/tollgate/rules/policy.yaml",
                     "usr/include/tollgate/plugin.h", "usr/lib/libtollgate.a", "usr/share/doc/tollgate/copyright", "usr/share/doc/tollgate/changelog.gz",
                     "lib/systemd/system/tollgate.service"):
            self.assertTrue((self.root / name).exists(), name)
        commands = re.findall(r"^  (\w+) ", self.inside("tollgate", "--help").split("commands:\n")[1], re.MULTILINE)
        self.assertIn("replay", commands)
        for page in ["tollgate", *(f"tollgate-{command}" for command in commands)]:
            self.assertTrue((self.root / f"usr/share/man/man1/{page}.1.gz").exists(), page)
        self.inside("systemd-analyze", "verify", "--man=no", "tollgate.service")
        self.assertFalse(list(self.root.glob("etc/systemd/system/*/tollgate.service")), "nothing starts it yet")
        self.look_at_a_run()

    def look_at_a_run(self):
        """Drivers of DPDK are loaded by name: nothing in the program tells that the package needs them."""
        (self.root / "tmp/run.yaml").write_text("version: 1\nstate: /tmp/state\nlinks: [{name: a, outside: 'net_af_packet0,iface=o', "
                                                "inside: 'net_af_packet1,iface=i'}]\n")
        script = f"""set -e
            ip link add o type veth peer name i
            for name in o i; do ip link set $name up; done
            exec chroot {self.root} tollgate run -c /tmp/run.yaml"""
        run = subprocess.Popen(["unshare", "--net", "sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        said = ""
        for line in run.stdout:
            said += line
            if line.endswith(" ready\n"):
                run.terminate()
        self.assertEqual(run.wait(60), 0, said)
        self.assertIn(" ready\n", said)

    def test_lintian_finds_no_error(self):
        if shutil.which("lintian") is None:
            self.skipTest("needs lintian")
        told = subprocess.run(["lintian", "--allow-root", "--fail-on", "error", str(self.package)], capture_output=True, text=True)
        self.assertEqual(told.returncode, 0, told.stdout + told.stderr)


if __name__ == "__main__":
    tap.main()
