"""Workers that disturb commands, each in a home of its own, and what they find."""

import multiprocessing
import os
import shutil
import sys
import time

import lab
from commands import prepare

BENCH = None


class TestStore:
    """What one worker needs: a home at a path of its own, and copies of it to begin from.

    The path is its own because the anchors remember where a store lies.
    """

    def __init__(self, scratch):
        root = f"{scratch}/worker-{os.getpid()}"
        self.home = lab.fixture(f"{root}/home")
        self.saved = {"wal": f"{root}/wal", "delete": f"{root}/delete", "now": f"{root}/now"}
        self.home.save(self.saved["wal"])
        lab.portable(self.home)
        self.home.save(self.saved["delete"])

    def ready(self, journal, command):
        """Saves the store as the command shall find it; returns where."""
        self.home.restore(self.saved[journal])
        prepare(self.home, command)
        return self.save()

    def save(self):
        shutil.rmtree(self.saved["now"], ignore_errors=True)
        self.home.save(self.saved["now"])
        return self.saved["now"]


class Tally:
    """What was tried, and what came of it."""

    def __init__(self, name):
        self.name, self.points, self.ends, self.bad = name, 0, {}, []
        self.started, self.seconds = time.monotonic(), 0.0

    def count(self, where, end, problem):
        self.points += 1
        end = end or "bad"
        self.ends[end] = self.ends.get(end, 0) + 1
        if problem:
            self.bad.append(f"{self.name}, {where}: {problem}")

    def done(self):
        if not self.points:
            self.count("anywhere", "bad", "was never disturbed")
        self.seconds = time.monotonic() - self.started
        return self


def start(scratch):
    global BENCH
    BENCH = TestStore(scratch)


def run(title, work, jobs):
    """Hands `jobs` to as many workers as there are processors; ends the program with the result."""
    points, ends, bad, started = 0, {}, 0, time.monotonic()
    with lab.scratch() as scratch, \
            multiprocessing.Pool(initializer=start, initargs=(scratch,)) as pool:
        for tally in pool.imap_unordered(work, jobs):
            points, bad = points + tally.points, bad + len(tally.bad)
            for end, count in tally.ends.items():
                ends[end] = ends.get(end, 0) + count
            told = ", ".join(f"{count} {end}" for end, count in sorted(tally.ends.items()))
            print(f"{tally.points:5} points {tally.seconds:6.1f} s  {tally.name}: {told}", flush=True)
            for line in tally.bad:
                print(f"  BAD: {line}", flush=True)
    told = ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
    seconds = time.monotonic() - started
    print(f"{title}: {len(jobs)} commands, {points} points ({told}), {bad} bad, {seconds:.0f} s")
    sys.exit(1 if bad or not points else 0)
