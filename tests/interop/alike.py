"""Strangers learn nothing: what is there and what is not get the same answer, byte for byte, in the same time."""

import json
import math
import random
import statistics
import threading
import time
import urllib.parse

import exchange
from profiting import REST, SOAP, Wire, afas, check, escaped, profiles

PAIRS = 100
# Later than this an answer missed the tenth of a second that it could have left at, in seconds.
LATE = 0.15
# What is not there or not allowed, in turn: a key or a name that nobody has, or a profile that may get no code.
UNKNOWN = ["userid", "apiKey", "apiToken"]
REFUSED = ["suspended", "without-address", "outside", "at-blocked"]
NOBODY = {"userid": "nobody{}", "apiKey": "0123456789ABCDEF0123456789AB{:04X}",
          "apiToken": "{:04X}0123456789ABCDEF0123456789AB"}
SOAP_NAMES = {"userid": "userId", "apiKey": "apiKey", "apiToken": "environmentKey", "otp": "otp"}


def rest(path):
    return lambda who: ("POST", f"{REST}/{path}", [], json.dumps(who).encode())


def soap(method):
    return lambda who: soap_text(method)({SOAP_NAMES[name]: value for name, value in who.items()})


def soap_text(method):
    def made(fields):
        given = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
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
    for name in [*REFUSED, "given-back"]:
        server.connection(name)
    for line in ["profile suspend suspended --reason audit", "connection edit outside --group members",
                 "connection block at-blocked --reason leaked", "profile add no-address --connection without-address"]:
        server.home.must(line)


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


def strange(server, who, number):
    """The same, but for one key or name that nobody has; or somebody who may get no code."""
    unknown = [*UNKNOWN, *REFUSED][number % len([*UNKNOWN, *REFUSED])]
    if unknown == "without-address":
        return {**who, **server.who(unknown), "userid": "no-address"}
    if unknown in REFUSED:
        return {**who, **server.who(unknown)}
    return {**who, unknown: NOBODY[unknown].format(number)}


def asked(server, question, results):
    """Both of each pair, in either order, on one connection."""
    make, with_code = QUESTIONS[question]
    rng, answers, times = random.Random(question), set(), {"known": [], "unknown": []}
    with Wire(server.port) as wire:
        for number in range(PAIRS):
            name = f"{question}{number}".lower()
            known = {**server.who(name), **({"otp": "00000000"} if with_code else {})}
            pair = [("known", known), ("unknown", strange(server, known, number))]
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
        late = [sum(took > LATE for took in it) for it in times.values()]
        print(f"  {question}: {PAIRS} pairs, known {means[0]:.2f} ms ({late[0]} late), unknown {means[1]:.2f} ms "
              f"({late[1]} late), Welch's t {welch(times['known'], times['unknown']):+.2f}", flush=True)
    # That this proves something: the known ones were known.
    for question in [it for it, (_, with_code) in QUESTIONS.items() if not with_code]:
        for number in range(PAIRS):
            server.mailed(f"{question}{number}".lower(), before)
    server.settled()
    uninvited = [it for it in server.codes(before) if not it.startswith(tuple(it.lower() for it in QUESTIONS))]
    check("mails to those who may get no code", [], uninvited)
    credentials(server)


def credentials(server):
    """What is not a credential gets one answer, whatever it was or never was."""
    xml = server.token("given-back")
    check("it is deleted", 200, server.soap("DeleteToken", {"token": escaped(xml)}).status)
    never = xml.replace(xml[30:40], "0123456789")
    spoilt = {"deleted": xml, "never there": never, "not one": "<token><version>1</version><data>0</data></token>"}
    bearers = {what: ("GET", f"{REST}/metainfo", [afas(it)], b"") for what, it in spoilt.items()}
    bearers["not base64"] = ("GET", f"{REST}/metainfo", [("Authorization", "AfasToken ***")], b"")
    made = soap_text("DeleteToken")
    deletions = {what: made({"token": escaped(it)}) for what, it in spoilt.items()}
    secrets = {what: it for what, it in spoilt.items() if what != "not one"}
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    clients = {f"{whose}, {what}": ("POST", f"{REST}/oauth/token", form,
                                    urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": key,
                                                            "client_secret": afas(it)[1].split()[1]}).encode())
               for what, it in secrets.items()
               for whose, key in [("ours", server.keys["given-back"]), ("no key", NOBODY["apiKey"].format(1))]}
    for door, questions in {"metainfo": bearers, "DeleteToken": deletions, "oauth/token": clients}.items():
        answers = {}
        for what, question in questions.items():
            with Wire(server.port) as wire:
                answers.setdefault(raw(wire, *question)[0], []).append(what)
        check(f"{door}: what is not valid is one thing", [list(questions)], list(answers.values()))
