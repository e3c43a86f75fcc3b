#!/usr/bin/env python3
"""An ESME that writes the header of each PDU and its body apart: binds, sends what MESSAGES holds, says how each was
answered, in the manner of smpp_client.js.

  smpp_apart_client.py HOST PORT MESSAGES WINDOW nagle|nodelay
"""
import json
import socket
import struct
import sys
import threading
import time

SUBMIT_SM, BIND_TRANSCEIVER, UNBIND, ENQUIRE_LINK, RESPONSE = 0x04, 0x09, 0x06, 0x15, 0x80000000


def say(**what):
    print(json.dumps({**what, "at": time.time()}), flush=True)


def c_string(text):
    return text.encode() + b"\0"


def submit_sm(options):
    """SMPP 3.4 4.4.1."""
    text = options["short_message"].encode()
    return (b"\0" + bytes([options["source_addr_ton"], options["source_addr_npi"]]) + c_string(options["source_addr"]) +
            bytes([options["dest_addr_ton"], options["dest_addr_npi"]]) + c_string(options["destination_addr"]) +
            bytes([0, 0, 0]) + b"\0\0" + bytes([options.get("registered_delivery", 0), 0, options["data_coding"], 0, len(text)]) + text)


class Client:
    def __init__(self, host, port, window, nodelay):
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, int(nodelay))
        say(event="connection")
        self.unanswered = threading.Semaphore(window)
        self.open = {}
        self.bound = threading.Event()
        self.answers = threading.Thread(target=self.receive, daemon=True)
        self.answers.start()

    def send(self, command, sequence, body=b"", status=0):
        self.socket.sendall(struct.pack(">IIII", 16 + len(body), command, status, sequence))
        if body:
            self.socket.sendall(body)

    def read(self, size):
        octets = b""
        while len(octets) < size:
            more = self.socket.recv(size - len(octets))
            if not more:
                raise EOFError
            octets += more
        return octets

    def receive(self):
        try:
            while True:
                length, command, status, sequence = struct.unpack(">IIII", self.read(16))
                body = self.read(length - 16)
                if command == ENQUIRE_LINK:
                    self.send(ENQUIRE_LINK | RESPONSE, sequence)
                elif command == SUBMIT_SM | RESPONSE:
                    say(event="answer", index=self.open.pop(sequence), command="submit_sm_resp", status=status,
                        id=body.partition(b"\0")[0].decode())
                    self.unanswered.release()
                elif command == BIND_TRANSCEIVER | RESPONSE:
                    say(event="bind", status=status)
                    self.bound.set()
        except (EOFError, OSError):
            say(event="close")


def main(host, port, messages, window, nagle):
    client = Client(host, int(port), int(window), nagle == "nodelay")
    client.send(BIND_TRANSCEIVER, 1, c_string("apart") + c_string("secret") + b"\0" + bytes([0x34, 0, 0]) + b"\0")
    with open(messages) as lines:
        for sequence, line in enumerate(lines, 2):
            pdu = json.loads(line)
            client.unanswered.acquire()
            client.open[sequence] = pdu["index"]
            client.send(SUBMIT_SM, sequence, submit_sm(pdu["options"]))
    for _ in range(int(window)):
        client.unanswered.acquire()
    say(event="done")
    client.send(UNBIND, sequence + 1)
    client.answers.join(5)


if __name__ == "__main__":
    main(*sys.argv[1:])
