"""strace: which system calls a command makes, and what happens if one of them goes wrong."""

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


def calls(home, line):
    """The system calls that can change a disk and that the command makes; with FULL=1, all calls."""
    log = home.root.with_name(home.root.name + ".calls")
    wanted = [] if FULL else ["-e", "trace=" + ",".join("?" + name for name in CHANGING)]
    home.run(line, tracer=["strace", "-f", "-qq", "-o", str(log), *wanted])
    names = set()
    for entry in log.read_text(errors="replace").splitlines():
        _, _, rest = entry.partition(" ")
        name, opened, _ = rest.strip().partition("(")
        if opened and name.isidentifier():
            names.add(name)
    # Without these two, nothing runs at all.
    return sorted(names - {"execve", "exit_group"})


def inject(call, fault, number, log="/dev/null"):
    """The tracer that lets the `number`th `call` go wrong."""
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
