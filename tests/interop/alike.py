"""Strangers learn nothing: what is there and what is not get the same answer, byte for byte, in the same time."""

import json
import math
import random
import statistics
import threading
import time

import exchange
from profiting import REST, SOAP, Wire, check, profiles

PAIRS = 100
# Which of the three is not there, in turn.
UNKNOWN = ["userid", "apiKey", "apiToken"]
NOBODY = {"userid": "nobody{}", "apiKey": "0123456789ABCDEF0123456789AB{:04X}", "apiToken": "{:04X}0123456789ABCDEF0123456789AB"}
SOAP_NAMES = {"userid": "userId", "apiKey": "apiKey", "apiToken": "environmentKey", "otp": "otp"}


def rest(path):
    return lambda who: ("POST", f"{REST}/{path}", [], json.dumps(who).encode())


def soap(method):
    def made(who):
        given = "".join(f"<{SOAP_NAMES[name]}>{value}</{SOAP_NAMES[name]}>" for name, value in who.items())
        body = (f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><{method} '
                f'xmlns="urn:Afas.Profit.Services">{given}</{method}></s:Body></s:Envelope>')
        return "POST", SOAP, [("Content-Type", "text/xml")], body.encode()
    return made


# What a stranger asks, and whether with a code that is wrong.
QUESTIONS = {"otprequest": (rest("otprequest"), False), "otpvalidation": (rest("otpvalidation"), True),
             "GenerateOTP": (soap("GenerateOTP"), False), "GetTokenFromOTP": (soap("GetTokenFromOTP"), True)}


def prepare(server):
    """For each question a profile a pair, and as many connections as their budgets ask for."""
    for question in QUESTIONS:
        names = [f"{question}{number}".lower() for number in range(PAIRS)]
        profiles(server, {f"{question}{half}".lower(): names[half::4] for half in range(4)})


def raw(wire, method, path, headers, body):
    """An answer as it came, but for its date."""
    head = exchange.head(method, path, [("Host", "127.0.0.1"), *headers, ("Content-Length", str(len(body)))])
    began = time.perf_counter()
    wire.sock.sendall(head + body)
    found = b""
    while b"\r\n\r\n" not in found:
        found += wire.sock.recv(1 << 16)
    head, _, rest_of_it = found.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    [length] = [int(it.split(b":")[1]) for it in lines if it.lower().startswith(b"content-length:")]
    while len(rest_of_it) < length:
        rest_of_it += wire.sock.recv(1 << 16)
    took = time.perf_counter() - began
    kept = [it for it in lines if not it.lower().startswith(b"date:")]
    check("one date", len(lines) - 1, len(kept))
    return b"\r\n".join([*kept, b"", rest_of_it]), took


def strange(who, number):
    """The same, but for one key or name that nobody has."""
    unknown = UNKNOWN[number % len(UNKNOWN)]
    return {**who, unknown: NOBODY[unknown].format(number)}


def asked(server, question, results):
    """Both of each pair, in either order, on one connection."""
    make, with_code = QUESTIONS[question]
    rng, answers, times = random.Random(question), set(), {"known": [], "unknown": []}
    with Wire(server.port) as wire:
        for number in range(PAIRS):
            name = f"{question}{number}".lower()
            known = {**server.who(name), **({"otp": "00000000"} if with_code else {})}
            pair = [("known", known), ("unknown", strange(known, number))]
            rng.shuffle(pair)
            for which, who in pair:
                answer, took = raw(wire, *make(who))
                answers.add(answer)
                times[which].append(took)
    results[question] = answers, times


def welch(one, other):
    """Student's t for two samples whose variances may differ."""
    spread = math.sqrt(statistics.variance(one) / len(one) + statistics.variance(other) / len(other))
    return (statistics.fmean(one) - statistics.fmean(other)) / spread if spread else 0.0


def strangers(server):
    """All questions at once: each waits for a tenth of a second, most of the time."""
    before, results = server.seen(), {}
    threads = [threading.Thread(target=asked, args=(server, it, results)) for it in QUESTIONS]
    for it in threads:
        it.start()
    for it in threads:
        it.join()
    check("questions that ended", sorted(QUESTIONS), sorted(results))
    for question, (answers, times) in results.items():
        check(f"{question}: answers to {PAIRS} pairs", 1, len(answers))
        means = [statistics.fmean(it) * 1000 for it in times.values()]
        print(f"  {question}: {PAIRS} pairs, known {means[0]:.2f} ms, unknown {means[1]:.2f} ms, "
              f"Welch's t {welch(times['known'], times['unknown']):+.2f}", flush=True)
    # That this proves something: the known ones were known.
    for question in [it for it, (_, with_code) in QUESTIONS.items() if not with_code]:
        for number in range(PAIRS):
            server.mailed(f"{question}{number}".lower(), before)
