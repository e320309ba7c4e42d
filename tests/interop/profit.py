"""The Profit flow over HTTP, by drivers that know the description of it alone, with a real mail server in between.

walking.py: applications in Python, Node, PHP, bash and a page; presenting.py: a token at every door; alike.py: what
strangers are told; hostile.py: bodies that are made to hurt; racing.py: many for one code.
"""

import sys
import time
import traceback
from http.client import HTTPException
from pathlib import Path

import alike
import hostile
import lab
import presenting
import profiting
import racing
import walking


PARTS = [walking, presenting, alike, hostile, racing]
STEPS = [walking.applications, walking.page, presenting.every_door, presenting.codes, presenting.gone_away,
         presenting.closed_early, alike.strangers, hostile.refused, racing.one_winner]


def attempt(step, server):
    """One step that cannot go on fails, and not the others."""
    try:
        step(server)
    except (OSError, AssertionError, HTTPException, KeyError, ValueError) as error:
        where = traceback.extract_tb(error.__traceback__)[1:3]
        profiting.problems.append(f"{step.__name__}: {error!r} at {[(it.name, it.lineno) for it in where]}")
    server.healthy(step.__name__)


def main():
    began = time.monotonic()
    with lab.scratch() as name:
        folder = Path(name)
        with profiting.store(folder) as server:
            for part in PARTS:
                part.prepare(server)
            server.start()
            for step in STEPS:
                attempt(step, server)
                print(f"    {profiting.within(began)}", flush=True)
    for problem in profiting.problems:
        print(f"  BAD: {problem}")
    print(f"profit: {profiting.checks} checks, {len(profiting.problems)} bad, {profiting.within(began)}")
    sys.exit(1 if profiting.problems else 0)


if __name__ == "__main__":
    main()
