"""Where node finds its package smpp, which scripts/set-up installs."""
import functools
import os
import pathlib
import shutil
import subprocess

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
FOLDER = pathlib.Path(os.environ.get("TOLLGATE_NODE") or CACHE / "tollgate/node") / "node_modules"


def environment():
    """For a program of node that requires smpp."""
    return {**os.environ, "NODE_PATH": os.pathsep.join(filter(None, [os.environ.get("NODE_PATH"), str(FOLDER)]))}


@functools.cache
def cannot():
    """Why no such program can run here, or None."""
    if shutil.which("node") is None:
        return "node is not there (scripts/set-up)"
    found = subprocess.run(["node", "-e", "require('smpp')"], env=environment(), capture_output=True)
    return None if found.returncode == 0 else "node's package smpp is not there (scripts/set-up)"
