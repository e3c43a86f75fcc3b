"""What live tests share in which two peers exchange messages: how many, what stands between them, what is said of it.

Environment: TOLLGATE_LIVE_MESSAGES: how many in each case (300); TOLLGATE_LIVE_MIDDLES: what stands between them, some of
`bridge off on` (Tollgate with enforcement off or on)."""
import json
import os
import pathlib
import shutil
import tempfile
import unittest

import topology
from appliance import LURE, Appliance, Bridge

COUNT = int(os.environ.get("TOLLGATE_LIVE_MESSAGES", "300"))
MIDDLES = os.environ.get("TOLLGATE_LIVE_MIDDLES", "bridge on").split()
WINDOW = 50
PATIENCE = 30 + COUNT / 50  # seconds that one case may take
WORDS = "amber bridge candle dolphin ember forest garden harbour island juniper kettle lantern meadow nettle orchard".split()
# Each wire: half of 2 % loss and of 20 ms from end to end and back.
FAULTS = ["loss=1", "delay=5", "reorder=2", "duplicate=1"]


def text(random_, index, most):
    """Of so many words at most, and whether it is to be blocked, which a third is."""
    words = random_.choices(WORDS, k=random_.randint(1, most))
    blocked = random_.random() < 1 / 3
    if blocked:
        words.insert(random_.randrange(len(words) + 1), LURE)
    return f"no {index} {' '.join(words)}", blocked


def lines(path):
    """What a peer has said so far; its last line may be half there."""
    return [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


@unittest.skipIf(topology.cannot(), topology.cannot())
class ExchangeTest(unittest.TestCase):
    """`compare(exchange, sent, enforcing)` and `compare_events(appliance, exchange, sent, enforcing)` are the test's."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def new_folder(self):
        return pathlib.Path(tempfile.mkdtemp(dir=self.folder))

    def through_each_middle(self, sent, run, faults=None, links=1, timed=True, more=""):
        """`run(network)` gives the exchange that it has run. `more`: lines for the appliance."""
        seconds = {}
        for kind in MIDDLES:
            if kind == "bridge" and not faults and len(MIDDLES) > 1 and COUNT < 10_000:
                continue  # nothing to compare with
            with topology.Topology(links=links, faults=faults) as network:
                middle = Bridge(network) if kind == "bridge" else Appliance(network, self.new_folder(), f"enforcement: {kind}\n{more}")
                middle.start()
                exchange = run(network)
                seconds[kind] = exchange.seconds()
                if kind == "off":
                    edited = {name: count for name, count in middle.status()["counts"].items() if name.startswith("edited")}
                    self.assertEqual(edited, dict.fromkeys(edited, 0))
                    self.assertNotEqual(edited, {})
                middle.stop()
                self.compare(exchange, sent, kind == "on")
                if kind != "bridge":
                    self.compare_events(middle, exchange, sent, kind == "on")
        name = self._testMethodName.removeprefix("test_")
        print(f"# {name}: {COUNT} messages,", ", ".join(f"{which} {took:.2f} s" for which, took in seconds.items()), flush=True)
        if faults and timed and "bridge" in seconds:
            self.assertLess(max(seconds.values()), 3 * seconds["bridge"] + 1)
