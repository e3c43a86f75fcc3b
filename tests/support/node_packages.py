"""What of the browser tests' programs is there: scripts/set-up installs it."""
import functools
import os
import shutil
import subprocess

import node_smpp

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def environment():
    return {**node_smpp.environment(), "CHROMIUM": CHROMIUM}


@functools.cache
def no_browser():
    """Why no page can be tried here, or None."""
    if shutil.which("node") is None:
        return "node is not there (scripts/set-up)"
    if not os.access(CHROMIUM, os.X_OK):
        return "chromium is not there (scripts/set-up)"
    for package in ("playwright-core", "axe-core"):
        if subprocess.run(["node", "-e", f"require('{package}')"], env=environment(), capture_output=True).returncode != 0:
            return f"node's package {package} is not there (scripts/set-up)"
    return None
