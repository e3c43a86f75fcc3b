"""ClickHouse servers of tests, as Debian has them, and the queries that Tollgate brings for them."""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

PLUGIN = pathlib.Path(__file__).resolve().parents[2] / "plugins/clickhouse"
# Its zone is not UTC: times have to come out right all the same.
CONFIG = """<?xml version="1.0"?>
<yandex>
  <logger><level>warning</level><console>1</console></logger>
  <http_port>{http}</http_port><tcp_port>{tcp}</tcp_port><listen_host>127.0.0.1</listen_host>
  <path>{folder}/data/</path><tmp_path>{folder}/tmp/</tmp_path><mark_cache_size>67108864</mark_cache_size>
  <users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
  <timezone>America/New_York</timezone>
</yandex>
"""
USERS = """<?xml version="1.0"?>
<yandex>
  <profiles><default><max_threads>2</max_threads></default></profiles>
  <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>
    <quota>default</quota></default>
    <writer><password>secret</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>
    <quota>default</quota></writer></users>
  <quotas><default></default></quotas>
</yandex>
"""


def program():
    return shutil.which("clickhouse-server", path="/usr/sbin:/usr/bin:" + os.environ["PATH"])


def missing():
    return None if program() and shutil.which("clickhouse-client") else "clickhouse-server is not installed"


def make_folder(http=8123, tcp=9000):
    """With what a server needs to start; the words of the command that starts it."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tollgate-test-clickhouse-"))
    (folder / "config.xml").write_text(CONFIG.format(folder=folder, http=http, tcp=tcp))
    (folder / "users.xml").write_text(USERS)
    return folder, [program(), f"--config-file={folder}/config.xml"]


def ask_words(query, database="default", tcp=9000):
    return ["clickhouse-client", "--port", str(tcp), "--database", database, "--multiquery", "--query", query]


def report(name, since="2000-01-01 00:00:00", until="2100-01-01 00:00:00", zone="UTC"):
    """One of the queries, with its times, in UTC, and the zone of its days."""
    query = (PLUGIN / f"queries/{name}.sql").read_text()
    return query.replace("{since}", since).replace("{until}", until).replace("{zone}", zone)


def reports():
    return sorted(file.stem for file in (PLUGIN / "queries").glob("*.sql"))


def free_ports(count):
    places = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [place.getsockname()[1] for place in places]
    for place in places:
        place.close()
    return ports


class Server:
    """One on ports of its own, as long as it is entered."""

    def __enter__(self):
        self.http, self.tcp, = free_ports(2)
        self.folder, words = make_folder(self.http, self.tcp)
        self.url = f"http://127.0.0.1:{self.http}"
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(words, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while self.client("SELECT 1").returncode != 0:
            if self.process.poll() is not None or time.monotonic() > until:
                said = (self.folder / "log").read_text()[-2000:]
                self.__exit__()
                raise RuntimeError(f"ClickHouse does not start: {said}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(60)
        shutil.rmtree(self.folder)

    def client(self, query, database="default"):
        return subprocess.run(ask_words(query, database, self.tcp), capture_output=True, text=True, timeout=300)

    def ask(self, query):
        """Its rows, each by the names of the columns."""
        done = self.client(f"{query} FORMAT TabSeparatedWithNames", "tollgate")
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        names, *rows = [line.split("\t") for line in done.stdout.splitlines()]
        return names, [dict(zip(names, row)) for row in rows]
