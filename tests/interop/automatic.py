"""Patroni with etcd: three members, a synchronous standby, and a primary whose processes or machine die.

The long form only: a failover takes as long as Patroni's `ttl`.
"""

import os
import shutil
import signal
import subprocess
import time

import cluster
import deployed
import lab
import losing
import serving
from cluster import AS_POSTGRES, Machine, check, owned, psql, store

FAILOVERS = 4
WITHIN = 30  # seconds
MEMBERS = 3


def needed():
    """What this part alone needs."""
    missing = [package for program, package in
               {"patroni": "patroni", "etcd": "etcd-server"}.items() if not shutil.which(program)]
    if missing:
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], check=True,
                       stdout=subprocess.DEVNULL, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})


class Etcd:
    """Where the members agree on a leader."""

    def __init__(self, root):
        self.port, peer = serving.free_port(), serving.free_port()
        here = f"http://127.0.0.1:{self.port}"
        with (owned(root / "etcd") / "log").open("wb") as log:
            self.process = subprocess.Popen(
                ["etcd", "--data-dir", str(root / "etcd/data"), "--listen-client-urls", here,
                 "--advertise-client-urls", here, "--listen-peer-urls", f"http://127.0.0.1:{peer}",
                 "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}",
                 "--initial-cluster", f"default=http://127.0.0.1:{peer}"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, **AS_POSTGRES)

    def stop(self):
        self.process.kill()
        self.process.wait()


class Member:
    """A member: Patroni, and the server that it starts."""

    def __init__(self, root, etcd, number):
        self.name = f"member{number}"
        self.root = self.socket = owned(root / self.name)
        self.port, self.rest = serving.free_port(), serving.free_port()
        [bootstrap] = deployed.blocks("Patroni", "yaml")
        self.settings = self.root / "patroni.yml"
        self.settings.write_text(f"""scope: hallpass
name: {self.name}
restapi: {{listen: '127.0.0.1:{self.rest}', connect_address: '127.0.0.1:{self.rest}'}}
etcd3: {{host: '127.0.0.1:{etcd.port}'}}
{bootstrap}
  initdb: [{{encoding: UTF8}}, no-sync]
postgresql:
  listen: 127.0.0.1:{self.port}
  connect_address: 127.0.0.1:{self.port}
  data_dir: {self.root}/data
  bin_dir: {cluster.PROGRAMS}
  pgpass: {self.root}/pgpass
  authentication: {{superuser: {{username: postgres}}, replication: {{username: postgres}}}}
  pg_hba: [local all all trust, host all all 127.0.0.1/32 trust, host replication all 127.0.0.1/32 trust]
  parameters: {{unix_socket_directories: '{self.root}', shared_buffers: 32MB, max_connections: 100}}
""")
        self.process = None
        self.start()

    def start(self):
        for left in self.root.glob(".s.PGSQL.*"):
            left.unlink()
        with (self.root / "log").open("ab") as log:
            self.process = subprocess.Popen(["patroni", str(self.settings)], stdout=log, stderr=log, cwd="/",
                                            stdin=subprocess.DEVNULL, **AS_POSTGRES)

    def server(self):
        """The process of its server, and all that this has started."""
        try:
            pid = int((self.root / "data/postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return []
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], check=False, capture_output=True, text=True)
        return [pid, *map(int, listed.stdout.split())]

    def leads(self):
        return psql(self, "SELECT pg_is_in_recovery()", database="postgres", fine=False).stdout.strip() == "f"

    def kill(self, whole):
        """Its server dies, or its machine."""
        if whole:
            self.process.kill()
            self.process.wait()
        for pid in self.server():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def stop(self):
        self.kill(True)


def leader(members):
    return next((it for it in members if it.process.poll() is None and it.leads()), None)


def synchronous(members):
    """The leader, once it has a synchronous standby."""
    first = leader(members)
    found = first and psql(first, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", database="postgres",
                           fine=False).stdout.strip()
    return first if found == "1" else None


def places(members):
    hosts = ",".join(f"{str(it.socket).replace('/', '%2F')}:{it.port}" for it in members)
    return f"postgres://app@{hosts}/hallpass?schema=patroni"


def fail_over(members, machines, number):
    """Kills the leader under load; nothing is lost, and writes go on soon."""
    first = serving.until(lambda: synchronous(members), "a synchronous standby")
    whole = number % 2 == 0
    with losing.writing(machines[1:], f"p{number}") as writers:
        time.sleep(3)
        first.kill(whole)
        began, before = time.monotonic(), [len(it.added) for it in writers]
        serving.until(lambda: [len(it.added) for it in writers] > before and leader(members), "writes again")
        took = time.monotonic() - began
    if whole:
        first.start()
    serving.until(lambda: synchronous(members), "a synchronous standby again")
    counted = losing.kept(machines[0], writers, f"failover {number}")
    check(took <= WITHIN + 5, f"failover {number}: writes again after {took:.0f} s")
    losing.told(f"Patroni, the leader's {'machine' if whole else 'server'} killed, writes again after {took:.1f} s",
                writers, counted)


def main(root, _one):
    if not lab.FULL:
        return
    needed()
    etcd = Etcd(root)
    members = []
    try:
        for number in range(MEMBERS):
            members.append(Member(root, etcd, number))
            serving.until(lambda: leader(members), "a leader")
        first = serving.until(lambda: synchronous(members), "a synchronous standby")
        psql(first, "CREATE ROLE owner LOGIN; CREATE ROLE app LOGIN;", database="postgres")
        psql(first, "CREATE DATABASE hallpass OWNER owner", database="postgres")
        machine = store(first, root / "machine", "patroni")
        machine.url = places(members)
        others = [Machine(root / f"machine-{n}", first, "patroni", "app", machine) for n in range(3)]
        for other in others:
            other.url = machine.url
        for number in range(FAILOVERS):
            fail_over(members, [machine, *others], number)
    finally:
        for member in members:
            member.stop()
        etcd.stop()
