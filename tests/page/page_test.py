#!/usr/bin/env python3
"""The web page, in a browser: against a stand-in for an appliance. Environment: SCREENSHOTS, a folder that takes pictures of each view."""
import json
import os
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent / "support"))
import node_packages

ROLES = ["viewer", "analyst", "security", "commercial", "admin"]


def main():
    if reason := node_packages.no_browser():
        print(f"1..0 # SKIP {reason}")
        return 0
    standin = subprocess.Popen([sys.executable, FOLDER / "standin.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        base = standin.stdout.readline().strip()
        environment = {**node_packages.environment(), "BASE": base, "STANDIN": "1", "EVENT": f"{5:032x}", "FROM": "41", "TO": "40",
                       "TOKENS": json.dumps({role: f"token-{role}" for role in ROLES})}
        return subprocess.run(["node", FOLDER / "page_test.js", *sys.argv[1:]], env=environment).returncode
    finally:
        standin.stdin.close()
        standin.wait(30)


if __name__ == "__main__":
    sys.exit(main())
