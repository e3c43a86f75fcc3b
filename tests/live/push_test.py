#!/usr/bin/env python3
"""Rules pushed and taken back while messages pass, through live veth links.

Each version stops one of three kinds of messages, which take turns. Every packet has to come, once and in its order, and
as its event says; each event names one version, and its verdict has to be what that version says. Environment: TOLLGATE,
TOLLGATE_PUSH_LOAD: the programs; TOLLGATE_PUSHES: how many times a bundle is pushed and the one before put back (3),
TOLLGATE_PUSH_RULES: of how many rules (1,000), TOLLGATE_PUSH_RATE: messages a second (10,000), TOLLGATE_PUSH_LONG: that all of
this rate has to pass, and nearly all be read."""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]
import bundles
import tap
import topology
from appliance import TOLLGATE, Appliance, wait_for

LOAD = os.environ.get("TOLLGATE_PUSH_LOAD", str(HERE.parents[1] / "build/tests/live/push_load"))
PUSHES = int(os.environ.get("TOLLGATE_PUSHES", "3"))
RULES = int(os.environ.get("TOLLGATE_PUSH_RULES", "1000"))
RATE = int(os.environ.get("TOLLGATE_PUSH_RATE", "10000"))
LONG = "TOLLGATE_PUSH_LONG" in os.environ
# Where others have the CPU as well, what sends may be late, and what judges may have no time.
LEAST_SENT, MOST_UNREAD = (0.97, 0.002) if LONG else (0.8, 0.01)
KINDS = ("alpha", "bravo", "charl")
POLICY = b"- {name: Stopped, when: {labels: scam}, then: {block: {map_error: systemFailure}}}\n- {name: Rest, then: pass}\n"


def rules_of(version):
    """The last rule alone holds for what passes here."""
    random_ = random.Random(version)
    word = lambda: "".join(random_.choices("abcdefghijklmnopqrstuvwxyz", k=random_.randrange(4, 10)))
    rules = []
    for number in range(1, RULES):
        phrase = f"{word()} {word()} {word()}"
        rules.append(f"- {{id: {number}, name: Phrase {number}, labels: [spam], when: {{text: '{phrase}'}}, "
                     f"tests: [{{text: 'say {phrase} now', expect: match}}]}}\n")
    kind = KINDS[version % 3]
    rules.append(f"- {{id: {RULES}, name: Kind, labels: [scam], when: {{text: 'word {kind}'}}, "
                 f"tests: [{{text: 'the word {kind} is', expect: match}}]}}\n")
    return {"rules.yaml": "".join(rules).encode(), "policy.yaml": POLICY}


class PushedTo(Appliance):
    def __init__(self, network, folder, workers):
        super().__init__(network, folder, f"control: {{trust: [k.pub]}}\nworkers: {workers}\n")
        for name, octets in rules_of(0).items():
            (self.folder / "rules" / name).write_bytes(octets)
        config = self.folder / "tollgate.yaml"
        config.write_text(config.read_text().replace("text: all", "text: never"))
        os.mkfifo(self.folder / "events.jsonl")
        self.tollgate("rules", "key", self.folder / "k")

    def tollgate(self, *words):
        run = subprocess.run([TOLLGATE, *map(str, words)], capture_output=True, text=True, timeout=600)
        if run.returncode != 0:
            raise RuntimeError(f"{words}: {run.stdout}{run.stderr}")
        return run.stdout

    def rules_command(self, *words):
        return self.tollgate("rules", *words, "-c", self.folder / "tollgate.yaml")

    def ruleset(self):
        return json.loads(self.tollgate("status", "-c", self.folder / "tollgate.yaml"))["ruleset"]


class PushTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tollgate-test-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def bundle(self, version):
        return self.folder / f"{version}.tgb"

    def push(self, appliance, version):
        """How long it takes until it is in force."""
        began = time.monotonic()
        report = json.loads(appliance.rules_command("push", self.bundle(version), "--json"))
        self.assertEqual((report["state"], report["version"], report["rules"]), ("in force", version, RULES))
        self.tried.append(report["difference"])
        return time.monotonic() - began

    def test_no_packet_is_lost_and_each_message_is_judged_by_one_version(self):
        self.check(PUSHES)

    def test_nor_by_two_workers(self):
        """Each of which takes the rules by itself. Of an association all messages go to one of them."""
        self.check(PUSHES if LONG else 1, workers=2, associations=8)

    def check(self, pushes, workers=1, associations=1):
        self.tried = []
        with topology.Topology() as network:
            appliance = PushedTo(network, self.folder, workers)
            for version in range(1, pushes + 1):  # before: what makes them takes a CPU
                self.bundle(version).write_bytes(bundles.made_of(rules_of(version), self.folder / "k", version=version))
            load = subprocess.Popen([LOAD, str(network.client), str(network.server), str(self.folder / "events.jsonl"), str(RATE), str(associations)],
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.addCleanup(load.wait)
            self.addCleanup(load.kill)
            self.addCleanup(load.stdout.close)
            appliance.start(wait=False)
            wait_for("tollgate is ready", 60, lambda: "run: ready" in appliance.said())
            load.stdin.write(b"begin\n")
            load.stdin.flush()
            stops = {appliance.ruleset(): KINDS[0]}
            took = []
            time.sleep(1)
            for version in range(1, pushes + 1):
                took.append(self.push(appliance, version))
                stops[appliance.ruleset()] = KINDS[version % 3]
                time.sleep(0.2)
                appliance.rules_command("rollback", "--to", version - 1)
                self.assertEqual(stops[appliance.ruleset()], KINDS[(version - 1) % 3])
                time.sleep(0.2)
            load.stdin.close()
            said = json.loads(load.stdout.read())
            counts = appliance.status()["counts"]
            appliance.stop(signal.SIGTERM)
        took.sort()
        print(f"# {said['sent']:,} messages in {said['seconds']:.1f} s; a push of {RULES} rules took {took[len(took) // 2]:.2f} s, "
              f"at most {took[-1]:.2f} s", flush=True)
        self.assertEqual(len(stops), pushes + 1)
        rows = said.pop("by")
        wrong = {name: said[name] for name in ("lost", "late", "doubled", "other", "events_doubled", "strange") if said[name]}
        self.assertEqual(wrong, {}, {name: count for name, count in counts.items() if count})
        # Where a CPU has more to do than it can, what there was no time to read passes unchanged, and is counted.
        print(f"# {said['unread']:,} passed unread: there was no time", flush=True)
        self.assertEqual(said["unread"], counts["uninspected_overload_messages"])
        self.assertLessEqual(said["unread"], MOST_UNREAD * said["sent"])
        self.assertEqual((said["came"], said["events"]), (said["sent"], said["sent"] - said["unread"]))
        self.assertGreater(said["sent"], LEAST_SENT * RATE * said["seconds"])
        self.assertEqual(said["exchanges"], 2 * pushes * associations, "the rules did not change from one message to the next")
        self.assertEqual({row["ruleset"] for row in rows}, set(stops))
        for row in rows:
            stopped = stops[row["ruleset"]] == row["kind"]
            self.assertEqual((row["verdict"], row["changed"]), ("block" if stopped else "pass", stopped), row)
        # What was tried on the messages before: those of both kinds change.
        for difference in self.tried[1:]:
            changes = {(row["before"], row["after"]) for row in difference["verdicts"]}
            self.assertGreater(difference["messages"], 1000)
            self.assertEqual(changes, {("pass", "block"), ("block", "pass")}, difference["verdicts"])


if __name__ == "__main__":
    tap.main()
