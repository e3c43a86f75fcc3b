"""Raw Ethernet frames in a topology's namespaces: every octet that is sent, and every octet that arrives."""
import ctypes
import os
import select
import socket
import struct
import time

CLONE_NEWNET = 0x40000000
ETH_P_ALL = 3
SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_AUXDATA, PACKET_IGNORE_OUTGOING = 263, 1, 8, 23
PACKET_MR_PROMISC = 1
STATUS_VLAN_VALID, STATUS_VLAN_TPID_VALID = 0x10, 0x40
_libc = ctypes.CDLL(None, use_errno=True)


def socket_in(space, *arguments):
    """A socket that belongs to the namespace, whoever uses it. Not while other threads open theirs."""
    with open("/proc/self/ns/net") as home, open(f"/proc/{space}/ns/net") as there:
        if _libc.setns(there.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        try:
            return socket.socket(*arguments)
        finally:
            _libc.setns(home.fileno(), CLONE_NEWNET)


class Frames:
    """One interface."""

    def __init__(self, space, device):
        self.socket = socket_in(space, socket.AF_PACKET, socket.SOCK_RAW)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        self.socket.bind((device, ETH_P_ALL))
        index = struct.unpack("I", self._index(device))[0]
        self.socket.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, struct.pack("IHH8s", index, PACKET_MR_PROMISC, 0, b""))
        self.socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.socket.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)

    def _index(self, device):
        import fcntl
        SIOCGIFINDEX = 0x8933
        return fcntl.ioctl(self.socket, SIOCGIFINDEX, struct.pack("16sI12x", device.encode(), 0))[16:20]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, frame):
        self.socket.send(frame)

    def receive(self, count, source, seconds=5):
        """Up to `count` frames of that source address, in their order; fewer where they do not come."""
        frames = []
        until = time.monotonic() + seconds
        while len(frames) < count and (left := until - time.monotonic()) > 0:
            if not select.select([self.socket], [], [], left)[0]:
                break
            frame = self._one()
            if frame[6:12] == source:
                frames.append(frame)
        return frames

    def _one(self):
        frame, ancillary, *_ = self.socket.recvmsg(65536, 256)
        for level, kind, data in ancillary:
            if (level, kind) != (SOL_PACKET, PACKET_AUXDATA):
                continue
            status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", data)
            if status & STATUS_VLAN_VALID:  # the kernel has taken the tag out
                tpid = tpid if status & STATUS_VLAN_TPID_VALID else 0x8100
                frame = frame[:12] + struct.pack("!HH", tpid, tci) + frame[12:]
        return frame
