"""charge_load and the ledger that it charges, for tests."""
import os
import pathlib
import queue
import signal
import struct
import subprocess
import sys
import threading

SOURCE = pathlib.Path(__file__).resolve().parents[2]
TOLLGATE = os.environ.get("TOLLGATE", str(SOURCE / "build/tollgate"))
LOAD = os.environ.get("TOLLGATE_CHARGE_LOAD", str(SOURCE / "build/tests/ledger/charge_load"))
PRICE = 65_000
ACCOUNTS = """
accounts:
  - {id: rich, name: Rich, recognised_by: {system_id: rich}, currency: EUR, payment: prepaid}
  - {id: poor, name: Poor, recognised_by: {system_id: poor}, currency: EUR, payment: prepaid}
  - {id: owes, name: Owes, recognised_by: {system_id: owes}, currency: EUR, payment: postpaid, monthly_limit: 50}
prices:
  - {list: standard, tariff: domestic, amount: 0.065, currency: EUR}
"""
BOUGHT = {"rich": 1_000_000, "poor": 20}
BOUND = {name: units * 1_000_000 for name, units in BOUGHT.items()} | {"owes": 50_000_000}


def account(ledger, *words, fails=False):
    """Runs `tollgate account`; `ledger` are its options. Gives what it printed."""
    run = subprocess.run([TOLLGATE, "account", *map(str, words), *map(str, ledger)], capture_output=True, text=True, timeout=120)
    if (run.returncode != 0) != fails:
        raise AssertionError(f"account {words}: {run.returncode}: {run.stdout}{run.stderr}")
    return run.stdout + run.stderr


def make_ledger(ledger, folder):
    (folder / "accounts.yaml").write_text(ACCOUNTS)
    account(ledger, "import", folder / "accounts.yaml")
    for name, units in BOUGHT.items():
        account(ledger, "credit", name, units, "--reference", f"first of {name}")


def told_in(path, once=True):
    """What the packet path was told: account and amount by identity. Of very many charges some are forgotten early, and
    what is sent again is told twice; the ledger has it once."""
    told = {}
    for high, low, number, _, amount in struct.iter_unpack("<QQIIq", path.read_bytes()):
        if amount:
            if (high, low) in told and (once or told[(high, low)] != (number, amount)):
                raise AssertionError("the packet path was told twice")
            told[(high, low)] = (number, amount)
    return told


def identity(octets):
    return struct.unpack(">QQ", octets)


class Load:
    """A process that charges; its lines are read as they come."""

    def __init__(self, ledger, state, told, seed, appliance="load", quota=50):
        self.process = subprocess.Popen([LOAD, *map(str, (ledger, state, told, seed, appliance, quota))],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        self.errors = []  # said before a count was
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def line(self, timeout=30):
        line = self.lines.get(timeout=timeout)
        if line is None:
            raise AssertionError(f"charge_load ended: {self.process.wait()}")
        return line

    def wait_for(self, start, timeout=30):
        """The lines until one begins so, that one last."""
        lines = [self.line(timeout)]
        while not lines[-1].startswith(start):
            lines.append(self.line(timeout))
        return lines

    def tell(self, line):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def count(self):
        """What was charged, refused as ledger_behind, and for other reasons; what waits in each journal."""
        self.tell("count")
        *errors, line = self.wait_for("count ")
        self.errors += errors
        charged, behind, refused, *waiting = map(int, line.split()[1:])
        return charged, behind, refused, waiting

    def kill(self):
        if self.process.poll() is not None:
            raise AssertionError(f"charge_load ended by itself: {self.process.returncode}")
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.close()

    def close(self):
        """Whatever became of it."""
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdin.close()
        self.process.stdout.close()


def settle(ledger, state, told, appliance="load"):
    subprocess.run([LOAD, *map(str, (ledger, state, told, "settle", appliance))], check=True, timeout=120, stdout=subprocess.DEVNULL)
