"""Signed bundles of rules, read and made by the description in README.md; signatures are made by openssl."""
import base64
import hashlib
import json
import pathlib
import struct
import subprocess
import tempfile
import zlib

CREATED = "2026-11-23T12:00:00Z"


def blake2b(octets, size):
    return hashlib.blake2b(octets, digest_size=size).digest()


def key_in(path):
    """The octets in a key's file."""
    return base64.b64decode(pathlib.Path(path).read_text().split(" ")[1], validate=True)


def manifest_of(files, **changed):
    return {"format": 1, "version": 7, "created": CREATED, "tollgate": "0.0.1",
            "files": [{"name": name, "size": len(octets), "blake2b": blake2b(octets, 32).hex()}
                      for name, octets in sorted(files.items())]} | changed


def signature_of(octets, key):
    """By the secret key in the file `key`."""
    with tempfile.TemporaryDirectory(prefix="tollgate-test-") as folder:
        folder = pathlib.Path(folder)
        (folder / "key.der").write_bytes(bytes.fromhex("302e020100300506032b657004220420") + key_in(key))  # RFC 8410
        (folder / "signed").write_bytes(octets)
        run = subprocess.run(["openssl", "pkeyutl", "-rawin", "-keyform", "DER", "-sign", "-inkey", "key.der", "-in", "signed"],
                             cwd=folder, capture_output=True, timeout=60)
    if len(run.stdout) != 64:
        raise RuntimeError(run.stderr.decode())
    return run.stdout


def made(manifest, stream, key):
    """A bundle made and signed without our program, by the pair of keys `key` and `key`.pub."""
    text = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
    public = key_in(f"{key}.pub")
    signed = struct.pack(">8sIIQ16s", b"TGBUNDLE", 1, len(text), len(stream), blake2b(public, 16)) + text + stream
    return signed + signature_of(signed, key)


def made_of(files, key, **changed):
    return made(manifest_of(files, **changed), zlib.compress(b"".join(files[name] for name in sorted(files))), key)


class Bundle:
    """A bundle's parts."""

    def __init__(self, octets):
        magic, self.format, manifest, files, self.key = struct.unpack(">8sIIQ16s", octets[:40])
        assert magic == b"TGBUNDLE" and len(octets) == 40 + manifest + files + 64
        self.manifest = json.loads(octets[40:40 + manifest])
        stream = zlib.decompressobj()
        unpacked = stream.decompress(octets[40 + manifest:-64])
        assert stream.eof and not stream.unused_data
        self.files = {}
        for file in self.manifest["files"]:
            self.files[file["name"]], unpacked = unpacked[:file["size"]], unpacked[file["size"]:]
        assert not unpacked
        self.signed, self.signature = octets[:-64], octets[-64:]
