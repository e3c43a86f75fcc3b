#!/usr/bin/env python3
"""SMPP without haste: a centre that takes everything, and an ESME that sends one message when it is told to.

  smpp_one_by_one.py centre HOST PORT
  smpp_one_by_one.py esme HOST PORT      reads lines `DESTINATION TEXT`; answers each with the status of its response
"""
import socket
import struct
import sys
import threading

from smpp_apart_client import BIND_TRANSCEIVER, RESPONSE, SUBMIT_SM, c_string, submit_sm

NO_DESTINATION = 0x0B  # ESME_RINVDSTADR


class Session:
    def __init__(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection = connection
        self.octets = connection.makefile("rb")

    def send(self, command, status, sequence, body=b""):
        self.connection.sendall(struct.pack(">IIII", 16 + len(body), command, status, sequence) + body)

    def receive(self):
        """Command, status, sequence and body; None at the end."""
        header = self.octets.read(16)
        if len(header) < 16:
            return None
        length, command, status, sequence = struct.unpack(">IIII", header)
        return command, status, sequence, self.octets.read(length - 16)


def destination(body):
    """Of a submit_sm (SMPP 3.4 4.4.1), behind service_type, the source and its types."""
    source = body.index(b"\0") + 3
    return body[body.index(b"\0", source) + 3:].partition(b"\0")[0]


def serve(session):
    while (pdu := session.receive()) is not None:
        command, _, sequence, body = pdu
        if command == SUBMIT_SM:
            there = destination(body) != b""
            session.send(command | RESPONSE, 0 if there else NO_DESTINATION, sequence, c_string("m" if there else ""))
        else:
            session.send(command | RESPONSE, 0, sequence, c_string("centre") if command == BIND_TRANSCEIVER else b"")


def centre(host, port):
    with socket.create_server((host, int(port))) as server:
        print("listening", flush=True)
        while True:
            threading.Thread(target=serve, args=(Session(server.accept()[0]),), daemon=True).start()


def esme(host, port):
    session = Session(socket.create_connection((host, int(port))))
    session.send(BIND_TRANSCEIVER, 0, 1, c_string("esme") + c_string("secret") + b"\0" + bytes([0x34, 0, 0]) + b"\0")
    session.receive()
    print("bound", flush=True)
    for sequence, line in enumerate(sys.stdin, 2):
        to, _, text = line.rstrip("\n").partition(" ")
        session.send(SUBMIT_SM, 0, sequence, submit_sm({
            "source_addr_ton": 1, "source_addr_npi": 1, "source_addr": "447700900101", "dest_addr_ton": 1, "dest_addr_npi": 1,
            "destination_addr": to, "data_coding": 0, "short_message": text}))
        print(session.receive()[1], flush=True)


if __name__ == "__main__":
    {"centre": centre, "esme": esme}[sys.argv[1]](*sys.argv[2:])
