"""Crowds of strangers learn nothing: hundreds who ask at the same moment about somebody, or about nobody, get one answer
at the same times. By T19's method, with pairs of crowds: Welch's t of their mean times is printed."""

import json
import random
import selectors
import socket
import statistics
import time

import exchange
import lab
from alike import welch
from profiting import REST, check

CROWD, PAIRS = 300, 24 if lab.FULL else 2
# A connection has a budget of 100 requests for codes at once.
CONNECTIONS = [f"crowd{number}" for number in range(4)]
# A peer may have 256 connections.
EACH = 200
# What is asked, and whether a code is pending for those who are known.
QUESTIONS = {"otprequest": ("otprequest", False), "otpvalidation": ("otpvalidation", False),
             "otpvalidation, a code pending": ("otpvalidation", True)}


def known(question, pair):
    return f"crowd-{list(QUESTIONS).index(question)}-{pair}"


def prepare(server):
    """A profile for each pair, for each of the connections."""
    names = [known(question, pair) for question in QUESTIONS for pair in range(PAIRS)]
    used = json.dumps(CONNECTIONS)
    lines = [f'[connections."{it}"]' for it in CONNECTIONS]
    lines += [f'[profiles."{it}"]\nemail = "{it}@example.com"\nconnections = {used}' for it in [*names, "crowd-mailed"]]
    server.home.write("crowd.toml", "\n".join(lines).encode() + b"\n")
    server.home.must("apply {home}/crowd.toml")
    server.keys.update({it: server.shown_key("connection", it) for it in CONNECTIONS})


def request(server, path, name, number):
    who = {**server.who(CONNECTIONS[number % len(CONNECTIONS)]), "userid": name}
    if path == "otpvalidation":
        who["otp"] = "00000000"
    body = json.dumps(who).encode()
    return exchange.head("POST", f"{REST}/{path}", [
        ("Host", "127.0.0.1"), ("Content-Length", str(len(body))), ("Connection", "close")]) + body


def connected(server, number):
    it = socket.create_connection(("127.0.0.1", server.port), exchange.PATIENCE, (f"127.0.0.{10 + number // EACH}", 0))
    it.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return it


def crowd(server, path, name):
    """All have sent everything but the last byte; then that goes out on all of them. Returns the answers, but for their
    dates, and when each was there, in milliseconds."""
    wholes = [request(server, path, name, number) for number in range(CROWD)]
    wires = [connected(server, number) for number in range(CROWD)]
    answers, times = set(), []
    with selectors.DefaultSelector() as waiting:
        for wire, whole in zip(wires, wholes, strict=True):
            wire.sendall(whole[:-1])
            waiting.register(wire, selectors.EVENT_READ, bytearray())
        time.sleep(0.2)
        began = time.perf_counter()
        for wire, whole in zip(wires, wholes, strict=True):
            wire.send(whole[-1:])
        while len(times) < CROWD and time.perf_counter() - began < exchange.PATIENCE:
            for key, _ in waiting.select(1):
                if part := key.fileobj.recv(1 << 14):
                    key.data.extend(part)
                    continue
                times.append((time.perf_counter() - began) * 1000)
                lines = bytes(key.data).split(b"\r\n")
                answers.add(b"\r\n".join(it for it in lines if not it.lower().startswith(b"date:")))
                waiting.unregister(key.fileobj)
                key.fileobj.close()
    check(f"{path}: answers", CROWD, len(times))
    return answers, times


def crowds(server):
    for question, (path, pending) in QUESTIONS.items():
        rng, answers, means = random.Random(question), set(), {"known": [], "unknown": []}
        for pair in range(PAIRS):
            halves = [("known", known(question, pair)), ("unknown", f"crowd-x-{pair}")]
            rng.shuffle(halves)
            for which, name in halves:
                # Its budgets in memory are full again.
                server.restart()
                if pending:
                    before = server.seen()
                    mailed = name if which == "known" else "crowd-mailed"
                    who = {**server.who(CONNECTIONS[0]), "userid": mailed}
                    check(f"{mailed}: otprequest", 201, server.post("otprequest", who).status)
                    server.settled()
                    if which == "known":
                        server.mailed(mailed, before)
                found, times = crowd(server, path, name)
                answers |= found
                means[which].append(statistics.fmean(times))
        check(f"{question}: answers to {PAIRS} pairs of crowds", 1, len(answers))
        shown = [f"{which} {statistics.fmean(it):.1f} ms (standard deviation {statistics.stdev(it):.1f})"
                 for which, it in means.items()]
        print(f"  {question}: {PAIRS} pairs of crowds of {CROWD}, {', '.join(shown)}, "
              f"Welch's t {welch(means['known'], means['unknown']):+.2f}", flush=True)
    for pair in range(PAIRS):
        # That this proves something: the known ones were known.
        server.mailed(known("otprequest", pair))
