"""T09: a command killed at any system call leaves the store as it was before or as it is after.

Each command that changes a store runs again and again, killed at its first, second, third … call of
each kind that can change a disk, until it comes to its end. The disk changes at these alone, so they
leave all the states that a kill can leave. In each: the store passes its check, whatever can be listed
is as before or as after, no token is valid that was not shown, and the command can be run again. A
state that was met before is not judged again.

FULL=1 takes every system call there is, and every command with both journals. ONLY=REGEX takes the
commands that match.
"""

import os
import re
import shutil
import signal
import time

import bench
import lab
import strace
from commands import COMMANDS, INIT, PORTABLE, SLOW, SPENT

KILLED = -signal.SIGKILL
# `--sink-timeout 1s`, the grace after it (`ops::token::pending`), and the second that it began in.
DEADLINE = 1 + 5 + 1
WAITED = set()


def strike(desk, journal, command):
    """Kills `command` at each of its calls."""
    tally = bench.Tally(f"{command.line} ({journal})")
    home, saved = desk.home, desk.ready(journal, command)
    judge = lab.Judge(home, command, saved)
    if judge.problem:
        tally.count("not disturbed", "bad", judge.problem)
        return tally.done()
    home.restore(saved)
    met = lab.Once(home)
    for call, numbers in strace.points(strace.trace(home, command.line)):
        for number in numbers:
            home.restore(saved)
            done = home.run(command.line, tracer=strace.kill(call, number))
            if done.returncode != KILLED:
                break
            end, problem = outcome(judge, met, done.stdout)
            tally.count(f"killed at {call} {number}", end, problem)
    return tally.done()


def outcome(judge, met, printed):
    """How a command that was disturbed has ended, and what is wrong with what it left."""
    def look():
        home, command = judge.home, judge.command
        end, problem = judge.verdict(printed)
        return end, problem or left_over(home, command) or again(home, command, end)
    return met.ask(printed, look)


def left_over(home, command):
    """A backup is whole or not there."""
    backup = home.root / "backups/new.db"
    if command.changes or not backup.exists():
        return None
    code = home.run(f"store check --no-anchor --store {backup}").returncode
    return f"the backup is there and does not pass its check: {code}" if code else None


def again(home, command, end):
    """A command that was killed before it changed anything can be run again, and so can one whose
    token is on its way: it finishes what its file holds, and else is told that it is being made."""
    if end not in ("before", "undone" if command.sink else "before", "pending"):
        return None
    done = home.run(command.line)
    if left := list(home.root.rglob(".hallpass-new")):
        return f"run again, it leaves {left}"
    if end == "pending":
        return on_its_way(home, command, done)
    if done.returncode == command.code or (command.makes_file and done.returncode == 4):
        return None
    return f"run again: {done.returncode}: {done.stderr.decode().strip()}"


def on_its_way(home, command, done):
    held = lab.tokens((home.root / command.sink).read_bytes())
    if not held or command.again == SPENT:
        if done.returncode not in (40, command.again):
            return f"run again without its token: {done.returncode}"
        return come_back(home, command) if command.again == SPENT else None
    code = home.run("verify", stdin=held[0]).returncode
    if done.returncode == 0 and code == 0:
        return None
    return f"run again: {done.returncode}: {done.stderr.decode().strip()}; it verifies as {code}"


def come_back(home, command):
    """What a token was exchanged for is good again once its time to be delivered is over. That takes
    seconds, so it is waited for once a command."""
    if command.line in WAITED:
        return None
    WAITED.add(command.line)
    time.sleep(DEADLINE)
    done = home.run(command.line)
    if done.returncode:
        return f"after its deadline: {done.returncode}: {done.stderr.decode().strip()}"
    [held] = lab.TOKEN.findall((home.root / command.sink).read_bytes())
    code = home.run("verify", stdin=held).returncode
    return f"after its deadline it verifies as {code}" if code else None


def strike_init(desk, place):
    """Kills `init` at each of its calls, where there was never a store or where one was removed."""
    tally = bench.Tally(f"init, {place}")
    home = desk.home
    home.restore(desk.saved["wal"])
    shutil.rmtree(home.root / "data/hallpass")
    if place == "where nothing was":
        shutil.rmtree(home.root)
        home.root.mkdir(mode=0o700)
    saved = desk.save()
    met = lab.Once(home)
    for call, numbers in strace.points(strace.trace(home, INIT)):
        for number in numbers:
            home.restore(saved)
            done = home.run(INIT, tracer=strace.kill(call, number))
            end, problem = met.ask(done.stdout, lambda: judge_init(home))
            if done.returncode != KILLED:
                if end != "made":
                    tally.count(f"not disturbed at {call}", end, problem or "made nothing")
                break
            tally.count(f"killed at {call} {number}", end, problem)
    return tally.done()


def judge_init(home):
    """There is no store and one can be made, or there is a whole one that its key file opens."""
    if home.store.exists():
        code = home.run("store check --key-file {home}/keys/first.key").returncode
        if code:
            return "bad", f"a store is there and does not pass its check: {code}"
        code = home.run(INIT.replace("first", "second")).returncode
        return "made", None if code == 4 else f"a second init: {code}"
    # The key file comes first; one that opens nothing may be left, and is never overwritten.
    code = home.run(INIT).returncode
    if code == 4 and (home.root / "keys/first.key").exists():
        (home.root / "keys/first.key").unlink()
        code = home.run(INIT).returncode
    if code == 0:
        code = home.run("store check --key-file {home}/keys/first.key").returncode
    return "nothing", f"a second init or its check: {code}" if code else None


def work(job):
    kind, *what = job
    return strike(bench.BENCH, *what) if kind == "command" else strike_init(bench.BENCH, *what)


def jobs():
    commands, portable = COMMANDS, PORTABLE
    if lab.FULL:
        commands = portable = SLOW + COMMANDS
    yield from (("command", "wal", command) for command in commands)
    yield from (("command", "delete", command) for command in portable)
    yield from (("init", place) for place in ["where nothing was", "where one was removed"])


def main():
    strace.must_work()
    only = re.compile(os.environ.get("ONLY", ""))
    bench.run("kills", work, [job for job in jobs() if only.search(str(job[-1]))])


if __name__ == "__main__":
    main()
