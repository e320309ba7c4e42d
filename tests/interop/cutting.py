"""A connection that is cut at each of its messages, once: what is reported as done is done, and what failed is not."""

import asyncio
import contextlib

import cluster
from cluster import Machine, check, store

MOST = 60
VALID, REVOKED, MISSING, UNKNOWN = 0, 12, 3, 52


class Cutter(cluster.Link):
    """A link that is cut once: at a message of the program, before the server has it, or after, or within the answers."""

    def __init__(self, root, server):
        self.way, self.left, self.torn = None, 0, False
        super().__init__(root, "cutter", server, 0)

    def arm(self, way, number=0):
        self.way, self.left, self.torn = way, number, False

    async def serve(self, reader, writer):
        self.writers.add(writer)
        with contextlib.suppress(OSError):
            back, forth = await asyncio.open_unix_connection(self.to)
            self.writers.add(forth)
            await asyncio.gather(self.carry_on(reader, forth, True), self.carry_on(back, writer, False))
        writer.close()

    async def carry_on(self, reader, writer, is_forth):
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if self.is_time(is_forth):
                    if self.way == "unanswered":
                        writer.write(data)
                        await asyncio.sleep(0.05)
                    self.tear()
                    return
                writer.write(data)
                await writer.drain()
        writer.close()

    def is_time(self, is_forth):
        """Whether this is the message to cut at; the answers are counted apart."""
        if self.way is None or self.torn or is_forth != (self.way != "answered in part"):
            return False
        self.left -= 1
        return self.left == 0

    def tear(self):
        self.torn = True
        for it in list(self.writers):
            it.transport.abort()
        self.writers.clear()


def adding(machine, number):
    done = machine.run(f"token add github/t{number}")
    printed = done.stdout.strip()
    code = machine.code("verify", stdin=printed) if len(printed) == 56 else None
    if done.returncode == 0:
        check(code == VALID, f"cut at {number}: a token that was added is {code}")
    elif done.returncode != UNKNOWN:
        check(code != VALID, f"cut at {number}: `token add` ended with {done.returncode}, and what it printed is valid")
    return done


def revoking(machine, number):
    token = machine.token
    done = machine.run(f"token revoke github/r{number}")
    code = machine.code("verify", stdin=token)
    if done.returncode == 0:
        check(code == REVOKED, f"cut at {number}: a token that was revoked is {code}")
    elif done.returncode != UNKNOWN:
        check(code == VALID, f"cut at {number}: `token revoke` ended with {done.returncode}, and the token is {code}")
    return done


def naming(machine, number):
    done = machine.run(f"profile add p{number} --connection ci")
    code = machine.code(f"profile show p{number}")
    if done.returncode == 0:
        check(code == 0, f"cut at {number}: a profile that was added is not there: {code}")
    elif done.returncode != UNKNOWN:
        check(code == MISSING, f"cut at {number}: `profile add` ended with {done.returncode}, and the profile is there: {code}")
    return done


def main(root, one):
    first = store(one.server, root / "first", "cut")
    link = Cutter(root, one.server)
    try:
        machine = Machine(root / "machine", link, "cut", "app", first)
        numbers = iter(range(1, 10_000))
        for command in [adding, revoking, naming]:
            for way in ["lost", "unanswered", "answered in part"]:
                codes = {}
                count = through(machine, link, command, way, numbers, codes)
                print(f"  {command.__name__}, {way}: cut at each of {count} messages, ended with {codes}", flush=True)
        check(machine.code("store check") == 0, "the store after all cuts")
    finally:
        link.stop()


def through(machine, link, command, way, numbers, codes):
    """Cuts at one message after the other, until there are no more; how many there were."""
    for number in range(1, MOST):
        name = next(numbers)
        if command is revoking:
            machine.token = machine.must(f"token add github/r{name}")
        armed = Armed(machine, link, way, number)
        done = command(armed, name)
        if not armed.torn:
            return number - 1
        codes[done.returncode] = codes.get(done.returncode, 0) + 1
    check(False, f"{command.__name__}, {way}: cut {MOST} times, and never whole")
    return MOST


class Armed:
    """A machine whose next command meets the cut; what judges it does not."""

    def __init__(self, machine, link, way, number):
        self.machine, self.link, self.token, self.torn = machine, link, getattr(machine, "token", None), False
        link.arm(way, number)

    def run(self, line):
        done = self.machine.run(line)
        self.torn = self.link.torn
        self.link.arm(None)
        return done

    def code(self, line, stdin=b""):
        return self.machine.code(line, stdin=stdin)
