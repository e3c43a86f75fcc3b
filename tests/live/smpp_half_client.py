#!/usr/bin/env python3
"""An ESME that binds, writes half of a message, and the other half when its standard input says so; then it asks from time
to time whether the other end is there, until it is ended. In the manner of smpp_client.js.

  smpp_half_client.py HOST PORT MESSAGE     MESSAGE: as a line of smpp_client.js's MESSAGES
"""
import json
import struct
import sys
import time

from smpp_apart_client import BIND_TRANSCEIVER, ENQUIRE_LINK, SUBMIT_SM, Client, c_string, say, submit_sm


def main(host, port, message):
    pdu = json.loads(message)
    client = Client(host, int(port), 1, nodelay=True)
    client.send(BIND_TRANSCEIVER, 1, c_string("half") + c_string("secret") + b"\0" + bytes([0x34, 0, 0]) + b"\0")
    client.bound.wait()
    body = submit_sm(pdu["options"])
    octets = struct.pack(">IIII", 16 + len(body), SUBMIT_SM, 0, 2) + body
    client.open[2] = pdu["index"]
    client.socket.sendall(octets[:40])
    say(event="half", port=client.socket.getsockname()[1])
    sys.stdin.readline()
    client.socket.sendall(octets[40:])
    for sequence in range(3, 1000):
        client.send(ENQUIRE_LINK, sequence)
        time.sleep(0.5)


if __name__ == "__main__":
    main(*sys.argv[1:])
