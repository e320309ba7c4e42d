"""T11: a system call that fails leaves the store as it was before or as it is after, and it is said.

The calls that reach a disk fail one after the other, with each error a disk has. A command that ends
well has done its work; one that has not is never silent about it, and one that has does not deny it;
nothing else is left than the state before or after; and once the fault is gone the command can be
run. `init` does not lose the key of a store that it made.

FULL=1 takes every command, every error and every call that can change a disk.
"""

import os
import re
import shutil

import bench
import kills
import lab
import strace
from commands import COMMANDS, INIT, SLOW

SHORT = ["profile edit github", "token add github", "token rotate github/laptop --request-id",
         "token revoke github/laptop --reason", "apply {home}/declared.toml --prune",
         "store key add --new-key-file", "store restore"]
# Long, so that in the short form one error must do.
LONG = "store restore"
ERRORS = ["ENOSPC", "EIO", "EDQUOT", "EFBIG"]
CALLS = ["write", "pwrite64", "fsync", "ftruncate", "openat"]
if lab.FULL:
    ERRORS += ["EROFS", "EACCES", "EMFILE", "ENOMEM"]
    CALLS = [call for call in strace.CHANGING if call != "ioctl"]

# Committed, but the anchor was not updated; undelivered, and so revoked again.
ANCHOR, UNDELIVERED = 50, 51


def fail(job):
    """Lets each call of a command fail."""
    desk, (journal, command) = bench.BENCH, job
    tally = bench.Tally(f"{command.line} ({journal})")
    home, saved = desk.home, desk.ready(journal, command)
    judge = lab.Judge(home, command, saved)
    if judge.problem:
        tally.count("not disturbed", "bad", judge.problem)
        return tally.done()
    home.restore(saved)
    log = home.root.with_name("injected")
    met = lab.Once(home)
    for call in [call for call in strace.calls(strace.trace(home, command.line)) if call in CALLS]:
        for error in ERRORS if lab.FULL or not command.line.startswith(LONG) else ERRORS[1:2]:
            for number in strace.ONWARDS:
                home.restore(saved)
                tracer = strace.fail(call, error, number, log)
                done = home.run(command.line, tracer=tracer)
                if "(INJECTED)" not in log.read_text(errors="replace"):
                    break
                end, problem = kills.outcome(judge, met, done.stdout)
                problem = problem or ending(command, end, done)
                tally.count(f"{error} at {call} {number}", end, problem)
    return tally.done()


def fail_init(desk):
    """Lets each call of `init` fail: there is a store and its key, or none and one can be made."""
    tally = bench.Tally("init")
    home, log = desk.home, desk.home.root.with_name("injected")
    home.restore(desk.saved["wal"])
    shutil.rmtree(home.root)
    home.root.mkdir(mode=0o700)
    saved = desk.save()
    met = lab.Once(home)
    for call in [call for call in strace.calls(strace.trace(home, INIT)) if call in CALLS]:
        for error in ERRORS:
            for number in strace.ONWARDS:
                home.restore(saved)
                done = home.run(INIT, tracer=strace.fail(call, error, number, log))
                if "(INJECTED)" not in log.read_text(errors="replace"):
                    break
                end, problem = met.ask(done.stdout, lambda: kills.judge_init(home))
                if end == "nothing" and done.returncode == 0:
                    problem = problem or "nothing was made, and the exit code is 0"
                tally.count(f"{error} at {call} {number}", end, problem)
    return tally.done()


def work(job):
    return fail(job) if isinstance(job, tuple) else fail_init(bench.BENCH)


def ending(command, end, done):
    """What the exit code says is what happened."""
    code, said = done.returncode, done.stderr.decode(errors="replace").strip()
    if code < 0 or code in (70, 101):
        return f"ended with {code}: {said}"
    due = command.changes and not command.optional
    if end == "before" and due and code == command.code:
        return f"nothing was changed, and the exit code is {code}: {said}"
    if end == "after" and code not in (command.code, ANCHOR):
        # The change is there and the exit code is not well: what was said must not deny it.
        told = "standard output" in said or "was written, but" in said
        return None if told else f"it was changed, and the exit code is {code}: {said}"
    if end == "pending" and code == 0:
        return f"the token is not valid yet, and the exit code is {code}: {said}"
    if end == "undone" and code != UNDELIVERED:
        return f"the token was taken back, and the exit code is {code}: {said}"
    return None


def main():
    strace.must_work()
    only = re.compile(os.environ.get("ONLY", ""))
    commands = SLOW + COMMANDS if lab.FULL else \
        [command for command in COMMANDS if command.line.startswith(tuple(SHORT))]
    journals = ["wal", "delete"] if lab.FULL else ["wal"]
    jobs = [(journal, command) for command in commands for journal in journals
            if only.search(command.line)]
    bench.run("faults", work, jobs + [INIT] * bool(only.search("init")))


if __name__ == "__main__":
    main()
