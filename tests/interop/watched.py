"""`hallpass serve` on a database: a revocation elsewhere, an outage, and what it says of itself."""

import contextlib
import http.client
import os
import re
import signal
import statistics
import subprocess
import threading
import time

import cluster
import lab
import serving
from cluster import Machine, check, psql, store

REVOCATIONS = 1000 if lab.FULL else 20
DISTURBED = 200 if lab.FULL else 5
# On a machine that does other things as well, a second of waiting for a processor is no fault of the program: only the
# long form is strict.
SLACK = 0 if lab.FULL else 3
WITHIN = 1 + SLACK  # seconds
GRACE = 2  # seconds
PATIENT = 3 * lab.PATIENCE


class Served:
    """A server of verdicts on a machine of its own."""

    def __init__(self, machine, grace=30):
        self.machine, self.port, self.metrics = machine, serving.free_port(), serving.free_port()
        machine.must("store check")
        with (machine.root / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [lab.BINARY, "serve", "--listen", f"127.0.0.1:{self.port}", "--metrics-listen",
                 f"127.0.0.1:{self.metrics}", "--database-grace", f"{grace}s", "--access-log", "off"],
                env=machine.environment(), stdin=subprocess.DEVNULL, stderr=log)
        serving.until(self.ready, "a server on a database")
        self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=lab.PATIENCE)

    def ready(self):
        if self.process.poll() is not None:
            raise AssertionError((self.machine.root / "log").read_text())
        return serving.get(self.metrics, "/readyz") == 200

    def ask(self, token):
        """The status for a token."""
        self.line.request("GET", "/verify?connection=ci", headers={"Authorization": f"Bearer {token}"})
        answer = self.line.getresponse()
        answer.read()
        return answer.status

    def refused_after(self, token, since):
        """How long after a moment it refuses a token; it accepts or refuses it until then."""
        while True:
            status, now = self.ask(token), time.monotonic()
            if status == 401:
                return now - since
            if status != 204 or now - since > 10:
                check(False, f"a server answers {status} for a revoked token, after {now - since:.2f} s")
                return now - since
            time.sleep(0.001)

    def figures(self):
        """The metrics that have no labels."""
        line = http.client.HTTPConnection("127.0.0.1", self.metrics, timeout=lab.PATIENCE)
        line.request("GET", "/metrics")
        text = line.getresponse().read().decode()
        return {name: float(value) for name, value in re.findall(r"^(hallpass_\w+) ([-+.e\w]+)$", text, re.M)}

    def stop(self):
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def servers(*started):
    try:
        yield started
    finally:
        for it in started:
            it.stop()


def tokens(machine, count, name):
    """So many tokens, by the commands that revoke them."""
    lines = ["[profiles.github]", 'connections = ["ci"]', "[profiles.github.tokens]"]
    lines += [f'{name}{n} = {{connection = "ci", to = "file:made/{name}{n}"}}' for n in range(count)]
    machine.write("tokens.toml", "\n".join(lines).encode())
    (machine.root / "made").mkdir(mode=0o700, exist_ok=True)
    machine.must("apply tokens.toml")
    return [(f"token revoke github/{name}{n}", (machine.root / f"made/{name}{n}").read_text().strip()) for n in range(count)]


def revoked(machine, made, at):
    """Revokes each token with a command, and asks each server until it refuses it."""
    took = {name: [] for name in at}
    for line, token in made:
        for name, server in at.items():
            check(server.ask(token) == 204, f"{name}: a good token is refused")
        threads, began = [], []
        machine.must(line)
        began = time.monotonic()
        for name, server in at.items():
            thread = threading.Thread(target=lambda name=name, server=server, token=token: took[name].append(
                server.refused_after(token, began)))
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join(PATIENT)
    for name, seconds in took.items():
        worst, median = max(seconds), statistics.median(seconds)
        check(worst <= WITHIN, f"{name}: refused {worst:.3f} s after the revocation")
        print(f"  revoked elsewhere, {name}: refused after {1000 * median:.1f} ms (median), {1000 * worst:.0f} ms (worst of "
              f"{len(seconds)})", flush=True)


def newest(root, one):
    """A revocation counts everywhere within a second, with notifications and without."""
    first = store(one.server, root / "served", "served")
    made = tokens(first, REVOCATIONS + DISTURBED, "t")
    at = {name: Served(Machine(root / f"served-{name}", where, "served", "app", first)) for name, where in one.ways()}
    with servers(*at.values()):
        revoked(first, made[:REVOCATIONS], at)
        ending = threading.Event()
        disturbing = threading.Thread(target=disturb, args=(one, ending))
        disturbing.start()
        try:
            revoked(first, made[REVOCATIONS:], {f"{name}, sessions ended": it for name, it in at.items()})
        finally:
            ending.set()
            disturbing.join()
        for name, server in at.items():
            found = server.figures()
            check(found["hallpass_database_up"] == 1, f"{name}: the database is not up: {found}")
            check(found["hallpass_database_staleness_seconds"] <= WITHIN, f"{name}: stale: {found}")
        # A use that was recorded may still be on its way.
        serving.until(lambda: len({it.figures()["hallpass_store_epoch"] for it in at.values()}) == 1,
                      "servers of one database at one epoch")


def disturb(one, ending):
    """Ends the sessions of all watchers every two seconds."""
    while not ending.wait(2):
        psql(one.server, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'app' "
             "AND (query LIKE '%man%' OR query LIKE 'LISTEN%') AND state = 'idle'")


def outage(root, one):
    """Without the database verdicts go on for a second and the grace, and no longer."""
    first = store(one.server, root / "outage", "outage")
    token = first.must("token add github/one").decode().strip()
    patient = Served(Machine(root / "outage-2", one.server, "outage", "app", first), GRACE)
    strict = Served(Machine(root / "outage-0", one.server, "outage", "app", first), 0)
    with servers(patient, strict):
        # What is not in memory yet has no grace.
        for server in (patient, strict):
            serving.until(lambda server=server: b'"loaded"' in (server.machine.root / "log").read_bytes(), "a store in memory")
        time.sleep(1)
        for way, stop, start in [
            ("stopped", one.server.stop, one.server.start),
            ("frozen", lambda: freeze(one.server, signal.SIGSTOP), lambda: freeze(one.server, signal.SIGCONT)),
        ]:
            serving.until(lambda: patient.ask(token) == 204 and strict.ask(token) == 204, f"open servers before it is {way}")
            # Sessions end before the server has ended.
            began = time.monotonic()
            stop()
            stopping = time.monotonic() - began
            ends = closing({"grace": patient, "none": strict}, token, began)
            check(ends["none"] <= stopping + 1.6 + SLACK, f"{way}: without grace open for {ends['none']:.2f} s")
            check(GRACE - 0.5 <= ends["grace"] <= stopping + GRACE + 1.6 + SLACK, f"{way}: with grace {GRACE} open for {ends['grace']:.2f} s")
            check(serving.get(patient.metrics, "/healthz") == 200, f"{way}: /healthz is not 200")
            check(serving.get(patient.metrics, "/readyz") == 503, f"{way}: /readyz is not 503")
            check(patient.figures()["hallpass_database_up"] == 0, f"{way}: the metric says that it is up")
            start()
            began = time.monotonic()
            serving.until(lambda: patient.ask(token) == 204 and strict.ask(token) == 204, "a server that opens again")
            back = time.monotonic() - began
            check(back < 5 + SLACK, f"{way}: open again after {back:.1f} s")
            print(f"  database {way}: 503 after {ends['none']:.2f} s without grace, {ends['grace']:.2f} s with {GRACE} s; "
                  f"open {back:.2f} s after its return", flush=True)
        check(b"database_away" in (patient.machine.root / "log").read_bytes(), "the log does not say that it was away")


def freeze(server, sign):
    """Stops all processes of a server, or lets them go on."""
    for pid in server.processes():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)


def closing(at, token, began):
    """How long after a moment each server is closed."""
    ends = {}
    while len(ends) < len(at) and time.monotonic() - began < GRACE + 10:
        for name, server in at.items():
            if name not in ends and (status := server.ask(token)) != 204:
                check(status == 503, f"a server without its database answers {status}")
                ends[name] = time.monotonic() - began
        time.sleep(0.01)
    return {name: ends.get(name, float("inf")) for name in at}


def attacked(root, one):
    """Rows that were changed or put back close every door at once, whatever the grace."""
    first = store(one.server, root / "attacked", "attacked")
    token = first.must("token add github/one").decode().strip()
    other = first.must("token add github/two").decode().strip()
    saved = "attacked_old"
    tables = ["hdr", "man", "obj", "idx", "log", "use"]
    psql(one.server, f"CREATE SCHEMA {saved};" + "".join(f"CREATE TABLE {saved}.{it} AS TABLE attacked.{it};" for it in tables))
    server = Served(Machine(root / "attacked-1", one.server, "attacked", "app", first))
    with servers(server):
        first.must("token revoke github/two --reason lost")
        serving.until(lambda: server.ask(other) == 401, "a revocation")
        psql(one.server, "BEGIN;" + "".join(f"TRUNCATE attacked.{it}; INSERT INTO attacked.{it} SELECT * FROM {saved}.{it};"
                                            for it in tables) + "COMMIT")
        began = time.monotonic()
        serving.until(lambda: server.ask(token) == 503, "a closed door")
        took = time.monotonic() - began
        check(took <= WITHIN, f"the older database was served for {took:.2f} s")
        check(server.ask(other) != 204, "a token that had been revoked is accepted")
        print(f"  the database was put back: closed after {1000 * took:.0f} ms", flush=True)


def main(root, one):
    newest(root, one)
    outage(root, one)
    attacked(root, one)
