"""strace: which system calls a command makes, and what happens if one of them goes wrong."""

import collections
import re
import subprocess
import sys

from lab import FULL, PATIENCE

# Which call goes wrong: the first, the second …
ONWARDS = range(1, 1_000_000)

# Whatever can change what is on a disk. Between two of these the disk stays as it is.
CHANGING = """open openat creat write writev pwrite64 pwritev pwritev2 fsync fdatasync
    sync_file_range rename renameat renameat2 unlink unlinkat truncate ftruncate fallocate link
    linkat symlink symlinkat mkdir mkdirat rmdir chmod fchmod fchmodat chown fchown fchownat utimensat
    sendfile copy_file_range ioctl flock""".split()


# The flags of an `openat` that may change it; the others look.
MAKING = re.compile(r"\bO_(CREAT|TRUNC|TMPFILE)\b")


def trace(home, line):
    """Runs a command; returns (process, name, the rest) of each system call that can change a disk;
    with FULL=1, of all calls."""
    log = home.root.with_name(home.root.name + ".calls")
    wanted = [] if FULL else ["-e", "trace=" + ",".join("?" + name for name in CHANGING)]
    home.run(line, tracer=["strace", "-f", "-qq", "-o", str(log), *wanted])
    found = []
    for entry in log.read_text(errors="replace").splitlines():
        process, _, call = entry.partition(" ")
        name, opened, rest = call.strip().partition("(")
        # Without these two, nothing runs at all.
        if opened and name.isidentifier() and name not in ("execve", "exit_group"):
            found.append((process, name, rest))
    return found


def calls(traced):
    """The system calls that were made, by name."""
    return sorted({name for _, name, _ in traced})


def points(traced):
    """Each call, and which of them to be killed at: all, but an `openat` that only looks. That leaves
    the disk as the next call finds it. Its neighbours are taken, as two runs are not quite alike; with
    FULL=1 it is all of them."""
    for call in calls(traced):
        yield call, ONWARDS if FULL or call != "openat" else making(traced)


def making(traced):
    """The numbers of the `openat` that make or empty a file, and those next to them."""
    numbers, found = collections.Counter(), set()
    for process, name, rest in traced:
        if name != "openat":
            continue
        numbers[process] += 1
        if MAKING.search(rest):
            found |= {numbers[process] + off for off in (-1, 0, 1)}
    return sorted(found - {0})


def kill(call, number):
    """The tracer that kills at the `number`th `call`."""
    return inject(call, "signal=KILL", number, "/dev/null")


def fail(call, error, number, log):
    """The tracer that lets the `number`th `call` fail. It stops at no other call, which is quicker; a
    signal would be lost there."""
    return [*inject(call, f"error={error}", number, log), "--seccomp-bpf"]


def inject(call, fault, number, log):
    return ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={call}",
            "-e", f"inject={call}:{fault}:when={number}"]


def everything(log):
    """The tracer that writes down every call, with whole buffers in hexadecimal and the files meant."""
    return ["strace", "-f", "-qq", "-y", "-xx", "-s", "1000000", "-o", str(log)]


def must_work():
    """Ends the program if this machine does not let us trace."""
    done = subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], timeout=PATIENCE,
                          check=False)
    if done.returncode != 0:
        sys.exit("strace cannot trace here")
