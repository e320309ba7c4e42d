"""What docs/deploy/postgresql.md says, word for word: on a server that knows its users as Debian's does."""

import contextlib
import json
import os
import pwd
import re
import shutil
import subprocess
import time
from pathlib import Path

import cluster
import lab
from cluster import AS_POSTGRES, Cluster, Pooler, check, owned, psql

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs/deploy/postgresql.md").read_text(encoding="utf-8")
ALICE = "alice"


def blocks(title, language="sh"):
    """The blocks of a section."""
    [section] = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", DOCUMENT, re.M | re.S)
    return re.findall(rf"^```{language}\n(.*?)^```$", section, re.M | re.S)


@contextlib.contextmanager
def account(home):
    """An account of that name, for as long as it is needed."""
    assert not cluster.user_exists(ALICE), f"this machine has an account {ALICE}"
    subprocess.run(["useradd", "--home-dir", str(home), "--shell", "/bin/sh", ALICE], check=True)
    try:
        home.mkdir(mode=0o700)
        shutil.chown(home, ALICE, ALICE)
        yield pwd.getpwnam(ALICE)
    finally:
        subprocess.run(["userdel", ALICE], check=True, capture_output=True)


class Desk:
    """Runs blocks as somebody, with the programs on the path and the server named by variables."""

    def __init__(self, root, server):
        self.root, self.server = root, server
        programs = root / "bin"
        programs.mkdir(mode=0o755)
        shutil.copy(lab.BINARY, programs / "hallpass")
        self.path = f"{programs}:{cluster.PROGRAMS}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"

    def run(self, text, who, where, server=None, **more):
        server = server or self.server
        environment = {"PATH": self.path, "HOME": str(where), "PGHOST": str(server.socket), "PGPORT": str(server.port),
                       "DEBIAN_FRONTEND": "noninteractive"} | more
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], check=False, capture_output=True, text=True,
                              cwd=str(where), env=environment, stdin=subprocess.DEVNULL, timeout=lab.PATIENCE, **who)
        check(done.returncode == 0, f"docs/deploy/postgresql.md:\n{text}{done.returncode}: {done.stdout}{done.stderr}")
        return done


def first_set_up(desk, home, alice):
    """The ten commands."""
    as_root, as_alice = blocks("A first set-up")
    commands = (as_root + as_alice).strip().splitlines()
    check(len(commands) == 10, f"{len(commands)} commands in the first set-up")
    desk.run(as_root, {}, desk.root)
    desk.run(as_alice, alice, home)
    done = desk.run("hallpass status -o json", alice, home, HALLPASS_STORE="postgres:///hallpass")
    facts = json.loads(done.stdout or "{}")
    check(facts.get("role") == ALICE and facts.get("excess_rights") == [] and facts.get("anchor") == "ok", f"status: {facts}")


def backups(desk, home, alice):
    """A dump, what was done after it, the dump put back, and what the table says of that."""
    dump, back, copy = blocks("Backups")
    store = {"HALLPASS_STORE": "postgres:///hallpass"}
    folder = owned(desk.root / "dumps")
    desk.run(dump, AS_POSTGRES, folder)
    desk.run(back, AS_POSTGRES, folder)
    desk.run("hallpass store check", alice, home, **store)
    desk.run("hallpass --yes token revoke github/laptop", alice, home, **store)
    desk.run(back, AS_POSTGRES, folder)
    desk.run("code=0; hallpass token list || code=$?; test $code = 31", alice, home, **store)
    desk.run("hallpass --yes store accept --rollback", alice, home, **store)
    desk.run("! hallpass verify < laptop.token", alice, home, **store)
    desk.run(copy, alice, home, **store)


def pooled(desk, home, alice):
    """pgbouncer, with the settings that stand there."""
    [settings] = blocks("pgbouncer", "ini")
    settings = settings.replace("/var/run/postgresql", f"{desk.server.socket} port={desk.server.port}")
    pooler = Pooler(desk.root, desk.server, "documented", settings)
    try:
        desk.run("hallpass store check", alice, home, pooler, HALLPASS_STORE="postgres:///hallpass")
    finally:
        pooler.stop()


def pair(desk, home, alice):
    """A standby, made and promoted by the commands that stand there."""
    on_primary, on_standby, waits, promote = blocks("A synchronous pair")
    first = desk.server
    desk.run(on_primary, AS_POSTGRES, "/", PGUSER="postgres")
    standby = Cluster.empty(desk.root, "standby")
    desk.run(on_standby, AS_POSTGRES, "/", PGDATA=str(standby.data), PRIMARY=str(first.socket), PGPORT=str(first.port))
    standby.own()
    standby.start()
    try:
        desk.run(waits, AS_POSTGRES, "/", PGUSER="postgres")
        end = time.monotonic() + lab.PATIENCE
        while psql(first, "SELECT sync_state FROM pg_stat_replication", database="postgres") != "sync":
            check(time.monotonic() < end, "no synchronous standby")
            time.sleep(0.05)
        places = ",".join(f"{str(it.socket).replace('/', '%2F')}:{it.port}" for it in (first, standby))
        store = {"HALLPASS_STORE": f"postgres://{places}/hallpass"}
        desk.run("hallpass token add github/pair --to file:pair.token", alice, home, **store)
        first.kill()
        desk.run(promote, AS_POSTGRES, "/", standby, PGDATA=str(standby.data), PGUSER="postgres")
        desk.run("hallpass verify --connection ci < pair.token; hallpass store check", alice, home, **store)
    finally:
        standby.stop()


def main(root, one):
    server = Cluster(root, "documented")
    # The harness itself is root.
    (server.data / "pg_hba.conf").write_text(
        "local replication all trust\nlocal all postgres peer map=lab\nlocal all all peer\n")
    (server.data / "pg_ident.conf").write_text("lab root postgres\nlab postgres postgres\n")
    home = root / "alice"
    try:
        server.start()
        with account(home) as entry:
            alice = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
            desk = Desk(root, server)
            first_set_up(desk, home, alice)
            backups(desk, home, alice)
            hba = server.data / "pg_hba.conf"
            # A pooler is an account of its own, and vouches for its clients.
            hba.write_text(hba.read_text().replace("local all all peer", "local all all trust"))
            server.reload()
            pooled(desk, home, alice)
            pair(desk, home, alice)
    finally:
        server.stop()
