"""Stores in PostgreSQL: against a server of our own, directly and through pgbouncer in both of its modes.

ONLY=REGEX takes the parts that match. FULL=1 is the long form: a hundred kills, a thousand revocations, Patroni.
"""

import os
import re
import sys
import time

import automatic
import cluster
import cutting
import database
import deployed
import growth
import losing
import moving
import odd
import rows
import secured
import watched


class Lab:
    """A server, and the ways to it."""

    def __init__(self, root):
        self.server = cluster.Cluster(root)
        self.server.start().prepare()
        self.poolers = [cluster.Pooler(root, self.server, mode) for mode in ["session", "transaction"]]

    def ways(self):
        return [("direct", self.server), *((it.mode, it) for it in self.poolers)]

    def stop(self):
        for pooler in self.poolers:
            pooler.stop()
        self.server.stop()


PARTS = {"deployed": deployed.main, "secured": secured.main, "odd": odd.main, "rows": rows.main, "database": database.main,
         "losing": losing.main, "cutting": cutting.main, "moving": moving.main, "watched": watched.main,
         "automatic": automatic.main, "growth": growth.main}


def main():
    only = re.compile(os.environ.get("ONLY", ""))
    with cluster.folder() as root:
        one = Lab(root)
        try:
            for name, part in PARTS.items():
                if only.search(name):
                    started = time.monotonic()
                    part(cluster.space(root, name), one)
                    print(f"  {name}: {time.monotonic() - started:.0f} s", flush=True)
        finally:
            one.stop()
    print(f"postgres: {len(cluster.problems)} bad")
    sys.exit(1 if cluster.problems else 0)


if __name__ == "__main__":
    main()
