"""Many for one code: however many exchange it at the same moment, one of them gets a token."""

import collections
import json
import selectors
import socket
import threading
import time

import exchange
import lab
from profiting import REST, afas, check, profiles

RACERS = 64
# Failed attempts are limited, to 5,000 at once in all and 1,000 at a connection: a server that has just been started
# takes those of so many codes, over so many connections.
ROUND, CONNECTIONS = 70 if lab.FULL else 20, 10
CODES = 1000 if lab.FULL else 200
# Without FULL=1: how long to go on, in seconds, and what must be done by then even by a slow machine.
SHORT, FEW = 30, 5
# Who ask for their codes at once: each answer waits for a tenth of a second.
ASKING = 16


def prepare(server):
    """A profile for each code: those of one are a minute apart."""
    names = [f"racer{number}" for number in range(CODES)]
    profiles(server, {f"race{it}": names[it::CONNECTIONS] for it in range(CONNECTIONS)})
    server.racers = names


def codes_of(server, names):
    """A code for each."""
    before, left = server.seen(), list(names)

    def ask():
        while left:
            try:
                name = left.pop()
            except IndexError:
                return
            check(f"{name}: otprequest", 201, server.post("otprequest", server.who(name)).status)
    threads = [threading.Thread(target=ask) for _ in range(ASKING)]
    for it in threads:
        it.start()
    for it in threads:
        it.join()
    return {name: server.mailed(name, before) for name in names}


def request(server, name, code):
    body = json.dumps({**server.who(name), "otp": code}).encode()
    return exchange.head("POST", f"{REST}/otpvalidation", [
        ("Host", "127.0.0.1"), ("Content-Length", str(len(body))), ("Connection", "close")]) + body


def race(server, name, code):
    """All have sent everything but the last byte; then that goes out on all of them. Returns their answers."""
    whole = request(server, name, code)
    racers = [socket.create_connection(("127.0.0.1", server.port), exchange.PATIENCE) for _ in range(RACERS)]
    with selectors.DefaultSelector() as waiting:
        for it in racers:
            it.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            it.sendall(whole[:-1])
            waiting.register(it, selectors.EVENT_READ, bytearray())
        for it in racers:
            it.send(whole[-1:])
        answers, end = [], time.monotonic() + exchange.PATIENCE
        while len(answers) < RACERS and time.monotonic() < end:
            for key, _ in waiting.select(1):
                part = key.fileobj.recv(1 << 14)
                key.data.extend(part)
                if not part:
                    waiting.unregister(key.fileobj)
                    key.fileobj.close()
                    answers.append(bytes(key.data))
    for it in racers:
        it.close()
    return answers


def judged(server, name, code, answers):
    """The one token, if all is as it should be. A machine that has too much to do may miss the deadline for making
    it valid: its answer lacks the end then, nobody has it, and the code is good again."""
    statuses = collections.Counter(it.split(b" ", 2)[1].decode() if it else "none" for it in answers)
    check(f"{name}: {RACERS} for one code", {"200": 1, "401": RACERS - 1}, dict(statuses))
    won = [it.partition(b"\r\n\r\n")[2] for it in answers if it.startswith(b"HTTP/1.1 200")]
    whole = [it for it in won if it.endswith(b"}")]
    if won and not whole:
        withdrawn = [it for it in (server.home.root / "log").read_text().splitlines() if '"undelivered"' in it]
        print(f"  {name}: cut: {withdrawn[-1:]}", flush=True)
        again = server.post("otpvalidation", {**server.who(name), "otp": code})
        check(f"{name}: cut, and again", 200, again.status)
        whole = [again.body] if again.status == 200 else []
    return [json.loads(it)["token"] for it in whole]


def one_winner(server):
    """Codes by the round, a new server for each."""
    began, raced, winners = time.monotonic(), 0, []
    while raced < len(server.racers) and (lab.FULL or time.monotonic() - began < SHORT):
        server.restart()
        names = server.racers[raced:raced + ROUND]
        codes = codes_of(server, names)
        for name, code in codes.items():
            if not lab.FULL and time.monotonic() - began > SHORT:
                break
            winners += judged(server, name, code, race(server, name, code))
            raced += 1
    took = time.monotonic() - began
    server.restart()
    valid = [server.ask("GET", f"{REST}/metainfo", headers=[afas(it)]).status for it in winners]
    check("tokens that were won", [200] * raced, valid)
    tokens = json.loads(server.home.must("token list --all -o json"))
    there = [it for it in tokens if it["profile"].startswith("racer") and it["state"] == "active"]
    check("tokens that there are", raced, len(there))
    check("codes that were raced for", True, raced == CODES if lab.FULL else raced >= FEW)
    print(f"  {raced} codes, {RACERS} racers for each, in {took:.1f} s: {len(winners)} winners", flush=True)
