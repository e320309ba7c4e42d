"""A server that dies under load, and a standby that takes its place: what was acknowledged, and what is lost.

Writers add tokens and revoke them, each with the whole program. What a program printed and ended with 0 is
acknowledged; 52 says that nobody knows.
"""

import contextlib
import json
import threading
import time

import cluster
import lab
from cluster import Machine, check, psql, store

KILLS = 100 if lab.FULL else 3
LOSSES = 30 if lab.FULL else 2
UNKNOWN = 52
# What a command may end with while no server answers: busy, none that writes, none at all, unknown.
AWAY = {40, 41, 42, UNKNOWN}


class Writer(threading.Thread):
    """Adds tokens and revokes each second one, until it is told to end."""

    def __init__(self, machine, name):
        super().__init__(daemon=True)
        self.machine, self.label, self.ending = machine, name, threading.Event()
        self.added, self.revoked, self.doubtful, self.wrong, self.ends = [], [], [], [], {}

    def run(self):
        number = 0
        while not self.ending.is_set():
            number += 1
            name = f"github/{self.label}-{number}"
            done = self.go(f"token add {name}")
            if done.returncode == 0:
                self.added.append(done.stdout)
                if number % 2 and self.go(f"token revoke {name}").returncode == 0:
                    self.revoked.append(done.stdout)
            elif done.returncode == UNKNOWN:
                self.doubtful += lab.TOKEN.findall(done.stdout)

    def go(self, line):
        done = self.machine.run(line)
        self.ends[done.returncode] = self.ends.get(done.returncode, 0) + 1
        if done.returncode not in AWAY | {0}:
            self.wrong.append((line, done.returncode, done.stderr.decode()))
        return done


@contextlib.contextmanager
def writing(machines, name):
    """Writers that run meanwhile."""
    writers = [Writer(machine, f"{name}-{n}") for n, machine in enumerate(machines)]
    for writer in writers:
        writer.start()
    try:
        yield writers
    finally:
        for writer in writers:
            writer.ending.set()
        for writer in writers:
            writer.join(lab.PATIENCE)


def kept(machine, writers, what):
    """Whether everything acknowledged is there, and every revocation counts."""
    known = {it["id"]: it["state"] for it in json.loads(machine.must("token list --all -o json"))}
    ids = [token[:17].decode() for writer in writers for token in writer.added]
    gone = [token[:17].decode() for writer in writers for token in writer.revoked]
    lost = [it for it in ids if it not in known]
    alive = [it for it in gone if known.get(it) != "revoked"]
    check(not lost, f"{what}: {len(lost)} of {len(ids)} acknowledged tokens are lost")
    check(not alive, f"{what}: {len(alive)} of {len(gone)} acknowledged revocations are lost")
    wrong = [it for writer in writers for it in writer.wrong]
    check(not wrong, f"{what}: {len(wrong)} wrong answers: {wrong[:3]}")
    accepted = [token for writer in writers for token in writer.revoked[-3:] if machine.code("verify", stdin=token) == 0]
    check(not accepted, f"{what}: a revoked token is accepted")
    check(machine.code("store check") == 0, f"{what}: the store is damaged")
    return len(ids), len(gone)


def told(name, writers, counted):
    ends = {}
    for writer in writers:
        for code, count in writer.ends.items():
            ends[code] = ends.get(code, 0) + count
    print(f"  {name}: {counted[0]} tokens and {counted[1]} revocations acknowledged, none lost; programs ended with "
          f"{dict(sorted(ends.items()))}", flush=True)


def killed(root, one):
    """The server, killed under load and started again."""
    machine = store(one.server, root / "killed", "killed")
    others = [Machine(root / f"killed-{n}", where, "killed", "app", machine) for n, (_, where) in enumerate(one.ways() * 2)]
    with writing(others, "k") as writers:
        for _ in range(KILLS):
            time.sleep(1.2)
            one.server.kill()
            one.server.start()
        time.sleep(1)
    told(f"killed {KILLS} times", writers, kept(machine, writers, "killed"))


def hosts(*servers):
    """The URL of a store on whichever of these takes writes."""
    places = ",".join(f"{str(it.socket).replace('/', '%2F')}:{it.port}" for it in servers)
    return f"postgres://app@{places}/hallpass?schema=pair"


def pair(root, name, synchronous, level="on"):
    """A server and its standby, in folders of their own."""
    first = cluster.Cluster(root, f"{name}-a", settings={"synchronous_commit": level}.items()).start().prepare()
    second = cluster.Cluster(root, f"{name}-b", of=first).start()
    if synchronous:
        psql(first, f"ALTER SYSTEM SET synchronous_standby_names = '\"{second.name}\"'", database="postgres")
        psql(first, "SELECT pg_reload_conf()", database="postgres")
        wait_for(first, "sync_state = 'sync'")
    else:
        wait_for(first, "state = 'streaming'")
    return first, second


def wait_for(server, what):
    end = time.monotonic() + lab.PATIENCE
    while time.monotonic() < end:
        if psql(server, f"SELECT count(*) FROM pg_stat_replication WHERE {what}", database="postgres") == "1":
            return
        time.sleep(0.05)
    raise AssertionError(f"no standby: {what}")


def machines_of(root, name, servers, count):
    """Machines that use the store of a pair: the first has made it."""
    first = store(servers[0], root / f"{name}-0", "pair")
    first.url = hosts(*servers)
    others = [Machine(root / f"{name}-{n}", servers[0], "pair", "app", first) for n in range(1, count)]
    for other in others:
        other.url = hosts(*servers)
    return [first, *others]


def synchronous(root, number, level):
    """The primary dies under load, and its synchronous standby is promoted: nothing is lost."""
    name = f"sync{number}"
    first, second = pair(root, name, True, level)
    try:
        machines = machines_of(root, f"{name}-m", (first, second), 5)
        with writing(machines[1:], "s") as writers:
            time.sleep(1.5)
            first.kill()
            second.promote()
            time.sleep(2)
        told(f"synchronous standby promoted ({level})", writers, kept(machines[0], writers, name))
    finally:
        first.stop()
        second.stop()


def asynchronous(root, number):
    """The primary dies with commits that its standby never got: noticed wherever they were seen."""
    name = f"async{number}"
    first, second = pair(root, name, False)
    try:
        seen, other, unaware = machines_of(root, f"{name}-m", (first, second), 3)
        token = seen.must("token add github/one")
        for machine in (other, unaware):
            machine.must("status")
            check(machine.code("verify", stdin=token) == 0, "a token is refused before the loss")
        position = psql(first, "SELECT pg_current_wal_lsn()")
        serving_until(lambda: psql(second, f"SELECT pg_last_wal_replay_lsn() >= '{position}'") == "t")
        # The standby gets nothing from here on.
        psql(second, "ALTER SYSTEM SET primary_conninfo = ''", database="postgres")
        psql(second, "SELECT pg_reload_conf()", database="postgres")
        time.sleep(0.3)
        seen.must("token revoke github/one --reason lost")
        check(other.code("verify", stdin=token) == 12, "a revocation is not seen on another machine")
        first.kill()
        second.promote()
        codes = [machine.code("verify", stdin=token) for machine in (seen, other)]
        check(codes == [31, 31], f"{name}: a loss is not noticed: {codes}")
        if number % 2:
            unaware.must("profile add later --connection ci")
            codes = [machine.code("verify", stdin=token) for machine in (seen, other)]
            check(codes == [32, 32], f"{name}: another history is not noticed: {codes}")
        done = seen.run("store accept --fork" if number % 2 else "store accept --rollback")
        check(done.returncode == 0, f"{name}: accept: {done.returncode} {done.stderr.decode()}")
        for machine, who in [(seen, "who accepted"), (other, "who had seen it"), (unaware, "who had not seen it")]:
            check(machine.code("verify", stdin=token) == 12, f"{name}: {who} accepts a revoked token")
            check(machine.code("store check") == 0, f"{name}: {who} finds the store damaged")
    finally:
        first.stop()
        second.stop()


def serving_until(met):
    end = time.monotonic() + lab.PATIENCE
    while not met():
        if time.monotonic() > end:
            raise AssertionError("in vain")
        time.sleep(0.05)


def main(root, one):
    killed(root, one)
    for number in range(KILLS if lab.FULL else 1):
        synchronous(root, number, "remote_apply" if number % 2 else "on")
    for number in range(LOSSES):
        asynchronous(root, number)
    print(f"  asynchronous standby promoted {LOSSES} times: each loss noticed", flush=True)
