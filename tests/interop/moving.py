"""`store copy` that is killed at any moment, from a file to a database and back: run again, it loses and doubles nothing."""

import shutil
import signal
import subprocess
import time

import growth
import lab
from cluster import Machine, check, psql, url

TOKENS = 100_000 if lab.FULL else 3_000
KILLS = 40 if lab.FULL else 5
MOVED = 33


def start(home, to):
    return subprocess.Popen([lab.BINARY, "--yes", "store", "copy", "--to", to], cwd=home.root, env=home.environment(),
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def said(home):
    """All that is declared, and all tokens."""
    return home.must("export"), home.must("token list --all -o csv")


def again(home, to, what):
    """Copies until that is done; the store is then there and nowhere else."""
    done = home.run(f"store copy --to {to}")
    if done.returncode == MOVED:
        # It was done when it was killed, and had nothing left to say.
        done = None
    check(done is None or done.returncode == 0, f"{what}: again: {done and (done.returncode, done.stderr)}")
    check(home.code("token list") == MOVED, f"{what}: the source answers")
    home.url = to
    check(home.code("store check") == 0, f"{what}: the copy is damaged")


def killed(home, to, after):
    """A copy that is killed after so many seconds; whether it had ended by then."""
    copying = start(home, to)
    try:
        copying.wait(timeout=after)
        return True
    except subprocess.TimeoutExpired:
        copying.send_signal(signal.SIGKILL)
        copying.wait()
        return False
    finally:
        copying.communicate()


def one_way(root, home, saved, to, expected, name):
    """Kills the copy at moments from its beginning to its end, each time from the same state."""
    home.restore(saved)
    source = home.url
    to_at = to("whole")
    began = time.monotonic()
    again(home, to_at, f"{name}, unkilled")
    whole = time.monotonic() - began
    check(said(home) == expected, f"{name}: the copy says something else")
    ended = 0
    for number in range(KILLS):
        home.url = source
        home.restore(saved)
        there, what = to(str(number)), f"{name}, killed {number + 1}/{KILLS}"
        ended += killed(home, there, whole * (number + 0.5) / KILLS)
        again(home, there, what)
        check(said(home) == expected, f"{what}: the copy says something else")
    print(f"  {name}: {TOKENS} tokens in {whole:.1f} s with a check; killed {KILLS - ended} times", flush=True)


def main(root, one):
    home = growth.filled(root / "home", TOKENS)
    expected = said(home)
    home.save(root / "file")

    def database(name):
        schema = f"moving_{name}"
        home.must(f"store schema --store {url(one.server, 'owner', schema)} --role app --run")
        return url(one.server, schema=schema)

    one_way(root, home, root / "file", database, expected, "file to database")
    # From a database: the rows are put back each time, as the source is left by a copy that is done.
    home.restore(root / "file")
    home.url = str(home.store)
    again(home, database("back"), "the way there")
    shutil.rmtree(root / "file")
    home.save(root / "database")
    tables = ["hdr", "man", "obj", "idx", "log", "use"]
    psql(one.server, "CREATE SCHEMA moving_saved;" + "".join(
        f"CREATE TABLE moving_saved.{it} AS TABLE moving_back.{it};" for it in tables))

    def file(name):
        psql(one.server, "BEGIN;" + "".join(
            f"TRUNCATE moving_back.{it}; INSERT INTO moving_back.{it} SELECT * FROM moving_saved.{it};" for it in tables)
            + "COMMIT")
        folder = home.root / name
        folder.mkdir(mode=0o700)
        return str(folder / "store.db")

    one_way(root, home, root / "database", file, expected, "database to file")
