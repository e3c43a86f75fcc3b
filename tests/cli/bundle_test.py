#!/usr/bin/env python3
"""The rules command as a person meets it. Bundles are read, and made, by the description in README.md, and signatures
checked, and made, by openssl. Environment: TOLLGATE, the program."""
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
import zlib

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
import bundles
import tap
from bundles import CREATED, Bundle, blake2b, key_in, manifest_of

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))

RULES = """\
- id: 2001
  name: Account-suspension lure
  labels: [phishing]
  when: {text: ['/your (account|card) is (locked|suspended)/'], url.host: '@hosts'}
  tests:
    - {text: 'your account is locked, see http://short.example/x', expect: match}
    - {text: 'my account was locked', expect: no match}
"""
POLICY = """\
- {name: Phishing never passes, when: {labels: phishing}, then: {block: {as: rejected}}}
- {name: Everything else, then: pass}
"""
FILES = {"phishing.yaml": RULES.encode(), "policy.yaml": POLICY.encode(),
         "lists/hosts.txt": b"# type: host\nshort.example\n", "operators.csv": b"gt_prefix,operator,country,account\n"}


class BundleTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.write_rules(FILES)
        self.run_rules("key", "k")

    def write_rules(self, files):
        for name, octets in files.items():
            path = self.folder / "rules" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(octets)

    def write(self, octets, name="b.tgb"):
        (self.folder / name).write_bytes(octets)

    def run_rules(self, *arguments, status=0):
        environment = os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")}
        run = subprocess.run([TOLLGATE, "rules", *arguments], cwd=self.folder, env=environment, capture_output=True,
                             text=True, timeout=60)
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stderr if status else run.stdout

    def pack(self, *arguments):
        self.run_rules("pack", "rules", "--key", "k", "--out", "b.tgb", *arguments)
        return (self.folder / "b.tgb").read_bytes()

    def verify(self, status=0):
        return self.run_rules("verify", "b.tgb", "--trust", "k.pub", status=status)

    def openssl(self, *arguments, **files):
        for name, octets in files.items():
            self.write(octets, name)
        return subprocess.run(["openssl", "pkeyutl", "-rawin", "-keyform", "DER", *arguments], cwd=self.folder,
                              capture_output=True, timeout=60)

    def made(self, manifest, stream):
        """A bundle made and signed without our program, with our key."""
        return bundles.made(manifest, stream, self.folder / "k")

    def made_of(self, files, **changed):
        return bundles.made_of(files, self.folder / "k", **changed)

    def refusal(self, octets):
        """Why it is refused by all commands that trust; they leave nothing behind."""
        self.write(octets)
        said = self.verify(status=1)
        before = sorted(self.folder.rglob("*"))
        self.assertEqual(self.run_rules("unpack", "b.tgb", "out", "--trust", "k.pub", status=1), said)
        self.assertEqual(sorted(self.folder.rglob("*")), before)
        return said

    def test_help_and_wrong_arguments(self):
        self.assertIn("verify", self.run_rules("--help"))
        for command in "key pack show unpack verify".split():
            self.assertIn(f"usage: tollgate rules {command}", self.run_rules(command, "--help"))
        for words in [(), ("frobnicate",), ("key",), ("key", "a", "b"), ("key", "a", "--comment", "a\nb"),
                      ("pack", "--key", "k"), ("pack", "rules"), ("pack", "rules", "--key", "k", "--version", "0"),
                      ("pack", "rules", "--key", "k", "--version", "-1"), ("show",), ("verify", "b.tgb"),
                      ("pack", "rules", "--key", "k", "--version", "18446744073709551616"),
                      ("verify", "--trust", "k.pub", "b.tgb"), ("unpack", "b.tgb", "--trust", "k.pub")]:
            self.run_rules(*words, status=2)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["k", "k.pub", "rules"])

    def test_a_tree_comes_out_as_it_went_in(self):
        self.pack()
        self.assertEqual(self.run_rules("unpack", "b.tgb", "out", "--trust", "k.pub"), "out\n")
        tree = lambda top: {p.relative_to(top): p.read_bytes() for p in top.rglob("*") if p.is_file()}
        self.assertEqual(tree(self.folder / "out"), tree(self.folder / "rules"))
        for path in [self.folder / "out", *(self.folder / "out").rglob("*")]:
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o700 if path.is_dir() else 0o600, path)
        self.assertIn("out", self.run_rules("unpack", "b.tgb", "out", "--trust", "k.pub", status=1))

    def test_a_bundle_is_as_it_is_described(self):
        bundle = Bundle(self.pack("--version", "12"))
        self.assertEqual(bundle.files, FILES)
        self.assertEqual((bundle.format, bundle.manifest["format"], bundle.manifest["version"]), (1, 1, 12))
        self.assertEqual(list(bundle.files), sorted(FILES))
        for file in bundle.manifest["files"]:
            self.assertEqual(file["blake2b"], blake2b(FILES[file["name"]], 32).hex())
        public = key_in(self.folder / "k.pub")
        self.assertEqual(bundle.key, blake2b(public, 16))
        spki = bytes.fromhex("302a300506032b6570032100") + public  # RFC 8410
        verify = lambda signed: self.openssl("-verify", "-pubin", "-inkey", "pub.der", "-in", "signed", "-sigfile", "signature",
                                             **{"pub.der": spki, "signed": signed, "signature": bundle.signature}).returncode
        self.assertEqual(verify(bundle.signed), 0)
        self.assertNotEqual(verify(bundle.signed[:-1] + b"x"), 0)

    def test_a_bundle_made_by_its_description_is_taken(self):
        self.write(self.made_of(FILES))
        checked = subprocess.run([TOLLGATE, "check", "--rules", "rules", "--json"], cwd=self.folder, capture_output=True, timeout=60)
        said = self.verify()
        for part in ("version 7 of " + CREATED, json.loads(checked.stdout)["ruleset"], "1 rules", "2 tests passed"):
            self.assertIn(part, said)

    def test_show_tells_what_it_says_of_itself_and_that_nobody_checked(self):
        octets = self.pack("--version", "12")
        self.write(octets[:-1] + bytes([octets[-1] ^ 1]))
        shown = json.loads(self.run_rules("show", "b.tgb", "--json"))
        manifest = Bundle(octets).manifest
        self.assertEqual((shown["version"], shown["files"], shown["checked"]), (12, manifest["files"], False))
        self.assertEqual(shown["key"], blake2b(key_in(self.folder / "k.pub"), 16).hex())
        text = self.run_rules("show", "b.tgb")
        for part in ("not checked", "lists/hosts.txt", shown["key"], manifest["created"]):
            self.assertIn(part, text)
        self.write(self.made(b'{"format": 1}', b""))
        self.assertIn("manifest", self.run_rules("show", "b.tgb", status=1))

    def test_pack_names_a_new_file_for_its_owner_by_the_version(self):
        out = self.run_rules("pack", "rules", "--key", "k", "--version", "3")
        self.assertEqual(out, "rules-3.tgb\n")
        path = self.folder / "rules-3.tgb"
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        before = path.read_bytes()
        self.assertIn("rules-3.tgb", self.run_rules("pack", "rules", "--key", "k", "--version", "3", status=1))
        self.assertEqual(path.read_bytes(), before)
        self.assertRegex(self.run_rules("pack", "rules", "--key", "k"), r"^rules-20\d{12}\.tgb\n$")

    def test_pack_says_what_it_leaves_out(self):
        self.write_rules({"README.md": b"read me", "accounts.yaml": b"accounts: []\n", "lists/hosts.json": b"", ".git/config": b""})
        run = subprocess.run([TOLLGATE, "rules", "pack", "rules", "--key", "k"], cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertIn("left out: README.md, accounts.yaml, lists/hosts.json\n", run.stderr)
        self.assertEqual(set(Bundle((self.folder / run.stdout.strip()).read_bytes()).files), set(FILES))

    def test_pack_refuses_what_check_refuses(self):
        for name, octets, why in [("phishing.yaml", RULES.replace("expect: no match", "expect: match"), "should match, and does not"),
                                  ("phishing.yaml", RULES.replace("suspended)/", "suspended/"), "cannot be used"),
                                  ("phishing.yaml", RULES.replace("@hosts", "@absent"), "absent"),
                                  ("policy.yaml", "- {name: A, then: frob}\n", "frob"),
                                  ("accounts.yaml", "accounts: 7\n", "accounts.yaml")]:
            with self.subTest(name=name, why=why):
                self.write_rules(FILES | {name: octets.encode()})
                said = self.run_rules("pack", "rules", "--key", "k", "--out", "b.tgb", status=1)
                self.assertIn(why, said)
                self.assertIn("nothing was packed", said)
                self.assertFalse((self.folder / "b.tgb").exists())

    def test_pack_refuses_links(self):
        self.write(b"# type: host\nx.example\n", "elsewhere")
        (self.folder / "rules/lists/link.txt").symlink_to(self.folder / "elsewhere")
        self.assertIn("found a link", self.run_rules("pack", "rules", "--key", "k", status=1))

    def test_rules_that_do_not_load_or_fail_their_tests_are_refused_though_signed(self):
        for rules, why in [(RULES.replace("expect: no match", "expect: match"), "phishing.yaml:7:7: rule 2001 should match"),
                           (RULES.replace("suspended)/", "suspended/"), "cannot be used"), ("- [", "phishing.yaml:1")]:
            self.write(self.made_of(FILES | {"phishing.yaml": rules.encode()}))
            said = self.verify(status=1)
            self.assertIn(why, said)
            self.assertIn("b.tgb: the rules have faults", said)

    def test_another_key(self):
        self.pack()
        self.run_rules("key", "other", "--comment", "the other")
        said = self.run_rules("verify", "b.tgb", "--trust", "other.pub", status=1)
        self.assertIn(blake2b(key_in(self.folder / "k.pub"), 16).hex(), said)
        self.assertIn("(the other)", said)
        self.run_rules("verify", "b.tgb", "--trust", "other.pub", "k.pub")
        self.run_rules("verify", "b.tgb", "--trust", "other.pub", "--trust", "k.pub")
        self.assertIn("found a secret key", self.run_rules("verify", "b.tgb", "--trust", "k", status=1))

    def test_altered_cut_or_longer(self):
        octets = self.pack()
        for at in range(0, len(octets), 23):
            self.write(octets[:at] + bytes([octets[at] ^ 0x20]) + octets[at + 1:])
            self.assertIn("b.tgb: found", self.verify(status=1), at)
        for size in range(0, len(octets), 41):
            self.write(octets[:size])
            self.assertIn("b.tgb: found", self.verify(status=1), size)
        self.assertIn("behind it", self.refusal(octets + b"x"))

    def test_names_that_lead_elsewhere(self):
        for name in ("../climbed.yaml", "/tmp/absolute.yaml", "lists/../../climbed.txt", "lists/a/b.txt", "accounts.yaml",
                     ".hidden.yaml", "a.sh", "a\x1b[2J.yaml", ""):
            with self.subTest(name=name):
                said = self.refusal(self.made_of(FILES | {name: b"x"}))
                self.assertIn("manifest: found", said)
                self.assertIn("file name", said)
                self.assertNotIn("\x1b", said)

    def test_links_are_no_part_of_a_manifest(self):
        manifest = manifest_of(FILES)
        manifest["files"][0]["link"] = "/etc/passwd"
        self.assertIn("these keys", self.refusal(self.made(manifest, zlib.compress(b""))))

    def test_bombs(self):
        zeros = zlib.compress(bytes(200 * 2**20), 1)
        self.assertIn("packed files that do not end", self.refusal(self.made(manifest_of({"a.yaml": bytes(10)}), zeros)))
        manifest = manifest_of({"a.yaml": b"", "b.yaml": b""})
        for file in manifest["files"]:
            file["size"] = 200 * 2**20
        self.assertIn("more octets in its files", self.refusal(self.made(manifest, zeros)))
        manifest["files"][0]["size"] = 2**63
        self.assertIn("no good `size`", self.refusal(self.made(manifest, zeros)))

    def test_too_many_files_or_octets(self):
        self.assertIn("1001 files", self.refusal(self.made_of({f"{i:04}.yaml": b"" for i in range(1001)})))
        self.assertIn("no files", self.refusal(self.made_of({})))
        with open(self.folder / "b.tgb", "wb") as file:
            file.truncate(2**30)
        self.assertIn("too large", self.verify(status=1))

    def test_keys_are_for_their_owner_and_never_written_over(self):
        self.assertEqual(stat.S_IMODE((self.folder / "k").stat().st_mode), 0o600)
        before = (self.folder / "k").read_bytes()
        self.assertIn("k: File exists", self.run_rules("key", "k", status=1))
        self.assertEqual((self.folder / "k").read_bytes(), before)
        (self.folder / "k").chmod(0o644)
        self.assertIn("chmod 600", self.run_rules("pack", "rules", "--key", "k", status=1))
        self.assertIn("absent", self.run_rules("pack", "rules", "--key", "absent", status=1))


if __name__ == "__main__":
    tap.main()
