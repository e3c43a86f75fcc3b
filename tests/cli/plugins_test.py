#!/usr/bin/env python3
"""Plugins and their signals as a person meets them. Environment: TOLLGATE, the program, with its plugins beside it;
TOLLGATE_TEST_MODULES, the folder of tests/modules."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests/support"))
sys.path.insert(0, str(SOURCE / "tests/cases"))
import tap
from wire import concatenation, deliver, from_centre, mt_begin, pcap

TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
MODULES = pathlib.Path(os.environ.get("TOLLGATE_TEST_MODULES", SOURCE / "build/tests/modules"))

RULES = """\
- id: 1
  name: More than two a minute
  labels: [flood]
  when: {rate.sender_per_minute: '> 2'}
  tests:
    - {text: hello, signals: {rate.sender_per_minute: 3}, expect: match}
    - {text: hello, signals: {rate.sender_per_minute: 2}, expect: no match}
    - {text: hello, expect: no match}
"""
PASS = "- {name: Rest, then: pass}\n"
THROTTLE = "- {name: Slow down, when: {text: hello}, then: {throttle: {per: minute, limit: 3, by: sender}}}\n" + PASS


class PluginsTest(unittest.TestCase):
    def setUp(self):
        self.maxDiff = None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "rules").mkdir()
        self.write("rules/a.yaml", RULES)
        self.write("rules/policy.yaml", PASS)

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def run_tollgate(self, *arguments, text=""):
        environment = os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")}
        return subprocess.run([TOLLGATE, *arguments], cwd=self.folder, env=environment, input=text,
                              capture_output=True, text=True, timeout=300)

    def judge(self, *messages, arguments=("--rules", "rules")):
        run = self.run_tollgate("judge", "-", "--json", *arguments, text="".join(json.dumps(m) + "\n" for m in messages))
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return [json.loads(line) for line in run.stdout.splitlines()]

    def replay(self, frames):
        (self.folder / "in.pcap").write_bytes(pcap(frames))
        run = self.run_tollgate("replay", "in.pcap", "--rules", "rules", "--events", "events.jsonl")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return [json.loads(line) for line in (self.folder / "events.jsonl").read_text().splitlines()]


class Signals(PluginsTest):
    def test_check_lists_the_signals_that_rules_can_compare(self):
        run = self.run_tollgate("check", "--signals")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        lines = run.stdout.splitlines()
        self.assertEqual(len(lines), 1 + 5 * 3)
        self.assertEqual(lines[0].split(), ["signal", "type", "unit", "what", "it", "says", "of", "a", "message"])
        self.assertEqual(lines[2], "rate.sender_per_minute           count    messages     "
                                   "messages from this sender in the last minute")
        found = json.loads(self.run_tollgate("check", "--signals", "--json").stdout)
        self.assertEqual(found["findings"], [])
        self.assertEqual([signal["name"] for signal in found["signals"]],
                         [f"rate.{by}_per_{window}" for by in ["sender", "recipient", "origin_gt", "origin_account", "url_host"]
                          for window in ["second", "minute", "hour"]])
        self.assertEqual(found["signals"][1], {"name": "rate.sender_per_minute", "type": "count", "unit": "messages",
                                               "help": "messages from this sender in the last minute"})

    def test_check_runs_the_tests_of_a_rule_that_compares_a_rate(self):
        run = self.run_tollgate("check", "--rules", "rules")
        self.assertEqual(run.returncode, 0, run.stdout)
        self.assertIn("3, 0 failed", run.stdout)

    def test_a_misspelt_one_is_told_with_what_was_meant(self):
        self.write("rules/a.yaml", RULES.replace("sender_per_minute", "sender_per_minite"))
        run = self.run_tollgate("check", "--rules", "rules")
        self.assertEqual(run.returncode, 1)
        self.assertIn("rules/a.yaml:4:10: error: unknown field `rate.sender_per_minite`; did you mean "
                      "`rate.sender_per_minute`?\n", run.stdout)

    def test_replay_counts_messages_and_shows_what_rules_ask_for(self):
        def frame(number, milliseconds, sender="447700900100", **more):
            return milliseconds, from_centre(mt_begin(deliver("hello", sender, **more), f"{number:08x}"), number)

        # The capture begins 20 seconds into a minute.
        first = frame(1, 0)
        events = self.replay([first, frame(2, 1_000), (1_500, first[1]),  # the same TSN again: no message
                              frame(3, 2_000, header=concatenation(7, 2, 1)), frame(4, 3_000, header=concatenation(7, 2, 2)),
                              frame(5, 4_000, sender="447700900101"),
                              frame(6, 55_000),  # 15 seconds into the next minute: three quarters of the four count
                              frame(7, 600_000)])
        self.assertEqual([event["signals"] for event in events],
                         [{"rate.sender_per_minute": rate} for rate in [1, 2, 3, 4, 1, 1 + 3, 1]])
        self.assertEqual([event["labels"] for event in events], [[], [], ["flood"], ["flood"], [], ["flood"], []])

    def test_explain_shows_the_rate_at_the_packet(self):
        frames = [(i * 100, from_centre(mt_begin(deliver("hello", "447700900100"), f"{i:08x}"), i)) for i in range(1, 5)]
        (self.folder / "in.pcap").write_bytes(pcap(frames))
        run = self.run_tollgate("explain", "in.pcap", "--frame", "3", "--rules", "rules", "--json")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertEqual(json.loads(run.stdout)["signals"], {"rate.sender_per_minute": 3})

    def test_judge_counts_in_order_and_takes_signals_that_a_message_brings_with_it(self):
        messages = [{"text": "hello", "sender": "ACME", "time": f"2026-11-21T22:00:{second:02}Z"} for second in range(3)]
        judged = self.judge(*messages, messages[2] | {"signals": {"rate.sender_per_minute": 0, "mine.level": 7}},
                            {"text": "hello"})
        self.assertEqual([one.get("signals") for one in judged],
                         [{"rate.sender_per_minute": 1}, {"rate.sender_per_minute": 2}, {"rate.sender_per_minute": 3},
                          {"rate.sender_per_minute": 0}, None])
        self.assertEqual([one["labels"] for one in judged], [[], [], ["flood"], [], []])
        run = self.run_tollgate("judge", "-", "--rules", "rules",
                                text='{"text":"","signals":{"rate.sender_per_minute":"many"}}\n')
        self.assertEqual((run.returncode, run.stderr),
                         (1, "tollgate judge: -:1: the signal `rate.sender_per_minute` is no number\n"))

    def test_a_throttle_passes_what_is_within_its_limit(self):
        self.write("rules/policy.yaml", THROTTLE)
        messages = [{"text": "hello", "sender": {"address": sender}} for sender in ["ACME", "acme", "Acme", "Other", "ACME"]]
        judged = self.judge(*messages, {"text": "hello"})
        self.assertEqual([one["verdict"] for one in judged], ["pass"] * 4 + ["throttle", "pass"])
        self.assertEqual({one["policy"] for one in judged}, {"Slow down"})


class Configuration(PluginsTest):
    def configure(self, plugins):
        self.write("tollgate.yaml", f"version: 1\nrules: rules\nplugins: {plugins}\n")
        return self.run_tollgate("check", "-c", "tollgate.yaml")

    def test_a_plugin_is_set_up_by_its_map(self):
        run = self.configure("{rate: {memory: 2 MiB, seed: 7}}")
        self.assertEqual((run.returncode, run.stderr), (0, ""), run.stdout)

    def test_what_a_plugin_does_not_take_is_told_with_its_place(self):
        for setting, said in [("memry: 64 MiB", "unknown key `memry`; expected memory or seed"),
                              ("memory: 64", "found `64` for `memory`; expected a size from 1 MiB to 64 GiB, such as 64 MiB"),
                              ("seed: -1", "found `-1` for `seed`; expected a whole number")]:
            run = self.configure(f"{{rate: {{{setting}}}}}")
            self.assertEqual(run.returncode, 1)
            self.assertEqual(run.stdout.splitlines()[-1], f"tollgate.yaml:3:18: error: plugin rate: {said}")

    def test_a_plugin_or_folder_that_is_not_there_is_told_of(self):
        run = self.configure("{rat: {}}")
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stdout, r"tollgate.yaml:3:11: error: no plugin `rat` in .*/plugins; did you mean `rate`\?\n")
        run = self.configure("{folder: nowhere}")
        self.assertEqual(run.returncode, 1)
        self.assertIn("tollgate.yaml:3:19: error: no plugins: nowhere is not a folder\n", run.stdout)

    def test_a_throttle_without_the_plugin_is_a_finding(self):
        (self.folder / "empty").mkdir()
        self.write("rules/a.yaml", "- {id: 1, name: A, labels: [x], when: {text: x}}\n")
        self.write("rules/policy.yaml", THROTTLE)
        run = self.configure("{folder: empty}")
        self.assertEqual(run.returncode, 1)
        self.assertIn("rules/policy.yaml:1:59: error: nothing counts for this throttle: it needs the signal "
                      "rate.sender_per_minute, and the plugin `rate`, which has it, is not loaded\n", run.stdout)

    def test_plugins_that_cannot_be_used_are_told_of_and_the_rest_runs(self):
        (self.folder / "plugins").mkdir()
        rate = pathlib.Path(TOLLGATE).parent / "plugins/rate/rate.so"
        for module in [rate, *(MODULES / f"{name}.so" for name in ["other_abi", "nothing", "refuses"])]:
            (self.folder / "plugins" / module.name).symlink_to(module)
        self.write("plugins/text.so", "This is a text, with more octets than the header of a module has.\n")
        self.write("tollgate.yaml", "version: 1\nrules: rules\nplugins: {folder: plugins}\n")
        run = self.run_tollgate("judge", "-", "-c", "tollgate.yaml", "--json", text='{"text":"hello","sender":"ACME"}\n')
        self.assertEqual(run.returncode, 0)
        self.assertEqual(json.loads(run.stdout)["signals"], {"rate.sender_per_minute": 1})
        self.assertEqual(run.stderr.splitlines(), [
            "plugins/nothing.so: error: is no plugin: it has no function tollgate_plugin_get",
            "plugins/other_abi.so: error: was built for plugin ABI 7, and this Tollgate has 1; build it with this "
            "Tollgate's plugin.h",
            "plugins/refuses.so: error: plugin faulty: the moon is not full",
            "plugins/text.so: error: cannot be loaded: invalid ELF header"])
        self.assertEqual(self.run_tollgate("check", "-c", "tollgate.yaml").returncode, 1)
        self.assertEqual(self.run_tollgate("check", "-c", "tollgate.yaml", "--signals").returncode, 1)


if __name__ == "__main__":
    tap.main()
