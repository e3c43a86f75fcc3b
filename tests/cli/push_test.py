#!/usr/bin/env python3
"""Bundles that are pushed to a running appliance, taken back, refused, and found again by the next process. Environment:
TOLLGATE, the program. With the argument --long the process is killed during a push fifty times, else six times."""
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
sys.path.insert(0, str(SOURCE / "tests/cases"))
import bundles
import local_control
import tap
import wire

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
LONG = "--long" in sys.argv
POLICY = b"- {name: Everything, then: pass}\n"
RULE = """\
- id: 1
  name: Lure
  labels: [scam]
  when: {{text: '{text}'}}
  tests: [{{text: 'they say {text} now', expect: {expect}}}]
"""


def files(text, expect="match", **more):
    return {"rules.yaml": RULE.format(text=text, expect=expect).encode(), "policy.yaml": POLICY,
            **{name.replace("_", "."): octets for name, octets in more.items()}}


class WithAppliance(unittest.TestCase):
    CONTROL = "trust: [k.pub]"
    RULES = "rules: rules\n"

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.tollgate("rules", "key", "k")
        (self.folder / "rules").mkdir()
        self.write_folder("as the folder has it")
        self.configure()
        self.process = None
        self.addCleanup(self.kill)
        self.start()

    def configure(self):
        (self.folder / "tollgate.yaml").write_text(
            f"version: 1\nstate: state\n{self.RULES}control: {{{self.CONTROL}}}\n"
            "links: [{name: a, outside: net_null0, inside: net_null1}]\n")

    def write_folder(self, text):
        for name, octets in files(text).items():
            (self.folder / "rules" / name).write_bytes(octets)

    def tollgate(self, *words, status=0):
        environment = os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")}
        run = subprocess.run([TOLLGATE, *map(str, words)], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=120)
        self.assertEqual(run.returncode, status, run.stdout + run.stderr)
        return run.stderr if status else run.stdout

    def rules(self, command, *words, status=0):
        return self.tollgate("rules", command, *words, "-c", "tollgate.yaml", status=status)

    def start(self, wait=True):
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen([TOLLGATE, "run", "-c", "tollgate.yaml"], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=log,
                                            env=os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")})
        if wait:
            self.wait_for(lambda: "ready" in self.log() or self.process.poll() is not None)
            self.assertIsNone(self.process.poll(), self.log())

    def log(self):
        return (self.folder / "log").read_text()

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
        if self.process is not None:
            self.process.wait(30)

    def end(self):
        self.process.terminate()
        self.assertEqual(self.process.wait(30), 0, self.log())

    def restart(self):
        self.end()
        self.start()

    def wait_for(self, what, seconds=60):
        until = time.monotonic() + seconds
        while not (found := what()):
            self.assertLess(time.monotonic(), until, self.log())
            time.sleep(0.02)
        return found

    def write(self, octets, name="b.tgb"):
        (self.folder / name).write_bytes(octets)

    def push(self, octets, status=0):
        self.write(octets)
        return self.rules("push", "b.tgb", status=status)

    def bundle(self, text, version, **more):
        return bundles.made_of(files(text, **more), self.folder / "k", version=version)

    def in_force(self):
        return json.loads(self.rules("list", "--json"))["in_force"]

    def versions(self):
        return [one["version"] for one in json.loads(self.rules("list", "--json"))["versions"]]

    def ruleset(self):
        return json.loads(self.tollgate("status", "-c", "tollgate.yaml"))["ruleset"]

    def digest_of(self, text):
        """As `check` names such rules."""
        folder = self.folder / f"digest {text}"
        folder.mkdir(exist_ok=True)
        for name, octets in files(text).items():
            (folder / name).write_bytes(octets)
        return json.loads(self.tollgate("check", "--rules", folder, "--json"))["ruleset"]

    def audit(self):
        return [json.loads(line) for line in (self.folder / "state/audit.jsonl").read_text().splitlines()]


class TrialTest(WithAppliance):
    """A message has come: its packets are in a capture, by DPDK's net_pcap."""
    LABELLING = (b"- {id: 2, name: Listed, labels: [spam], when: {sender: '@blocked'},\n"
                 b"   tests: [{text: x, sender: SHADY, expect: match}]}\n")
    LIST = b"# type: sender\nSHADY\n"

    def configure(self):
        super().configure()
        send = wire.bound(("esme", wire.short_message(4, 2, "zebra", "ACME", "447700900123")))
        (self.folder / "in.pcap").write_bytes(wire.pcap(send))
        (self.folder / "nothing.pcap").write_bytes(wire.pcap([wire.SOMETHING]))
        text = (self.folder / "tollgate.yaml").read_text()
        for number, capture in enumerate(("in.pcap", "nothing.pcap")):
            text = text.replace(f"net_null{number}", f"'net_pcap{number},rx_pcap={self.folder}/{capture},tx_pcap={self.folder}/tx{number}.pcap'")
        (self.folder / "tollgate.yaml").write_text(text)

    def write_folder(self, text):
        super().write_folder(text)
        (self.folder / "rules/listed.yaml").write_bytes(self.LABELLING)
        (self.folder / "rules/lists").mkdir()
        (self.folder / "rules/lists/blocked.txt").write_bytes(self.LIST)

    def start(self, wait=True):
        super().start(wait=False)
        self.wait_for(lambda: "ready" in self.log() or self.process.poll() is not None)
        if "is its name right" in self.log():
            self.skipTest("DPDK has no driver net_pcap here")
        self.assertIsNone(self.process.poll(), self.log())

    def test_the_trial_knows_what_was_changed_of_lists(self):
        self.tollgate("list", "add", "blocked", "ACME", "-c", "tollgate.yaml")
        parts = files("one", **{"listed_yaml": self.LABELLING, "policy_yaml": b"- {name: Spam, when: {labels: spam}, then: {block: {}}}\n" + POLICY})
        self.write(bundles.made_of(parts | {"lists/blocked.txt": self.LIST}, self.folder / "k", version=7))
        difference = json.loads(self.rules("push", "b.tgb", "--json"))["difference"]
        self.assertEqual((difference["messages"], difference["changed"]), (1, 1))
        ((before, after),) = [(row["before"], row["after"]) for row in difference["verdicts"]]
        self.assertEqual((before, after), ("pass", "block"))


class PushTest(WithAppliance):
    def test_a_bundle_is_put_in_force(self):
        before = self.ruleset()
        self.assertEqual((self.in_force(), before), (0, self.digest_of("as the folder has it")))
        said = self.push(self.bundle("one", 7))
        self.assertIn("bundle 7 is in force: 1 rules", said)
        self.assertIn("tried on the last 0 messages", said)
        self.assertEqual((self.in_force(), self.ruleset()), (7, self.digest_of("one")))
        asked, done = self.audit()[-2:]
        octets = (self.folder / "b.tgb").read_bytes()
        self.assertEqual((asked["what"], asked["before"], asked["after"]),
                         ("rules.push", {"ruleset": before}, {"octets": len(octets), "blake2b": bundles.blake2b(octets, 32).hex()}))
        self.assertEqual((done["what"], done["before"]), ("rules.push.done", {"ruleset": before}))
        self.assertEqual((done["after"]["bundle"], done["after"]["ruleset"]), (7, self.digest_of("one")))

    def test_the_next_process_goes_on_with_it(self):
        self.push(self.bundle("one", 7))
        self.restart()
        self.assertEqual((self.in_force(), self.ruleset()), (7, self.digest_of("one")))
        self.assertIn("version 7", self.push(self.bundle("two", 7), status=1))
        self.assertIn("above 7", self.push(self.bundle("two", 6), status=1))
        self.push(self.bundle("two", 8))
        self.kill()
        self.start()
        self.assertEqual(self.in_force(), 8)
        self.assertEqual(self.audit()[-1]["after"]["bundle"], 8)

    def test_rollback_goes_back_step_by_step_and_to_any_that_is_kept(self):
        for version, text in ((7, "one"), (8, "two"), (9, "three")):
            self.push(self.bundle(text, version))
        self.assertIn("bundle 8", self.rules("rollback"))
        self.assertEqual((self.in_force(), self.ruleset()), (8, self.digest_of("two")))
        self.rules("rollback")
        self.assertEqual(self.in_force(), 7)
        self.rules("rollback")
        self.assertEqual((self.in_force(), self.ruleset()), (0, self.digest_of("as the folder has it")))
        self.assertIn("nothing to go back to", self.rules("rollback", status=1))
        self.rules("rollback", "--to", 9)
        self.assertEqual(self.in_force(), 9)
        self.assertIn("in force already", self.rules("rollback", "--to", 9, status=1))
        self.assertIn("version 5 is not kept", self.rules("rollback", "--to", 5, status=1))
        self.rules("rollback", "--to", 8)
        self.restart()
        self.assertEqual(self.in_force(), 8, "a rollback holds beyond a restart")
        self.wait_for(lambda: self.versions() == [0, 7, 8, 9])
        self.rules("rollback", "--to", 9)
        self.assertIn("above 9", self.push(self.bundle("four", 9), status=1))
        whats = [line["what"] for line in self.audit() if line["what"].startswith("rules.rollback")]
        self.assertEqual(whats, ["rules.rollback"] * 6)

    def test_rollback_leads_past_what_was_gone_back_from(self):
        for version, text in ((5, "one"), (6, "two")):
            self.push(self.bundle(text, version))
        self.rules("rollback")  # 6 was bad
        self.push(self.bundle("three", 7))
        self.restart()
        self.wait_for(lambda: self.versions() == [0, 5, 6, 7])
        self.rules("rollback")
        self.assertEqual((self.in_force(), self.ruleset()), (5, self.digest_of("one")))

    def difference(self, before, after, status=200):
        found, answer = local_control.ask(self.folder / "state", "GET", "/v1/rules/difference", **{"from": before, "to": after})
        self.assertEqual(found, status, answer)
        return answer

    def test_what_differs_between_two_versions_is_told_with_what_is_written(self):
        second = b"# of the second\n- id: 2\n  name: Second\n  labels: [spam]\n  state: shadow\n  when:\n    text: second\n\n# the end\n"
        policy = b"- {name: Scams, when: {labels: scam}, then: block}\n- {name: Everything, then: pass}\n".replace(b"then: block", b"then: {block: {}}")
        lists = {"lists/a.txt": b"# type: host\nexample.com\n", "lists/b.txt": b"# type: host\nexample.net\n"}
        before = files("one") | {"more.yaml": second} | lists
        after = files("other") | {"policy.yaml": policy, "third.yaml": second.replace(b"id: 2", b"id: 3"),
                                  "lists/a.txt": b"# type: host\nexample.com\nexample.org\n", "lists/b.txt": lists["lists/b.txt"]}
        self.push(bundles.made_of(before, self.folder / "k", version=7))
        self.push(bundles.made_of(after, self.folder / "k", version=8))
        told = self.difference(7, 8)
        self.assertEqual([(told[side]["version"], told[side]["ruleset"]) for side in ("from", "to")],
                         [(one["version"], one["ruleset"]) for one in json.loads(self.rules("list", "--json"))["versions"][1:]])
        (changed,) = told["rules"]["changed"]
        self.assertEqual([(changed[side]["name"], changed[side]["yaml"]) for side in ("before", "after")],
                         [("Lure", before["rules.yaml"].decode()), ("Lure", after["rules.yaml"].decode())])
        (removed,) = told["rules"]["removed"]
        self.assertEqual(removed, {"id": 2, "rev": 1, "name": "Second", "state": "shadow", "labels": ["spam"],
                                   "yaml": "".join(second.decode().splitlines(keepends=True)[1:7])})
        self.assertEqual([rule["id"] for rule in told["rules"]["added"]], [3])
        self.assertEqual(told["policy"]["added"], [{"name": "Scams", "position": 1, "yaml": policy.decode().splitlines(keepends=True)[0]}])
        self.assertEqual((told["policy"]["changed"], told["policy"]["removed"]), ([], []))
        self.assertEqual(told["lists"], [{"list": "a", "before": 1, "after": 2}])
        back = self.difference(8, 7)
        self.assertEqual((back["rules"]["added"], back["lists"]), ([removed], [{"list": "a", "before": 2, "after": 1}]))
        same = self.difference(8, 8)
        self.assertEqual([same["rules"], same["policy"], same["lists"]], [{"added": [], "removed": [], "changed": []}] * 2 + [[]])

    def test_what_differs_from_the_folder_is_told_too(self):
        self.push(self.bundle("one", 7))
        (changed,) = self.difference(0, 7)["rules"]["changed"]
        self.assertEqual([changed[side]["yaml"] for side in ("before", "after")],
                         [files(text)["rules.yaml"].decode() for text in ("as the folder has it", "one")])
        self.difference(0, 5, status=404)
        # What stands in the folder by now is not what was compiled.
        self.write_folder("something else")
        told = self.difference(0, 7)
        self.assertEqual((told["from"]["written"], told["to"]["written"], told["rules"]["changed"]), (False, True, []))

    def test_the_last_five_are_kept(self):
        for version in range(1, 8):
            self.push(self.bundle(f"text {version}", version))
        self.assertEqual(self.versions(), [0, 3, 4, 5, 6, 7])
        self.assertEqual(sorted(path.name for path in (self.folder / "state/bundles").iterdir()),
                         ["3.tgb", "4.tgb", "5.tgb", "6.tgb", "7.tgb", "in-force.json"])

    def test_the_folder_is_read_anew_only_while_it_is_in_force(self):
        self.push(self.bundle("one", 7))
        self.write_folder("changed")
        self.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda: "the rules of bundle 7 are in force" in self.log().split("SIGHUP")[-1])
        self.assertEqual(self.ruleset(), self.digest_of("one"))
        self.rules("rollback", "--to", 0)
        self.assertEqual(self.ruleset(), self.digest_of("as the folder has it"), "it is as it was compiled")
        self.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda: self.ruleset() == self.digest_of("changed"))

    def test_history_tells_who_did_what(self):
        self.push(self.bundle("one", 7))
        self.push(self.bundle("one", 7), status=1)
        self.rules("rollback")
        history = [json.loads(line) for line in self.rules("history", "--json").splitlines()]
        self.assertEqual([line["what"] for line in history],
                         ["start", "rules.push", "rules.push.done", "rules.push", "rules.push.failed", "rules.rollback"])
        self.assertIn("version 7", history[4]["after"]["error"])
        self.assertEqual(len(self.rules("history").splitlines()), 3 * len(history))

    def test_what_is_wrong_is_refused_and_changes_nothing(self):
        self.push(self.bundle("one", 7))
        good = self.bundle("two", 8)
        self.tollgate("rules", "key", "other")
        zeros = zlib.compress(bytes(200 * 2**20), 1)
        key = self.folder / "k"
        bad = {
            "another key": (bundles.made_of(files("two"), self.folder / "other", version=8), "have it signed by one who is trusted"),
            "an altered octet": (good[:60] + bytes([good[60] ^ 1]) + good[61:], "a signature that does not fit"),
            "an older version": (self.bundle("two", 3), "above 7"),
            "a failing test": (self.bundle("two", 8, expect="no match"), "should not match, and does"),
            "a rule that does not compile": (self.bundle("/two(/", 8), "rules.yaml:4"),
            "rules that are none": (bundles.made_of(files("two") | {"rules.yaml": b"- ["}, key, version=8), "rules.yaml:1"),
            "a bomb": (bundles.made(bundles.manifest_of({"a.yaml": bytes(10)}, version=8), zeros, key), "packed files that do not end"),
            "a name that climbs out": (bundles.made_of(files("two") | {"../climbed.yaml": b"x"}, key, version=8), "file name"),
            "a bundle that is cut off": (good[:-10], "found"),
            "no bundle": (b"hello", "found"),
        }
        for name, (octets, why) in bad.items():
            with self.subTest(name):
                said = self.push(octets, status=1)
                self.assertIn(why, said)
                self.assertIn("The rules stay as they are.", said)
                self.assertEqual((self.in_force(), self.ruleset()), (7, self.digest_of("one")))
                self.assertEqual(self.audit()[-1]["what"], "rules.push.failed")
                self.assertNotIn("they say", self.log(), "a test's text is not for the log")
        self.assertEqual(sorted(path.name for path in (self.folder / "state/bundles").iterdir()), ["7.tgb", "in-force.json"])
        self.assertEqual(list(self.folder.rglob("climbed*")), [])
        self.restart()
        self.assertEqual(self.in_force(), 7)
        self.push(good)

    def post(self, octets, length):
        """Sends what it has of a body, and closes. What is answered, where that comes."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(60)
            connection.connect(str(self.folder / "state/control"))
            connection.sendall(f"POST /v1/rules/push HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode() + octets)
            connection.shutdown(socket.SHUT_WR)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return answer.status

    def test_an_upload_that_is_cut_off_or_too_large_is_refused(self):
        octets = self.bundle("one", 7)
        self.assertEqual(self.post(octets[:100], len(octets)), 400)
        self.assertEqual(self.post(b"", 2**27 + 1), 413)
        self.assertEqual(self.in_force(), 0)
        self.assertEqual([line["what"] for line in self.audit()], ["start"])
        self.assertEqual(self.post(octets, len(octets)), 202)
        self.wait_for(lambda: self.in_force() == 7)

    def test_a_large_bundle_is_taken(self):
        entries = random.Random(1).sample(range(10**11), 500_000)
        numbers = "# type: number\n" + "".join(f"44{one:011}\n" for one in entries)
        octets = bundles.made_of(files("one") | {"lists/numbers.txt": numbers.encode()}, self.folder / "k", version=7)
        self.assertGreater(len(octets), 2_000_000)
        self.push(octets)
        self.assertEqual(self.in_force(), 7)

    def test_a_store_that_cannot_be_written_is_told_and_changes_nothing(self):
        blocked = self.folder / "state/bundles/in-force.json.part/x"
        blocked.mkdir(parents=True)
        said = self.push(self.bundle("one", 7), status=1)
        self.assertIn("in-force.json", said)
        self.assertEqual((self.in_force(), self.ruleset()), (0, self.digest_of("as the folder has it")))
        shutil.rmtree(blocked.parent)
        self.push(self.bundle("one", 7))

    def test_a_key_that_is_trusted_no_more_takes_its_bundles_with_it(self):
        self.push(self.bundle("one", 7))
        later = self.bundle("two", 8)
        self.tollgate("rules", "key", "other")
        shutil.copy(self.folder / "other.pub", self.folder / "k.pub")
        self.assertIn("have it signed by one who is trusted", self.push(later, status=1))
        self.restart()
        self.assertIn("bundle 7 cannot be put in force", self.log())
        self.assertEqual((self.in_force(), self.ruleset()), (0, self.digest_of("as the folder has it")))

    def test_a_bundle_on_the_disk_that_was_damaged_gives_way_to_the_one_before(self):
        self.push(self.bundle("one", 7))
        self.push(self.bundle("two", 8))
        path = self.folder / "state/bundles/8.tgb"
        octets = path.read_bytes()
        self.end()
        path.write_bytes(octets[:-1] + bytes([octets[-1] ^ 1]))
        self.start()
        self.assertEqual((self.in_force(), self.ruleset()), (7, self.digest_of("one")))
        self.assertIn("bundle 8 cannot be put in force", self.log())


class WithoutRulesTest(WithAppliance):
    RULES = ""

    def test_a_bundle_comes_to_an_appliance_without_rules(self):
        self.assertIsNone(self.in_force())
        self.push(self.bundle("one", 7))
        self.assertEqual(self.ruleset(), self.digest_of("one"))
        self.assertIn("nothing to go back to", self.rules("rollback", status=1))


class WithoutTrustTest(WithAppliance):
    CONTROL = ""

    def test_without_a_trusted_key_nothing_is_taken(self):
        self.assertIn("trusts no key", self.push(self.bundle("one", 7), status=1))
        self.assertEqual(self.in_force(), 0)
        self.assertEqual([line["what"] for line in self.audit()], ["start"])


class KillTest(WithAppliance):
    def test_killed_during_a_push_it_has_one_of_the_two_versions_whole(self):
        moments = random.Random(20261123)
        self.push(self.bundle("text 0", 1))
        began = time.monotonic()
        self.push(self.bundle("text 1", 2))
        usual = time.monotonic() - began
        version, texts, seen = 2, {2: "text 1"}, set()
        for number in range(50 if LONG else 6):
            texts[version + 1] = f"text {version}"
            self.write(self.bundle(texts[version + 1], version + 1))
            pushing = subprocess.Popen([TOLLGATE, "rules", "push", "b.tgb", "-c", "tollgate.yaml"], cwd=self.folder,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(moments.uniform(0, 1.2 * usual))
            self.process.kill()
            self.process.wait(30)
            taken = pushing.wait(60) == 0
            self.start()
            now = self.in_force()
            self.assertIn(now, (version, version + 1))
            if taken:
                self.assertEqual(now, version + 1, "who was told that it is in force was told so for good")
            self.assertEqual(self.ruleset(), self.digest_of(texts[now]), number)
            seen.add(now == version)
            version = now
            self.tollgate("audit", "verify", "-c", "tollgate.yaml")
        if LONG:
            self.assertEqual(seen, {True, False}, "the moments were not spread over the push")


if __name__ == "__main__":
    sys.argv = [word for word in sys.argv if word != "--long"]
    tap.main()
