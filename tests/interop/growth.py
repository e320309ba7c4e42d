"""What a store in a database costs as it grows: copies, bytes, start of a server, verdicts. Figures, no verdicts.

Only in the long form (`FULL=1 ONLY=growth tests/interop/run postgres`); the results are in docs/scale.md.
"""

import hashlib
import re
import shutil
import statistics
import subprocess
import time
from pathlib import Path

import cluster
import lab
import serving
from cluster import Machine, check, psql, url

SIZES = [1_000, 100_000, 1_000_000] if lab.FULL else []
A_PROFILE = 1_000
USED, SECONDS, WRITES = 1_000, 5, 20
TABLES = ["obj", "idx", "man", "log", "use"]
ROTATE = """
local reqs, i = {}, 0
function init(args)
  for line in io.lines(args[1]) do
    reqs[#reqs + 1] = wrk.format("GET", nil, { ["Authorization"] = "Bearer " .. line, ["Host"] = "x" })
  end
end
function request() i = i % #reqs + 1; return reqs[i] end
"""


def foreign(number):
    """A token as another system may have issued it."""
    return "lab_" + hashlib.sha256(f"growth {number}".encode()).hexdigest()


def declaration(count):
    """So many tokens of other systems, a thousand for each profile."""
    yield '[connections]\nci.description = "growth"\n'
    for profile in range((count + A_PROFILE - 1) // A_PROFILE):
        yield f'[profiles.p{profile}]\nconnections = ["ci"]\n[profiles.p{profile}.tokens]\n'
        for number in range(profile * A_PROFILE, min(count, (profile + 1) * A_PROFILE)):
            digest = hashlib.sha256(foreign(number).encode()).hexdigest()
            yield f't{number} = {{connection = "ci", sha256 = "{digest}"}}\n'


def timed(work):
    """What it returns, and how many seconds that takes."""
    began = time.monotonic()
    done = work()
    return done, time.monotonic() - began


class NoPlace:
    """No server: the store is a file."""

    socket, port = "/nowhere", 0


def filled(root, count):
    """A machine with a file of so many tokens."""
    home = Machine(root, NoPlace)
    home.url = str(home.store)
    home.must("init --new-key-file {home}/keys/store.key --no-recovery")
    home.write("all.toml", "".join(declaration(count)).encode())
    done = home.run("apply all.toml --quiet", stdout=subprocess.DEVNULL)
    check(done.returncode == 0, f"apply of {count}: {done.stderr[:500]}")
    return home


class Serving:
    """A server whose log is read until everything is in memory."""

    def __init__(self, machine, number):
        self.port, log = serving.free_port(), machine.root / f"log{number}"
        began = time.monotonic()
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [lab.BINARY, "serve", "--listen", f"127.0.0.1:{self.port}", "--metrics-listen", "off", "--access-log", "off"],
                env=machine.environment(), stdin=subprocess.DEVNULL, stderr=out)
        serving.until(lambda: b'"loaded"' in log.read_bytes(), "a store in memory")
        self.loaded = time.monotonic() - began
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        self.resident = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) >> 10

    def stop(self):
        self.process.kill()
        self.process.wait()


def verdicts(root, servers):
    """How many a second, of all servers together, each asked by a `wrk` of its own."""
    if not shutil.which("wrk"):
        return None
    asking = [subprocess.Popen(["wrk", "-t1", "-c32", "-d", str(SECONDS), "-s", str(root / "rotate.lua"),
                                f"http://127.0.0.1:{it.port}/verify?connection=ci", "--", str(root / "used")],
                               stdout=subprocess.PIPE, text=True) for it in servers]
    said = [it.communicate()[0] for it in asking]
    check(not any("Non-2xx" in it for it in said), f"a verdict is not 204: {said}")
    return sum(float(re.search(r"Requests/sec:\s+([\d.]+)", it)[1]) for it in said)


def one_size(root, server, count):
    home, applied = timed(lambda: filled(root / "home", count))
    schema = f"growth_{count}"
    there = url(server, schema=schema)
    home.must(f"store schema --store {url(server, 'owner', schema)} --role app --run")
    _, copied = timed(lambda: home.must(f"store copy --to {there} --quiet"))
    home.url = there
    _, checked = timed(lambda: home.must("store check"))
    psql(server, "".join(f'VACUUM ANALYZE "{schema}".{it};' for it in TABLES))
    sizes = {it: int(psql(server, f"SELECT pg_total_relation_size('{schema}.{it}')")) for it in TABLES}
    took = {"token add": [], "verify": [], "token revoke": []}
    for number in range(WRITES):
        token, seconds = timed(lambda number=number: home.must(f"token add p0/new{number}"))
        took["token add"].append(seconds)
        took["verify"].append(timed(lambda token=token: home.must("verify", stdin=token))[1])
        took["token revoke"].append(timed(lambda number=number: home.must(f"token revoke p0/new{number} --quiet"))[1])
    (root / "rotate.lua").write_text(ROTATE)
    step = max(1, count // USED)
    (root / "used").write_text("\n".join(foreign(number) for number in range(0, count, step)))
    servers = []
    rates = {}
    for number in range(3):
        servers.append(Serving(home, number))
        if number in (0, 2):
            rates[number + 1] = verdicts(root, servers)
    resident, loaded = [it.resident for it in servers], [it.loaded for it in servers]
    for it in servers:
        it.stop()
    (home.root / "back").mkdir(mode=0o700)
    _, back = timed(lambda: home.must(f"store copy --to {home.root}/back/store.db --quiet"))
    median = {line: f"{1000 * statistics.median(seconds):.0f} ms" for line, seconds in took.items()}
    print(f"  {count} tokens: apply into a file {applied:.1f} s; copied there {copied:.1f} s, back {back:.1f} s; check {checked:.1f} s")
    print(f"    bytes a token: {sum(sizes.values()) / count:.0f} {({it: round(size / count) for it, size in sizes.items()})}")
    print(f"    commands, median of {WRITES}: {median}")
    print(f"    serve: in memory after {statistics.median(loaded):.2f} s, {max(resident)} MiB; verdicts a second by servers: {rates}",
          flush=True)


def main(root, one):
    # A million tokens take longer than whatever else runs here.
    lab.PATIENCE = 3600
    for count in SIZES:
        folder = cluster.space(root, str(count))
        one_size(folder, one.server, count)
        shutil.rmtree(folder)
