"""Servers and tables that are not as they should be: replicas, read-only, full, unsafe, of another shape, with triggers."""

import signal
import subprocess
import time

import cluster
import serving
import watched
from cluster import Machine, check, psql, store

# Who is refused tries for so long: a failover may be under way.
SOON = "&connect_timeout=1"
DAMAGED, NO_STORE, READ_ONLY, STORAGE, ENGINE = 30, 34, 41, 42, 61


def expect(machine, line, codes, what, stdin=b""):
    done = machine.run(line, stdin=stdin)
    check(done.returncode in codes, f"{what}, `{line}`: {done.returncode}, not {codes}: {done.stderr.decode()}")
    return done


def replica(root, one):
    """A replica is never used; it may stand before the primary in the URL."""
    server = one.server
    first = store(server, root / "replica", "odd_replica")
    standby = cluster.Cluster(root, "standby", of=server)
    standby.start()
    try:
        alone = Machine(root / "alone", standby, "odd_replica", "app", first, SOON)
        for line in ["token list", "token add github/one", "status"]:
            expect(alone, line, [READ_ONLY], "a replica alone")
        both = Machine(root / "both", standby, "odd_replica", "app", first)
        here, there = (str(it.socket).replace("/", "%2F") for it in (standby, server))
        both.url = f"postgres://app@{here}:{standby.port},{there}:{server.port}/hallpass?schema=odd_replica"
        expect(both, "token add github/two", [0], "a replica before the primary")
    finally:
        standby.stop()


def read_only(root, one):
    server = one.server
    machine = store(server, root / "readonly", "odd_readonly")
    psql(server, "ALTER DATABASE hallpass SET default_transaction_read_only = on", database="postgres")
    try:
        soon = Machine(root / "readonly-soon", server, "odd_readonly", "app", machine, SOON)
        expect(soon, "token add github/one", [READ_ONLY], "a database that is read-only")
    finally:
        psql(server, "ALTER DATABASE hallpass RESET default_transaction_read_only", database="postgres")
    expect(machine, "token add github/one", [0], "a database that was read-only")


def unsafe(root, one):
    """A server that loses what it has acknowledged is refused, unless that is wanted."""
    server = one.server
    machine = store(server, root / "unsafe", "odd_unsafe")
    for setting, safe in [("full_page_writes", "on"), ("zero_damaged_pages", "off")]:
        wrong = "off" if safe == "on" else "on"
        psql(server, f"ALTER SYSTEM SET {setting} = {wrong}", database="postgres")
        server.reload()
        done = expect(machine, "token list", [ENGINE], setting)
        check(setting.encode() in done.stderr, f"{setting} is not named: {done.stderr.decode()}")
        expect(machine, "token list --allow-unsafe-database", [0], setting)
        psql(server, f"ALTER SYSTEM RESET {setting}", database="postgres")
        server.reload()
    expect(machine, "token list", [0], "a server that was unsafe")


def shapes(root, one):
    """Tables that are not those of a store."""
    server = one.server
    for number, sql in enumerate([
        "ALTER TABLE odd.hdr ADD x bigint", "DROP TABLE odd.idx", "ALTER TABLE odd.man ALTER b TYPE int",
        "ALTER TABLE odd.log RENAME seq TO n", "ALTER TABLE odd.obj DROP COLUMN kid", "INSERT INTO odd.hdr VALUES (7, 'x')",
        "DELETE FROM odd.man WHERE b = 0", "UPDATE odd.obj SET id = id || 'x'::bytea", "UPDATE odd.idx SET id = ''",
        "UPDATE odd.man SET kid = -1", "INSERT INTO odd.man VALUES (70000, 1, 'x')",
    ]):
        schema = f"odd_shape_{number}"
        machine = store(server, root / schema, schema)
        machine.must("token add github/one")
        psql(server, sql.replace("odd.", f"{schema}."))
        for line in ["store check", "token list", "token add github/two"]:
            expect(machine, line, [NO_STORE, DAMAGED], sql)


def triggers(root, one):
    """What the owner's triggers do to the rows is noticed by whoever reads them next."""
    server = one.server
    for number, (table, event, body) in enumerate([
        ("obj", "INSERT", "RETURN NULL"), ("idx", "INSERT", "RETURN NULL"), ("log", "INSERT", "RETURN NULL"),
        ("man", "UPDATE", "RETURN OLD"), ("obj", "INSERT", "NEW.ct = set_byte(NEW.ct, 40, 7); RETURN NEW"),
    ]):
        schema = f"odd_trigger_{number}"
        machine = store(server, root / schema, schema)
        psql(server, f"CREATE FUNCTION {schema}.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; END $$;"
             f"CREATE TRIGGER t BEFORE {event} ON {schema}.{table} FOR EACH ROW EXECUTE FUNCTION {schema}.f()")
        done = machine.run("token add github/one")
        seen = machine.code("store check")
        check(done.returncode != 0 or seen in (DAMAGED, 31, 32),
              f"a trigger on {table}: `token add` {done.returncode}, then `store check` {seen}")


def full(root, one):
    """A disk that is full: a clear word, nothing lost, and it goes on once there is room."""
    server = one.server
    place = cluster.owned(root / "small")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(place)], check=True)
    try:
        subprocess.run(["chown", "postgres:postgres", str(place)], check=True)
        machine = store(server, root / "full", "odd_full")
        psql(server, f"CREATE TABLESPACE small LOCATION '{place}'", database="postgres")
        for table in ["obj", "idx", "log"]:
            psql(server, f"ALTER TABLE odd_full.{table} SET TABLESPACE small")
        kept, done = [], None
        for number in range(2000):
            done = machine.run(f"token add github/t{number}")
            if done.returncode:
                break
            kept.append(done.stdout.strip())
        check(done.returncode == STORAGE, f"a full disk: {done.returncode}: {done.stderr.decode()}")
        check(b"space" in done.stderr, f"a full disk is not named: {done.stderr.decode()}")
        check(machine.code("store check") == 0, "the store on a full disk")
        check(machine.code("verify", stdin=kept[-1]) == 0, "the last token on a full disk")
        subprocess.run(["mount", "-o", "remount,size=8m", str(place)], check=True)
        expect(machine, "token add github/more", [0], "a disk that has room again")
        for table in ["obj", "idx", "log"]:
            psql(server, f"ALTER TABLE odd_full.{table} SET TABLESPACE pg_default")
        psql(server, "DROP TABLESPACE small", database="postgres")
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def refused_later(root, one):
    """A server that has become unsafe closes the doors, and stays refused however often it is asked."""
    server = cluster.Cluster(root, "lenient")
    server.start().prepare()
    try:
        first = store(server, root / "lenient-home", "odd_later")
        token = first.must("token add github/one").decode().strip()
        with watched.servers(watched.Served(first, 0)) as (it,):
            serving.until(lambda: it.ask(token) == 204, "an open server")
            server.stop()
            server.set(fsync="off")
            server.start()
            time.sleep(1.5)
            for _ in range(20):
                status = it.ask(token)
                check(status == 503, f"a server whose database became unsafe answers {status}")
                time.sleep(0.1)
    finally:
        server.stop()


def replica_behind(root, one):
    """A pooler that is given a replica while a server follows through it: what is revoked is not accepted."""
    server = one.server
    first = store(server, root / "behind", "odd_behind")
    token = first.must("token add github/one").decode().strip()
    standby = cluster.Cluster(root, "behind-standby", of=server)
    standby.start()
    pooler = cluster.Pooler(root, server, "transaction", name="behind")
    try:
        machine = Machine(root / "behind-server", pooler, "odd_behind", "app", first, SOON)
        with watched.servers(watched.Served(machine, 0)) as (it,):
            serving.until(lambda: it.ask(token) == 204, "an open server")
            psql(standby, "SELECT pg_wal_replay_pause()")
            settings = pooler.settings.read_text()
            old, new = (f"host={where.socket} port={where.port}" for where in (server, standby))
            pooler.settings.write_text(settings.replace(old, new))
            pooler.process.send_signal(signal.SIGHUP)
            first.must("token revoke github/one")
            time.sleep(2.5)
            status = it.ask(token)
            check(status in (401, 503), f"a server that follows a replica answers {status} for a revoked token")
            for line in ["token list", "verify"]:
                expect(machine, line, [READ_ONLY], "a replica behind a pooler", token.encode())
    finally:
        pooler.stop()
        standby.stop()


def main(root, one):
    for part in [replica, read_only, unsafe, shapes, triggers, full, refused_later, replica_behind]:
        part(root, one)
