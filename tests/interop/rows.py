"""What the administrator of a database can do to its rows, and who notices.

Every row of every table is changed, dropped, added, swapped and replayed with psql; after each the store is
opened and checked by its machine. Then whole states are put back from `pg_dump`.
"""

import subprocess

import cluster
import lab
from cluster import Machine, check, psql, store

DAMAGED, OLDER, OTHER = 30, 31, 32
# A row of these has nobody who reads it, until `store check` counts.
KEYS = {"hdr": "k", "man": "b", "obj": "id", "idx": "h", "log": "seq"}


def flipped(column):
    """The value of a column with its last bit changed."""
    return f"set_byte({column}, length({column}) - 1, get_byte({column}, length({column}) - 1) # 1)"


def attacks(schema, rows):
    """SQL that changes rows, by the name of what it does."""
    for table, key in KEYS.items():
        of = f"{schema}.{table}"
        sealed = {"hdr": "v", "idx": "id"}.get(table, "ct")
        for row in rows[table]:
            here = f"WHERE {key} = {row}"
            yield f"change {table} {row}", f"UPDATE {of} SET {sealed} = {flipped(sealed)} {here}"
            yield f"cut {table} {row}", f"UPDATE {of} SET {sealed} = substr({sealed}, 1, length({sealed}) - 1) {here}"
            yield f"drop {table} {row}", f"DELETE FROM {of} {here}"
            if table in ("man", "obj", "log"):
                yield f"other key {table} {row}", f"UPDATE {of} SET kid = kid + 1 {here}"
        first, last = rows[table][0], rows[table][-1]
        yield f"swap {table}", (
            f"UPDATE {of} a SET {sealed} = b.{sealed} FROM {of} b WHERE (a.{key}, b.{key}) IN (({first}, {last}), ({last}, {first}))")
    for table, added in {"hdr": "3, 'x'", "man": "513, 1, 'x'", "obj": r"'\x00112233445566778899aabbccddeeff', 1, 'x'",
                         "idx": r"'\x00112233445566778899aabbccddeeff', '\x00112233445566778899aabbccddeeff'",
                         "log": "1000, 1, 'x'"}.items():
        yield f"add to {table}", f"INSERT INTO {schema}.{table} VALUES ({added})"
    for table in KEYS:
        yield f"empty {table}", f"DELETE FROM {schema}.{table}"


def keys(server, schema):
    """The keys of all rows, as SQL."""
    found = {}
    for table, key in KEYS.items():
        quoted = f"quote_literal({key}) || '::bytea'" if table in ("obj", "idx") else f"{key}::text"
        found[table] = psql(server, f"SELECT {quoted} FROM {schema}.{table} ORDER BY {key}").splitlines()
    return found


def put_back(server, schema, saved):
    """All rows as they were, in the order in which they can be put back."""
    psql(server, "BEGIN;" + "".join(f"TRUNCATE {schema}.{it}; INSERT INTO {schema}.{it} SELECT * FROM {saved}.{it};"
                                    for it in [*KEYS, "use"]) + "COMMIT;")


def save(server, schema, saved):
    psql(server, f"CREATE SCHEMA {saved};" + "".join(f"CREATE TABLE {saved}.{it} AS TABLE {schema}.{it};"
                                                    for it in [*KEYS, "use"]))


def single(root, one):
    """One row at a time."""
    server, schema = one.server, "rows"
    machine = store(server, root / "rows", schema)
    token = machine.must("token add github/one")
    machine.must("token add github/two")
    save(server, schema, "rows_old")
    machine.must("token revoke github/one --reason lost")
    save(server, schema, "rows_new")
    tried, codes = 0, {}
    taken = keys(server, schema)
    if not lab.FULL:
        taken = {table: [rows[0], rows[len(rows) // 2], rows[-1]] for table, rows in taken.items()}
    for name, sql in attacks(schema, taken):
        psql(server, sql)
        tried += 1
        code = machine.code("store check")
        codes[code] = codes.get(code, 0) + 1
        # 34: not the shape of a store at all; 3: nothing in it.
        check(code in (DAMAGED, 34) or (code in (31, 32, 33) and " man" in name) or (code in (20, 21, 22) and "hdr" in name),
              f"{name}: {code}")
        verdict = machine.code("verify", stdin=token)
        check(verdict != 0, f"{name}: a revoked token is accepted")
        put_back(server, schema, "rows_new")
    check(machine.code("store check") == 0, "all rows are back, and the store is not well")
    print(f"  {tried} changes of rows; `store check` ended with {codes}", flush=True)
    replayed(machine, token, one, schema)


def replayed(machine, token, one, schema):
    """Rows as they were before a revocation: each one alone, each table alone, all but one, all."""
    server = one.server
    tables = list(KEYS)
    codes = {}
    for chosen in [[it] for it in tables] + [[other for other in tables if other != it] for it in tables] + [tables]:
        if chosen in (["hdr"], ["idx"]):
            continue  # They were the same then.
        same = "idx" not in chosen or "hdr" not in chosen
        psql(server, "BEGIN;" + "".join(
            f"TRUNCATE {schema}.{it}; INSERT INTO {schema}.{it} SELECT * FROM rows_old.{it};" for it in chosen) + "COMMIT;")
        code = machine.code("verify", stdin=token)
        codes["+".join(chosen)] = code
        whole = chosen == tables or (same and set(tables) - set(chosen) <= {"hdr", "idx"})
        expected = (OLDER,) if whole else (12, DAMAGED, OLDER, OTHER)
        check(code in expected, f"replayed {chosen}: {code}")
        found = machine.code("store check")
        check(found in ((OLDER,) if whole else (DAMAGED, OLDER, OTHER)), f"replayed {chosen}: `store check`: {found}")
        put_back(server, schema, "rows_new")
    print(f"  rows of before a revocation; `verify` of that token ended with {codes}", flush=True)
    check(machine.code("store check") == 0, "all rows are back after the replays")


def whole(root, one):
    """The whole database, put back from a dump: refused, accepted once, adopted by the rest."""
    server, schema = one.server, "whole"
    first = store(server, root / "whole", schema)
    second = Machine(root / "whole-2", server, schema, "app", first)
    unaware = Machine(root / "whole-3", server, schema, "app", first)
    token = first.must("token add github/one")
    unaware.must("status")
    dumped = dump(server, schema)
    first.must("token revoke github/one --reason lost")
    check(second.code("verify", stdin=token) == 12, "revoked on one machine, accepted on another")
    restore(server, schema, dumped)
    for machine in [first, second]:
        check(machine.code("verify", stdin=token) == OLDER, "an older database is not refused")
        check(machine.code("token list") == OLDER, "an older database is read")
    # One that had seen no more writes, and so begins another history.
    unaware.must("profile add other --connection ci")
    codes = [machine.code("verify", stdin=token) for machine in [first, second]]
    check(codes == [OTHER, OTHER], f"another history is not refused: {codes}")
    restore(server, schema, dumped)
    done = first.run("store accept --rollback")
    check(done.returncode == 0, f"accept: {done.returncode} {done.stderr.decode()}")
    for machine, name in [(first, "the one that accepted"), (second, "another one")]:
        check(machine.code("verify", stdin=token) == 12, f"{name} accepts a token that had been revoked")
        check(machine.code("store check") == 0, f"{name} finds the accepted store damaged")
    restore(server, schema, dump(server, schema))
    check(first.code("store check") == 0, "a dump of the newest state is refused")


def dump(server, schema):
    """As docs/deploy/postgresql.md has it."""
    command = [cluster.PROGRAMS / "pg_dump", "-h", server.socket, "-p", str(server.port), "-U", "postgres",
               "--schema", schema, "hallpass"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def restore(server, schema, dumped):
    psql(server, f"DROP SCHEMA {schema} CASCADE")
    psql(server, dumped)


def main(root, one):
    single(root, one)
    whole(root, one)
