"""T14, short: read-only files and folders, as a user whom modes bind, with both journals.

Reading works wherever nothing is pending; writing ends with 41 and changes nothing. A store that
belongs to another user is refused to root.
"""

import json
import os
import shutil
import sqlite3
import sys
from pathlib import Path

import lab

NOBODY = 65534
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
READ, WRITE = "profile list --output json", "environment add another"
DONE, READ_ONLY, UNSAFE = 0, 41, 43


def belong(root, user):
    for folder, _, files in os.walk(root):
        for name in [".", *files]:
            os.lchown(os.path.join(folder, name), user, user)


def leave_pending(home):
    """Leaves a change in the write-ahead log, as a process that was killed does."""
    with sqlite3.connect(home.store) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM obj").fetchall()
        home.must("environment add pending")
        log = home.store.with_name(home.store.name + "-wal")
        kept = [(path, path.read_bytes()) for path in [home.store, log]]
    reader.close()
    for path, content in kept:
        path.write_bytes(content)
        path.chmod(0o600)
    assert log.stat().st_size > 0


def ends(home, line):
    return home.run(line, tracer=AS_NOBODY).returncode


# (what, journal, what is done to the store, how reading ends, how writing ends)
CASES = [
    ("as it should be", "wal", lambda home: None, DONE, DONE),
    ("as it should be", "delete", lambda home: None, DONE, DONE),
    ("a read-only file", "wal", lambda home: home.store.chmod(0o400), DONE, READ_ONLY),
    ("a read-only file", "delete", lambda home: home.store.chmod(0o400), DONE, READ_ONLY),
    ("a read-only folder", "wal", lambda home: home.store.parent.chmod(0o500), DONE, READ_ONLY),
    ("a read-only folder", "delete", lambda home: home.store.parent.chmod(0o500), DONE, READ_ONLY),
    ("a pending change in a read-only folder", "wal",
     lambda home: (leave_pending(home), home.store.parent.chmod(0o500)), READ_ONLY, READ_ONLY),
    ("a state folder that cannot be written", "wal",
     lambda home: (home.root / "state/hallpass/anchors").chmod(0o500), DONE, DONE),
    ("no state folder, and none can be made", "wal",
     lambda home: (shutil.rmtree(home.root / "state"), home.root.chmod(0o500)), DONE, READ_ONLY),
]


def judge(home, settings, spoil, reading, writing):
    home.run("status")
    spoil(home)
    belong(home.root, NOBODY)
    for line, wanted in [(READ, reading), (WRITE, writing)]:
        before = home.store.read_bytes()
        found = ends(home, line)
        if found != wanted:
            yield f"`{line}` ends with {found}, not {wanted}"
        if wanted == READ_ONLY and home.store.read_bytes() != before:
            yield f"`{line}` changed the file"
    if writing == DONE:
        done = home.run("environment list --output json", tracer=AS_NOBODY)
        if "another" not in [it["name"] for it in json.loads(done.stdout)]:
            yield "what was written is not there"
    refused = home.run(READ + f" --config {settings}")
    if refused.returncode != UNSAFE or b"sudo -u" not in refused.stderr:
        yield f"root is not refused: {refused.returncode} {refused.stderr.decode()}"


def main():
    bad = []
    with lab.scratch() as scratch:
        os.chmod(scratch, 0o755)
        lab.BINARY = shutil.copy(lab.BINARY, f"{scratch}/hallpass")
        # Root is refused the settings of others, too, and brings some.
        settings = Path(scratch, "root.toml")
        settings.touch(mode=0o600)
        for number, (what, journal, spoil, reading, writing) in enumerate(CASES):
            home = lab.Home(f"{scratch}/{number}")
            home.must("init --new-key-file {home}/keys/store.key --no-recovery")
            home.must("profile add github")
            if journal == "delete":
                (home.root / "backups").mkdir(mode=0o700)
                lab.portable(home)
            bad += [f"{what} ({journal}): {it}" for it in judge(home, settings, spoil, reading, writing)]
    for problem in bad:
        print(f"  BAD: {problem}")
    print(f"readonly: {len(CASES)} cases, {len(bad)} bad")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
