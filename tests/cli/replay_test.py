#!/usr/bin/env python3
"""The replay command as a person meets it: files, messages, exit statuses. Environment: TOLLGATE, the program."""
import gzip
import json
import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import tap

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
SHARED = pathlib.Path(os.environ.get("TOLLGATE_SHARED", SOURCE.parent / "shared"))

ETHERNET = 1
ARP = bytes.fromhex("ffffffffffff 020000000001 0806 0001 0800 06 04 0001") + bytes(20)


def pcap(frames, order="<", magic=0xA1B2C3D4, link_type=ETHERNET):
    """A capture of (octets, length on the wire), a millisecond apart, after the pcap Internet-Draft."""
    out = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, link_type)]
    for number, (octets, wire) in enumerate(frames):
        out += [struct.pack(order + "IIII", 1_700_000_000, 1000 * number, len(octets), wire), octets]
    return b"".join(out)


def plain(count):
    return pcap([(ARP, len(ARP))] * count)


class ReplayTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def file(self, content, name="in.pcap"):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def run_it(self, *arguments, **options):
        return subprocess.run([TOLLGATE, *map(str, arguments)], capture_output=True, timeout=300, **options)

    def replay(self, *arguments, **options):
        return self.run_it("replay", *arguments, **options)

    def assert_says(self, result, status, *words):
        said = result.stderr.decode()
        self.assertEqual(result.returncode, status, said)
        for word in words:
            self.assertIn(str(word), said)

    def assert_same_after_replay(self, path):
        out = self.folder / "out.pcap"
        result = self.replay(path, "--out", out)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertTrue(out.read_bytes() == pathlib.Path(path).read_bytes(), "the output differs from the capture")


class WhatComesOut(ReplayTest):
    def test_an_untouched_capture_comes_out_octet_by_octet(self):
        frames = [(ARP, len(ARP)), (b"", 60), (ARP[:20], 1500), (bytes(2048), 2048), (bytes(2049), 9000),
                  (bytes(65535), 65535), (ARP, len(ARP))] * 20
        for order in "<>":
            for magic in (0xA1B2C3D4, 0xA1B23C4D):
                with self.subTest(order=order, magic=hex(magic)):
                    self.assert_same_after_replay(self.file(pcap(frames, order, magic)))

    def test_a_frame_larger_than_any_buffer_passes_in_its_place_and_is_counted(self):
        path = self.file(pcap([(ARP, len(ARP)), (bytes(65536), 65536), (ARP, len(ARP)), (bytes(262144), 262144)]))
        self.assert_same_after_replay(path)
        counts = json.loads(self.replay(path, "--json").stdout)["counts"]
        self.assertEqual((counts["packets"], counts["unread_too_large"]), (4, 2))

    def test_every_shared_capture_comes_out_octet_by_octet(self):
        if not SHARED.is_dir():
            self.skipTest(f"no captures at {SHARED}")
        for path in sorted((SHARED / "captures").glob("*cap*")):
            with self.subTest(path.name):
                if path.suffix == ".gz":
                    path = self.file(gzip.decompress(path.read_bytes()))
                if path.open("rb").read(4) == b"\x0a\x0d\x0d\x0a":
                    continue  # pcapng: test_pcapng_keeps_packets_times_and_lengths
                self.assert_same_after_replay(path)

    def test_pcapng_keeps_packets_times_and_lengths(self):
        path = SHARED / "captures/ws_isup_load_generator.pcap"
        if not path.exists():
            self.skipTest(f"no capture at {path}")
        out = self.folder / "out.pcap"
        self.assert_says(self.replay(path, "--out", out), 0, "pcapng is written as pcap")
        fields = ["-T", "fields"] + [x for name in ("frame.time_epoch", "frame.len", "frame.cap_len", "mtp2.li", "isup.cic")
                                     for x in ("-e", name)]
        read = [subprocess.run(["tshark", "-r", capture, *fields], capture_output=True, check=True).stdout
                for capture in (path, out)]
        self.assertGreater(len(read[0]), 0)
        self.assertEqual(read[0], read[1])

    def test_standard_input_and_output(self):
        content = plain(3)
        result = self.replay("-", "--out", "-", input=content)
        self.assertEqual((result.returncode, result.stdout), (0, content))
        self.assertIn("3", result.stderr.decode())

    def test_a_cut_capture_gives_what_is_before_the_cut(self):
        content = plain(3)
        out = self.folder / "out.pcap"
        self.assert_says(self.replay(self.file(content[:-1]), "--out", out), 0, "in.pcap", "ends in the middle of packet 3")
        self.assertEqual(out.read_bytes(), plain(2))

    def test_a_damaged_capture_gives_what_is_before_the_damage_and_fails(self):
        content = plain(2) + struct.pack("<IIII", 0, 0, 0xFFFFFFFF, 0) + plain(5)
        out = self.folder / "out.pcap"
        self.assert_says(self.replay(self.file(content), "--out", out), 1, "is damaged at packet 3")
        self.assertEqual(out.read_bytes(), plain(2))

    def test_a_capture_without_packets_is_fine(self):
        self.assert_same_after_replay(self.file(plain(0)))


class Summary(ReplayTest):
    def test_json_is_one_object_for_programs(self):
        result = self.replay(self.file(plain(5)), "--json")
        self.assertEqual(result.returncode, 0)
        summary = json.loads(result.stdout)
        self.assertEqual(summary["counts"]["packets"], 5)
        self.assertEqual(summary["counts"]["octets"], 5 * len(ARP))

    def test_a_person_gets_a_table(self):
        result = self.replay(self.file(plain(5)))
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertRegex(result.stdout.decode(), r"(?m)^packets +5\b")


    def test_wrong_checksums_that_hide_most_of_a_capture_bring_advice(self):
        ip = bytes.fromhex("45000014 00010000 40110000 c0000201 c6336401")  # its header checksum is not 0
        wrong = bytes(12) + b"\x08\x00" + ip
        others = [(ARP, len(ARP))]
        for frames, hidden in ([(wrong, len(wrong))] * 2 + others, True), ([(wrong, len(wrong))] + others * 2, False):
            path = self.file(pcap(frames))
            result = self.replay(path)
            self.assertEqual((result.returncode, result.stderr), (0, b""))
            self.assertEqual(b"--ignore-checksums" in result.stdout, hidden)
            self.assertEqual("advice" in json.loads(self.replay(path, "--json").stdout), hidden)
            ignoring = self.replay(path, "--ignore-checksums")
            self.assertNotIn(b"advice", ignoring.stdout)


class WhatGoesWrong(ReplayTest):
    def test_arguments_that_are_wrong_are_status_2(self):
        for arguments, word in [
            ((), "command is missing"),
            (("repaly",), "no command 'repaly'"),
            (("replay",), "missing"),
            (("replay", "a", "b"), "too many"),
            (("replay", "a", "--colour"), "--colour"),
            (("replay", "a", "--out"), "--out"),
            (("replay", "a", "--js"), "--js"),
            (("replay", "a", "--out", "-", "--events", "-"), "both"),
        ]:
            with self.subTest(arguments):
                result = self.run_it(*arguments)
                self.assert_says(result, 2, word, "--help")
                self.assertEqual(result.stdout, b"")

    def test_help_and_version_are_fine(self):
        for arguments, word in [(("--help",), "replay"), (("replay", "--help"), "--events"), (("--version",), "tollgate ")]:
            with self.subTest(arguments):
                result = self.run_it(*arguments)
                self.assertEqual((result.returncode, result.stderr), (0, b""))
                self.assertIn(word, result.stdout.decode())

    def test_input_that_cannot_be_read_is_status_1_and_named(self):
        self.assert_says(self.replay("absent.pcap"), 1, "absent.pcap", "No such file")
        self.assert_says(self.replay(self.folder), 1, self.folder, "directory")
        self.assert_says(self.replay(self.file(b"")), 1, "in.pcap", "empty", "expected a pcap")
        self.assert_says(self.replay(self.file(b"hello, world, here is no capture")), 1, "68 65 6c 6c", "expected a pcap")
        self.assert_says(self.replay(self.file(gzip.compress(plain(1)))), 1, "gunzip")

    def test_a_configuration_that_is_wrong_is_status_1_and_says_where(self):
        config = self.file(b"version: 1\nhome: {contry: GB}\n", "tollgate.yaml")
        result = self.replay(self.file(plain(1)), "-c", config)
        self.assert_says(result, 1, f"{config}:2:", "contry")
        self.assertEqual(self.replay(self.file(plain(1)), "-c", self.file(b"version: 1\n", "good.yaml")).returncode, 0)

    def test_a_refused_input_leaves_an_old_output_alone(self):
        out = self.file(b"precious", "out.pcap")
        self.replay("absent.pcap", "--out", out)
        self.assertEqual(out.read_bytes(), b"precious")

    def test_a_full_disk_is_status_1(self):
        for count in (1, 100_000):
            path = self.file(plain(count))
            self.assert_says(self.replay(path, "--out", "/dev/full"), 1, "/dev/full", "No space left")
            with open("/dev/full", "wb") as full:
                result = subprocess.run([TOLLGATE, "replay", str(path)], stdout=full, stderr=subprocess.PIPE, timeout=300)
            self.assert_says(result, 1, "standard output", "No space left")

    def test_an_output_that_cannot_be_made_is_status_1(self):
        self.assert_says(self.replay(self.file(plain(1)), "--out", self.folder / "no/such/out.pcap"), 1, "no/such/out.pcap")

    def test_the_input_is_never_overwritten(self):
        path = self.file(plain(3))
        link = self.folder / "link.pcap"
        link.symlink_to(path)
        for option in ("--out", "--events"):
            for name in (path, link):
                self.assert_says(self.replay(path, option, name), 1, name, "another file")
        with path.open("rb") as stdin:
            self.assert_says(self.replay("-", "--out", path, stdin=stdin), 1, "another file")
        self.assertEqual(path.read_bytes(), plain(3))

    def test_packets_and_events_are_never_mixed_in_one_file(self):
        path, out = self.file(plain(3)), self.folder / "out"
        self.assert_says(self.replay(path, "--out", out, "--events", out), 2, out)
        self.assert_says(self.replay(path, "--out", out, "--events", f"{self.folder}/./out"), 1, "same file")
        self.assert_says(self.replay(path, "--out", "/dev/null", "--events", "//dev/null"), 0)

    def test_a_reader_of_the_output_that_goes_away_is_no_crash(self):
        path = self.file(plain(100_000))
        process = subprocess.Popen([TOLLGATE, "replay", str(path), "--out", "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.read(10)
        process.stdout.close()
        self.assertEqual(process.wait(timeout=300), 1)
        process.stderr.close()

    def test_an_interrupt_ends_the_run_cleanly(self):
        out = self.folder / "out.pcap"
        process = subprocess.Popen([TOLLGATE, "replay", "-", "--out", str(out)], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        frame = struct.pack("<IIII", 1, 0, len(ARP), len(ARP)) + ARP
        # Much more than all buffers on the way hold: packets are being replayed when this returns.
        process.stdin.write(plain(0) + frame * 100_000)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.stdout.read(), process.stderr.read()  # while more packets could still come
        self.assertEqual(process.wait(timeout=300), 0, stderr)
        process.communicate()
        self.assertIn(b"stopped by a signal", stderr)
        self.assertIn(b"packets", stdout)
        self.assertEqual((out.stat().st_size - 24) % len(frame), 0)


class WithWhomItRuns(ReplayTest):
    def test_needs_no_root(self):
        if os.geteuid() != 0:
            self.skipTest("runs without root anyway")
        os.chmod(self.folder, 0o777)
        program = shutil.copy(TOLLGATE, self.folder / "tollgate")
        path = self.file(plain(3))
        out = self.folder / "out.pcap"
        result = subprocess.run([program, "replay", path, "--out", out], user=65534, group=65534, extra_groups=[],
                                capture_output=True, timeout=300)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        self.assertEqual(out.read_bytes(), path.read_bytes())

    def test_several_at_once_do_not_disturb_each_other_and_leave_nothing_behind(self):
        path = self.file(plain(50_000))
        running = [subprocess.Popen([TOLLGATE, "replay", path, "--out", self.folder / f"out{i}.pcap"],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE) for i in range(3)]
        for i, process in enumerate(running):
            _, stderr = process.communicate(timeout=300)
            self.assertEqual((process.returncode, stderr), (0, b""))
            self.assertTrue((self.folder / f"out{i}.pcap").read_bytes() == path.read_bytes())
            for runtime in (os.environ.get("XDG_RUNTIME_DIR", "/tmp"), "/var/run"):
                self.assertFalse(pathlib.Path(runtime, "dpdk", f"tollgate-{process.pid}").exists())


if __name__ == "__main__":
    tap.main()
