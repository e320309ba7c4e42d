"""Stores in a database, directly and through poolers: each command, copies, writers, roles, a slow link."""

import concurrent.futures
import json
import os
import subprocess
import time
from pathlib import Path

import cluster
import lab
from cluster import Machine, check, psql, store, url

TOKENS, REVOKED = 1000, 12
WRITING = 60 if lab.FULL else 2  # seconds
ROOT = Path(__file__).resolve().parents[2]


def walk(root, lab_one, where, name):
    """What an administrator does with a token, and a check of the whole store."""
    machine = store(where, root / f"walk-{name}", f"walk_{name}", lab_one.server)
    token = machine.must("token add github/laptop")
    check(machine.code("verify --connection ci", stdin=token) == 0, f"{name}: a new token is refused")
    machine.must("token revoke github/laptop --reason lost")
    done = machine.run("verify --connection ci", stdin=token)
    check(done.returncode == REVOKED, f"{name}: a revoked token: {done.returncode} {done.stderr}")
    machine.write("password", b"correct horse battery staple 42\n")
    machine.must("password set github --password-file {home}/password")
    for line in ["store check", "audit verify", "status", "store info", "token list --all", "export"]:
        done = machine.run(line)
        check(done.returncode == 0, f"{name}: `{line}`: {done.returncode} {done.stderr.decode()}")
    other = Machine(root / f"other-{name}", where, f"walk_{name}", "app", machine)
    check(other.code("verify --connection ci", stdin=token) == REVOKED, f"{name}: another machine accepts it")
    check(other.must("audit head") == machine.must("audit head"), f"{name}: another machine sees another log")


def declared(machine, count):
    """A declaration with so many tokens, each in a file."""
    lines = ["[connections]", "ci.token_lifetime = \"30d\"", "[profiles.many]", 'connections = ["ci"]',
             "[profiles.many.tokens]"]
    lines += [f't{n} = {{connection = "ci", to = "file:sinks/{n}"}}' for n in range(count)]
    machine.write("many.toml", "\n".join(lines).encode())
    (machine.root / "sinks").mkdir(mode=0o700, exist_ok=True)


def many(root, lab_one):
    """A machine with a file of many tokens, to be copied."""
    home = Machine(root / "many", lab_one.server)
    home.url = str(home.store)
    home.must("init --new-key-file {home}/keys/store.key --no-recovery")
    declared(home, TOKENS)
    home.must("apply many.toml")
    home.save(root / "many-saved")
    return home


def copies(root, lab_one, home, where, name):
    """A file, copied to a database and back, says the same; the source refuses then."""
    home.restore(root / "many-saved")
    home.url = str(home.store)
    database = url(where, schema=f"copied_{name}")
    home.must(f"store schema --store {url(lab_one.server, 'owner', f'copied_{name}')} --role app --run")
    said = listed(home)
    there = copied(home, database, f"{name}: a file that was moved")
    check(listed(home) == said, f"{name}: the copy says something else")
    token = (home.root / "sinks/7").read_bytes()
    check(home.code("verify", stdin=token) == 0, f"{name}: a copied token is refused")
    home.must("store check")
    said = listed(home)
    (home.root / "back").mkdir(mode=0o700)
    back = copied(home, str(home.root / "back/store.db"), f"{name}: a database that was moved")
    check(listed(home) == said, f"{name}: the way back loses something")
    check(home.code("verify", stdin=token) == 0 and home.code("store check") == 0, f"{name}: the store that came back")
    print(f"  {name}: {TOKENS} tokens copied there in {there:.2f} s, back in {back:.2f} s", flush=True)


def listed(home):
    return home.must("export"), json.loads(home.must("token list --all -o json"))


def copied(home, to, what):
    """Copies the store, and goes on with the copy; what that took."""
    started = time.monotonic()
    home.must(f"store copy --to {to}")
    took = time.monotonic() - started
    check(home.code("token list") == 33, f"{what} answers")
    home.url = to
    return took


def conformance(where, name):
    """The suite that every backend passes."""
    done = subprocess.run(
        ["cargo", "test", "--locked", "--quiet", "--test", "all", "backend::postgres::", "--", "--ignored"],
        cwd=ROOT, env=os.environ | {"HALLPASS_TEST_DATABASE": f"{where.socket} {where.port}",
                                    "PATH": f"{cluster.PROGRAMS}:{os.environ['PATH']}"},
        check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    passed = " 1 passed" in done.stdout or " passed" in done.stdout and " 0 passed" not in done.stdout
    check(done.returncode == 0 and passed, f"conformance, {name}: {done.stdout[-3000:]}{done.stderr[-2000:]}")


def adding(machine, who, until):
    """Adds tokens until then; those that were acknowledged, and all errors."""
    added, wrong = [], []
    while time.monotonic() < until:
        done = machine.run(f"token add github/w{who}-{len(added) + len(wrong)}")
        if done.returncode == 0:
            added.append(done.stdout)
        else:
            wrong.append((done.returncode, done.stderr.decode()))
    return added, wrong


def reading(machine, until):
    """Checks the whole store again and again; what was wrong."""
    wrong, count = [], 0
    while time.monotonic() < until:
        done = machine.run("store check")
        count += 1
        if done.returncode:
            wrong.append((done.returncode, done.stderr.decode()))
    return count, wrong


def writers(root, lab_one, where, name):
    """So many at once: no error, and all that was acknowledged is there."""
    first = store(where, root / f"writing-{name}", f"writing_{name}", lab_one.server)
    rates = {}
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        for count in [1, 4, 16]:
            machines = [Machine(root / f"w{name}{count}-{n}", where, f"writing_{name}", "app", first)
                        for n in range(count + 2)]
            until = time.monotonic() + WRITING
            adds = [pool.submit(adding, machine, f"{count}-{n}", until) for n, machine in enumerate(machines[:count])]
            reads = [pool.submit(reading, machine, until) for machine in machines[count:]]
            results = [it.result() for it in adds]
            added, wrong = sum((it[0] for it in results), []), sum((it[1] for it in results), [])
            wrong += sum((it.result()[1] for it in reads), [])
            check(not wrong, f"{name}, {count} writers: {len(wrong)} errors: {wrong[:3]}")
            rates[count] = len(added) / WRITING
            everything_there(first, added, f"{name}, {count} writers")
    told = ", ".join(f"{count}: {rate:.0f}" for count, rate in rates.items())
    print(f"  {name}: programs that each add one token, a second, by writers: {told}", flush=True)


def everything_there(machine, added, what):
    """Every token that was printed is known, by its public id."""
    known = {it["id"] for it in json.loads(machine.must("token list --all -o json"))}
    lost = [token for token in added if token.strip()[:17].decode() not in known]
    check(not lost, f"{what}: {len(lost)} of {len(added)} acknowledged tokens are lost")
    return len(lost)


def at_once(root, lab_one):
    """Two that make the schema, and two that make the store: one does, the other is told."""
    machines = [Machine(root / f"both-{n}", lab_one.server, "both") for n in range(2)]
    make = f"store schema --store {url(lab_one.server, 'owner', 'both')} --role app --run"
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for line in [make, "init --new-key-file {home}/keys/store.key --no-recovery"]:
            codes = sorted(pool.map(lambda it, line=line: it.code(line), machines))
            check(codes == [0, 4], f"two at once, `{line}`: {codes}")


def roles(root, lab_one):
    """A role that can do less is told so; one that can do more is reported."""
    server = lab_one.server
    machine = store(server, root / "roles", "roles")
    token = machine.must("token add github/one")
    facts = json.loads(machine.must("status -o json"))
    check(facts["role"] == "app" and facts["excess_rights"] == [], f"the role of `store schema`: {facts}")
    for sql in ["ALTER TABLE roles.hdr ADD x int", "DROP TABLE roles.log", "TRUNCATE roles.obj",
                "CREATE TABLE roles.t(a int)", "UPDATE roles.log SET kid = 0", "DELETE FROM roles.log",
                "CREATE TRIGGER t BEFORE INSERT ON roles.log EXECUTE FUNCTION suppress_redundant_updates_trigger()"]:
        done = psql(server, f"\\set VERBOSITY verbose\n{sql}", "app", fine=False)
        check(done.returncode and "42501" in done.stderr, f"the role can: {sql}")
    weak = Machine(root / "weak", server, "roles", "mere", machine)
    done = weak.run("verify", stdin=token)
    check(done.returncode == 42 and b"mere" in done.stderr, f"a role without rights: {done.returncode} {done.stderr}")
    psql(server, "GRANT USAGE ON SCHEMA roles TO mere; GRANT SELECT ON ALL TABLES IN SCHEMA roles TO mere", "owner")
    done = weak.run("token add github/two")
    check(done.returncode == 42 and b"mere" in done.stderr, f"a role that only reads: {done.returncode} {done.stderr}")
    check(weak.code("verify", stdin=token) in (0, 42), "a role that only reads: verify")
    for role in ["owner", "postgres"]:
        strong = Machine(root / f"strong-{role}", server, "roles", role, machine)
        facts = json.loads(strong.must("status -o json"))
        check(facts["excess_rights"], f"`status` does not say that {role} can do more: {facts}")
    check(machine.code("store check") == 0, "the store after all roles")


def slow(root, lab_one):
    """A link of 30 ms: what a command takes."""
    link = cluster.Link(root, "slow", lab_one.server, 0.03)
    try:
        machine = store(link, root / "slow", "slow", lab_one.server)
        took = {}
        token = b""
        for line in ["token add github/one", "verify", "token revoke github/one", "store check"]:
            started = time.monotonic()
            done = machine.must(line, stdin=token if line == "verify" else b"")
            took[line] = time.monotonic() - started
            token = token or done
            check(took[line] < (2 if lab.FULL else 10), f"`{line}` took {took[line]:.2f} s over a link of 30 ms")
        told = ", ".join(f"`{line}` {1000 * seconds:.0f} ms" for line, seconds in took.items())
        print(f"  over a link of 30 ms: {told}", flush=True)
        link.cut()
        started = time.monotonic()
        code = machine.code("token list")
        check(code == 42 and time.monotonic() - started < (12 if lab.FULL else 30), f"a link that is cut: {code}")
    finally:
        link.stop()


def canaries(root, lab_one):
    """Neither the server's log nor its views nor a dump has a name, a token or a key."""
    server = lab_one.server
    psql(server, "ALTER SYSTEM SET log_statement = 'all'; ALTER SYSTEM SET log_min_duration_statement = 0;",
         database="postgres")
    psql(server, "ALTER SYSTEM SET log_parameter_max_length = -1; SELECT pg_reload_conf()", database="postgres")
    before = server.log.stat().st_size
    machine = store(server, root / "canary", "canary")
    for line in ["environment add canarytest", "connection add canaryconn",
                 "profile add canaryprof --connection canaryconn --email canary@example.com"]:
        machine.must(line)
    token = machine.must("token add canaryprof/canaryname").strip()
    machine.must("verify", stdin=token)
    machine.must("token revoke canaryprof/canaryname --reason canaryreason")
    views = psql(server, "SELECT * FROM pg_stat_activity; SELECT * FROM pg_locks; SELECT * FROM pg_stats")
    dump = subprocess.run([cluster.PROGRAMS / "pg_dump", "-h", server.socket, "-p", str(server.port), "-U", "postgres",
                           "hallpass", "--inserts"], check=True, capture_output=True).stdout
    with server.log.open("rb") as log:
        log.seek(before)
        logged = log.read()
    psql(server, "ALTER SYSTEM RESET ALL; SELECT pg_reload_conf()", database="postgres")
    key = (machine.root / "keys/store.key").read_bytes().strip()
    secrets = [b"canary" + it for it in [b"test", b"conn", b"prof", b"name", b"reason", b"@example"]]
    secrets += [token, token[6:], token[17:40], key, key[-32:]]
    check(b'"canary".obj' in logged and b"INSERT" in logged, "the log of the server has no statements")
    for where, text in [("log", logged), ("views", views.encode()), ("dump", dump)]:
        found = [it for it in secrets if it in text or it.hex().encode() in text]
        check(not found, f"in the server's {where}: {found}")


def main(root, one):
    with lab.scratch() as fast:
        home = many(Path(fast), one)
        for name, where in one.ways():
            walk(root, one, where, name)
            copies(Path(fast), one, home, where, name)
    at_once(root, one)
    roles(root, one)
    canaries(root, one)
    slow(root, one)
    for name, where in one.ways():
        writers(root, one, where, name)
    for name, where in one.ways():
        conformance(where, name)
