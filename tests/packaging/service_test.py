#!/usr/bin/env python3
"""What `run` tells a service manager (sd_notify(3)), and that it tells nothing more once a worker hangs. Environment:
TOLLGATE."""
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import tap

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
CONFIG = "version: 1\nlinks: [{name: a, outside: net_null0, inside: net_null1}]\nstate: state\n"


class Stopped:
    """One thread of another process, as long as this lasts."""
    SEIZE, INTERRUPT, DETACH = 0x4206, 0x4207, 17  # of ptrace(2)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]

    def __init__(self, thread):
        self.thread = thread

    def ptrace(self, request):
        if self.libc.ptrace(request, self.thread, None, None) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    def __enter__(self):
        try:
            self.ptrace(self.SEIZE)
        except PermissionError as error:
            raise unittest.SkipTest(f"no thread can be stopped here: {error}") from None
        self.ptrace(self.INTERRUPT)
        os.waitpid(self.thread, 0x40000000)  # __WALL

    def __exit__(self, *_):
        self.ptrace(self.DETACH)


class ServiceTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "tollgate.yaml").write_text(CONFIG)
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(str(self.folder / "notify"))
        self.manager.settimeout(60)
        self.addCleanup(self.manager.close)

    def start(self, **environment):
        process = subprocess.Popen([TOLLGATE, "run", "-c", str(self.folder / "tollgate.yaml")],
                                   env={**os.environ, "NOTIFY_SOCKET": str(self.folder / "notify"), **environment},
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def told(self):
        return self.manager.recv(4096).decode().splitlines()

    def test_it_says_when_it_is_ready_and_when_it_ends(self):
        process = self.start()
        self.assertIn("READY=1", self.told())
        process.send_signal(signal.SIGTERM)
        self.assertIn("STOPPING=1", self.told())
        self.assertEqual(process.wait(timeout=30), 0)

    def test_it_gives_signs_of_life_while_its_workers_work(self):
        process = self.start(WATCHDOG_USEC="400000")
        self.assertIn("READY=1", self.told())
        for _ in range(5):
            self.assertEqual(self.told(), ["WATCHDOG=1"])
        worker = self.busiest_thread(process.pid)
        self.assertNotEqual(worker, process.pid)
        with Stopped(worker):  # the others go on
            self.drain(0.5)
            self.manager.settimeout(2)
            with self.assertRaises(TimeoutError):
                self.told()
        self.manager.settimeout(60)
        self.assertEqual(self.told(), ["WATCHDOG=1"])

    def busiest_thread(self, process):
        """A worker that has packets without an end."""
        def user_time(thread):
            return int(pathlib.Path(f"/proc/{process}/task/{thread}/stat").read_text().rsplit(")", 1)[1].split()[11])
        return max((int(thread) for thread in os.listdir(f"/proc/{process}/task")), key=user_time)

    def drain(self, seconds):
        time.sleep(seconds)
        self.manager.setblocking(False)
        try:
            while True:
                self.manager.recv(4096)
        except BlockingIOError:
            pass
        self.manager.setblocking(True)


if __name__ == "__main__":
    tap.main()
