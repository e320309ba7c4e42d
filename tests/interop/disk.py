"""T13, short: a full disk, and a limit on the size of files, by the kernel's own hand.

A store on a small filesystem is filled until a change is refused with 42; it is as it was before that
change, and works again once there is space. Where no filesystem can be mounted, that is said, and
the limit on the size of files (RLIMIT_FSIZE) is what remains.
"""

import ctypes
import itertools
import os
import resource
import sys
from pathlib import Path

import lab

FULL_DISK = 42
KIB = 1024
SIZES = range(256, 4096 + 1, 16) if lab.FULL else [256, 1024, 4096]
RESERVES = range(0, 96, 4 if lab.FULL else 8)
LIMITS = range(0, 257) if lab.FULL else range(0, 65, 2)

LIBC = ctypes.CDLL(None, use_errno=True)


class Small:
    """A filesystem of a few KiB."""

    def __init__(self, where, kib):
        self.where = str(where).encode()
        options = f"size={kib}k,mode=0700".encode()
        Path(where).mkdir()
        if LIBC.mount(b"tmpfs", self.where, b"tmpfs", 0, options) != 0:
            raise OSError(ctypes.get_errno(), "mount")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        LIBC.umount2(self.where, 2)


def store(root):
    """A small store with a token in it."""
    home = lab.Home(root)
    home.must("init --new-key-file {home}/keys/store.key --no-recovery")
    home.must("profile add github")
    return home


def change(home, number, **more):
    """Makes a token; returns the exit code and what was printed."""
    done = home.run(f"token add github/t{number}", **more)
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def fill(home, reserve):
    """Leaves `reserve` KiB free on the filesystem of `home`; returns the file that takes the rest."""
    filler = home.root / "filler"
    stat = os.statvfs(home.root)
    size = stat.f_bavail * stat.f_frsize - reserve * KIB
    with filler.open("wb") as file:
        file.write(bytes(max(size, 0)))
    return filler


def full(disk, kib, reserve):
    """Fills a filesystem of `kib` KiB around a store; says what went wrong."""
    with Small(disk, kib):
        home = store(f"{disk}/home")
        filler = fill(home, reserve)
        made, code = 0, 0
        while code == 0:
            before = home.state()
            code, printed, said = change(home, made)
            made += code == 0
        if code != FULL_DISK:
            return made, f"a full disk ends with {code}: {said}"
        problem = untouched(home, before, printed)
        filler.unlink()
        code, _, said = change(home, "later")
        if code != 0:
            problem = problem or f"with space again: {code}: {said}"
        return made, problem


def untouched(home, before, printed):
    """The store is as it was, and what was printed is no token."""
    after = home.state()
    if after != before:
        return "not as before: " + lab.difference(after, before, before)
    for token in lab.TOKEN.findall(printed):
        if home.run("verify", stdin=token).returncode == 0:
            return "a token is valid although 42 was said"
    return None


def limited(home, saved, kib):
    """Runs a change with a limit of `kib` KiB on the size of files; says how it ended."""
    home.restore(saved)
    before = home.state()
    limit = kib * KIB
    code, printed, said = change(
        home, "new", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    if code == 0:
        return "enough", None
    if code != FULL_DISK:
        return "bad", f"ends with {code}: {said}"
    problem = untouched(home, before, printed)
    code, _, said = change(home, "new")
    return "too little", problem or (f"without the limit: {code}: {said}" if code else None)


def can_mount(scratch):
    try:
        with Small(f"{scratch}/try", 64):
            return True
    except OSError as error:
        print(f"disk: no filesystem can be mounted here ({os.strerror(error.errno)}): limits only")
        return False


def main():
    bad, made, ends = [], 0, {"enough": 0, "too little": 0, "bad": 0}
    with lab.scratch() as scratch:
        disks = list(itertools.product(SIZES, RESERVES)) if can_mount(scratch) else []
        for kib, reserve in disks:
            count, problem = full(f"{scratch}/{kib}-{reserve}", kib, reserve)
            made += count
            bad += [f"{kib} KiB, {reserve} free: {problem}"] if problem else []
        home = store(f"{scratch}/home")
        home.save(f"{scratch}/saved")
        for kib in LIMITS:
            end, problem = limited(home, f"{scratch}/saved", kib)
            ends[end] += 1
            bad += [f"files of {kib} KiB: {problem}"] if problem else []
    if not (ends["enough"] and ends["too little"]):
        bad.append(f"the limits make no difference: {ends}")
    for line in bad:
        print(f"  BAD: {line}")
    print(f"disk: {len(disks)} full disks after {made} tokens, {sum(ends.values())} limits ({ends}), "
          f"{len(bad)} bad")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
