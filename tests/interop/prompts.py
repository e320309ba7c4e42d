"""T23, short: while a prompt waits for a secret, the process can be looked at by nobody.

It runs as a user who is not root, as root may look at anything; and the same look at another program
of that user succeeds, so that the test does not pass for the wrong reason.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import lab
from terminal import Terminal

NOBODY = 65534
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
INTERRUPTED = 130


def look(process, what):
    """Whether the user may read that file of /proc."""
    done = subprocess.run([*AS_NOBODY, "cat", f"/proc/{process}/{what}"], capture_output=True,
                          check=False, timeout=lab.PATIENCE)
    return done.returncode == 0


def attach(process):
    """Whether the user may trace the process."""
    done = subprocess.run([*AS_NOBODY, "timeout", "2", "strace", "-qq", "-p", str(process)],
                          capture_output=True, check=False, timeout=lab.PATIENCE)
    return b"not permitted" not in done.stderr


def inspect(process):
    """What is wrong with a process that holds a secret."""
    limits = Path(f"/proc/{process}/limits").read_text(encoding="ascii")
    core = next(line.split()[4:6] for line in limits.splitlines() if "core file" in line)
    if core != ["0", "0"]:
        yield f"its core may be of size {core}"
    if os.stat(f"/proc/{process}/mem").st_uid != 0:
        yield "it is dumpable"
    for what in ["environ", "maps", "auxv"]:
        if look(process, what):
            yield f"its user may read /proc/PID/{what}"
    if attach(process):
        yield "its user may trace it"


def main():
    bad = []
    with lab.scratch() as scratch:
        os.chmod(scratch, 0o755)
        program = shutil.copy(lab.BINARY, f"{scratch}/hallpass")
        home = Path(scratch, "home")
        home.mkdir(mode=0o700)
        os.chown(home, NOBODY, NOBODY)

        with subprocess.Popen([*AS_NOBODY, "sleep", "60"]) as other:
            while os.stat(f"/proc/{other.pid}").st_uid != NOBODY:
                pass
            if not look(other.pid, "environ") or os.stat(f"/proc/{other.pid}/mem").st_uid == 0:
                bad.append("another program of the user cannot be looked at either")
            other.kill()

        settings = {"PATH": "/usr/bin:/bin", "TERM": "xterm", "HOME": str(home)}
        terminal = Terminal([*AS_NOBODY, program, "init"], settings, home)
        terminal.wait_for("New passphrase", terminal.is_silent)
        bad += inspect(terminal.pid)
        terminal.type("half of a sec")
        code = terminal.end()
        if code != INTERRUPTED:
            bad.append(f"interrupted, it ends with {code}")
        left = [str(path) for path in home.rglob("*") if path.is_file()]
        if left:
            bad.append(f"interrupted, it leaves {left}")
    for problem in bad:
        print(f"  BAD: {problem}")
    print(f"prompts: 6 looks at a waiting prompt, {len(bad)} bad")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
