"""Kannel's bearerbox as an ESME that a test drives: its `fake` message centre is a TCP port that takes messages as lines
and gives those for phones as lines. What comes in there leaves by SMPP, and the other way round.

As a program: `kannel.py drive MESSAGES`: sends the messages of that file into the port, and says as JSON lines what
comes out of it, until its standard input ends. smsbox is there too, as in any installation: bearerbox wants one."""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

FAKE_PORT = 10000
CONFIGURATION = """\
group = core
admin-port = 13000
admin-password = bar
admin-interface = 127.0.0.1
smsbox-port = 13001
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
log-file = {folder}/bearerbox.log
log-level = 1
access-log = {folder}/access.log
dlr-storage = internal

group = smsc
smsc = smpp
smsc-id = centre
host = {host}
port = {port}
transceiver-mode = true
smsc-username = kannel
smsc-password = secret
system-type = ""
interface-version = 34
enquire-link-interval = 5
max-pending-submits = {window}
reroute-smsc-id = phones
denied-smsc-id = phones
reconnect-delay = 1

group = smsc
smsc = fake
smsc-id = phones
port = 10000
connect-allow-ip = 127.0.0.1
reroute-smsc-id = centre
denied-smsc-id = centre

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = 13013
sendsms-interface = 127.0.0.1
log-file = {folder}/smsbox.log
log-level = 1

group = sms-service
keyword = default
text = "unused"
"""
PROGRAMS = ("bearerbox", "smsbox")


def cannot():
    found = [shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin") for program in PROGRAMS]
    return None if all(found) else "Kannel is not there (scripts/set-up)"


class Kannel:
    """bearerbox in a namespace of the topology, bound to HOST:PORT."""

    def __init__(self, topology, space, folder, host, port, window=100):
        self.folder = pathlib.Path(folder)
        self.topology, self.space = topology, space
        (self.folder / "kannel.conf").write_text(CONFIGURATION.format(folder=self.folder, host=host, port=port, window=window))
        self.bearerbox = self._start("bearerbox")
        self._wait("bearerbox.log", "MAIN: Start-up done")
        self.smsbox = self._start("smsbox")
        self._wait("bearerbox.log", r"Client connected from <127.0.0.1>|smsbox.*connected")

    def _start(self, program):
        return self.topology.start(self.space, [shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin"), "-v", "4",
                                                self.folder / "kannel.conf"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _wait(self, log, pattern, seconds=10):
        until = time.monotonic() + seconds
        while not re.search(pattern, self.log(log)):
            if time.monotonic() > until:
                raise RuntimeError(f"Kannel does not say {pattern}:\n{self.log(log)[-2000:]}")
            time.sleep(0.05)

    def log(self, name):
        path = self.folder / name
        return path.read_text(errors="replace") if path.exists() else ""

    def drive(self, messages, output):
        return self.topology.start(self.space, [sys.executable, __file__, "drive", messages], stdin=subprocess.PIPE, stdout=output)


def drive(messages):
    connection = socket.create_connection(("127.0.0.1", FAKE_PORT))

    def receive():
        for line in connection.makefile(errors="replace"):
            sender, receiver, kind, text = (line.rstrip("\n").split(" ", 3) + ["", "", "", ""])[:4]
            print(json.dumps({"event": "phone", "source": sender, "destination": receiver, "kind": kind, "text": text,
                              "at": time.time()}), flush=True)

    threading.Thread(target=receive, daemon=True).start()
    time.sleep(0.2)  # until Kannel, which says nothing of it, has taken the connection
    print(json.dumps({"event": "start", "at": time.time()}), flush=True)
    for line in open(messages):
        options = json.loads(line)["options"]
        connection.sendall(f"{options['source_addr']} {options['destination_addr']} text {options['short_message']}\n".encode())
    sys.stdin.read()


if __name__ == "__main__" and sys.argv[1] == "drive":
    drive(sys.argv[2])
