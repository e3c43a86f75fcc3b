#!/usr/bin/env python3
"""Runs a command with a throw-away PostgreSQL server, which is gone after it.

usage: with_postgresql.py COMMAND [ARGUMENTS]
The command finds in TOLLGATE_TEST_POSTGRESQL how libpq reaches the server, and in TOLLGATE_TEST_POSTGRESQL_RESTART a
command that kills and restarts it; in TOLLGATE_TEST_POSTGRESQL_PID the file that says in its first line which process the server
is, and in TOLLGATE_TEST_POSTGRESQL_START a command that starts it again where that was killed. Exit status 77 where there is no PostgreSQL.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
if not versions:
    print("1..0 # SKIP there is no PostgreSQL")
    sys.exit(77)
programs = versions[-1].parent
folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-pg-"))
# PostgreSQL does not run as root.
as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] if os.geteuid() == 0 else []
if as_user:
    shutil.chown(folder, "postgres", "postgres")
folder.chmod(0o755)
data = folder / "data"
options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=20"
control = [*as_user, str(programs / "pg_ctl"), "-s", "-w", "-D", str(data), "-l", str(folder / "log")]
start = [*control, "-o", options, "start"]
try:
    subprocess.run([*as_user, str(programs / "initdb"), "-D", str(data), "-U", "test", "-A", "trust", "--locale=C", "-E", "UTF8"],
                   check=True, stdout=subprocess.DEVNULL, cwd="/")
    subprocess.run(start, check=True, cwd="/")
    import shlex
    environment = os.environ | {
        "TOLLGATE_TEST_POSTGRESQL": f"host={folder} user=test dbname=postgres",
        "TOLLGATE_TEST_POSTGRESQL_PID": str(data / "postmaster.pid"),
        "TOLLGATE_TEST_POSTGRESQL_START": f"cd / && {shlex.join(start)}",
        "TOLLGATE_TEST_POSTGRESQL_RESTART": f"cd / && {shlex.join([*control, '-m', 'immediate', 'stop'])} && {shlex.join(start)}"}
    status = subprocess.run(sys.argv[1:], env=environment).returncode
finally:
    subprocess.run([*control, "-m", "immediate", "stop"], cwd="/")
    shutil.rmtree(folder)
sys.exit(status)
