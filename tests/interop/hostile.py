"""Bodies that are made to hurt: each is refused, nothing is written, nothing is loaded, and memory stays bounded."""

import concurrent.futures
import json
import threading

import exchange
from profiting import REST, SOAP, check

TOO_LONG = 10 << 20
AT_ONCE = 16
# What a server may grow by while it refuses all of it, in MiB.
GROWTH = 64
JSON_PATHS = ["otprequest", "otpvalidation"]
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


def prepare(server):
    server.connection("hostile")


def json_bodies(server):
    """What is not the one object with texts that it should be, by what is wrong with it."""
    who = {**server.who("hostile"), "otp": "12345678"}
    whole, key = json.dumps(who), who["apiKey"]
    start = whole[:-1]
    return {
        "nothing": b"", "a space": b" ", "cut off": start.encode(), "no object": b"null", "a list": f"[{whole}]".encode(),
        "a text": json.dumps(whole).encode(), "a number": b"7", "rubbish behind": f"{whole}x".encode(),
        "two objects": f"{whole}{whole}".encode(), "a comma too many": f"{start},}}".encode(),
        "single quotes": whole.replace('"', "'").encode(), "a comment": f"/* */{whole}".encode(),
        "a key twice": f'{start},"apiKey":"{key}"}}'.encode(),
        "twice, in another case": f'{start},"APIKEY":"{key}"}}'.encode(),
        "twice, escaped": f'{start},"\\u0061piKey":"{key}"}}'.encode(),
        **{f"{name} is {value!r:.20}": json.dumps({**who, name: value}).encode()
           for name in ["apiKey", "userid", "apiToken", "otp", "description"]
           for value in [7, 1.5, True, [], {}, ["x"], {"x": "y"}, 10 ** 400]},
        "NaN": whole.replace(f'"{key}"', "NaN").encode(), "1e999": whole.replace(f'"{key}"', "1e999").encode(),
        "invalid UTF-8": whole.replace(key, key[:-1] + "\xff").encode("latin-1"),
        "an overlong encoding": whole.encode().replace(key.encode(), b"\xc0\xaf"),
        "half of a surrogate pair": whole.replace(key, "\\ud800").encode(), "UTF-16": whole.encode("utf-16"),
        "UTF-32": whole.encode("utf-32"), "a line break in a text": whole.replace(key, f"{key}\n").encode(),
        "60,000 lists": b"[" * 60_000, "12,000 objects": b'{"a":' * 12_000,
        "5,000 names, and one twice": f'{start},{",".join(f"{chr(34)}{it}{chr(34)}:1" for it in range(5000))},'
                                           f'"otp":"1"}}'.encode()}


def called(server, inside="", prefix="", method="GenerateOTP", name="userId", value="hostile"):
    """An envelope that would ask for a code, but for what is wrong with it."""
    keys = (f"<apiKey>{server.keys['hostile']}</apiKey><environmentKey>{server.environment_key}</environmentKey>"
            f"<{name}>{value}</{name}>{inside}")
    return (f'{prefix}<s:Envelope xmlns:s="{ENVELOPE}"><s:Body><{method} xmlns="urn:Afas.Profit.Services">{keys}'
            f"</{method}></s:Body></s:Envelope>")


def laughs(quadratic=False):
    """A document type whose entities grow to gigabytes."""
    if quadratic:
        return f'<!DOCTYPE x [<!ENTITY e9 "{"a" * 30_000}">]>'
    entities = "".join(f'<!ENTITY e{it} "{f"&e{it - 1};" * 10}">' for it in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY e0 "lol">{entities}]>'


def xml_bodies(server, canary):
    """The same for SOAP; `canary` is where nothing may be loaded from."""
    attributes = " ".join(f'a{it}="1"' for it in range(65))
    external = '<!DOCTYPE x [<!ENTITY e9 SYSTEM "{}">]>'
    good = called(server)
    texts = {
        "a billion laughs": called(server, prefix=laughs(), value="&e9;"),
        "a quadratic bomb": called(server, prefix=laughs(True), value="&e9;" * 5000),
        "a document type": called(server, prefix="<!DOCTYPE x>"), "in lower case": called(server, prefix="<!doctype x>"),
        "a document type elsewhere": called(server, prefix=f'<!DOCTYPE x SYSTEM "{canary}/dtd">'),
        "a file": called(server, prefix=external.format("file:///etc/passwd"), value="&e9;"),
        "an entity elsewhere": called(server, prefix=external.format(f"{canary}/entity"), value="&e9;"),
        "a parameter entity": called(server, prefix=f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{canary}/p"> %p;]>'),
        "an unknown entity": called(server, value="hostile&nbsp;"), "in an attribute": called(server, '<x a="&e9;"/>'),
        "a processing instruction": called(server, "<?php echo 1 ?>"),
        "a stylesheet": called(server, prefix=f'<?xml version="1.0"?><?xml-stylesheet href="{canary}/style"?>'),
        "17 levels": called(server, "<x>" * 14 + "</x>" * 14),
        "9,000 levels": called(server, "<x>" * 9000 + "</x>" * 9000),
        "20,000 levels, open": called(server, "<x>" * 20_000), "65 attributes": called(server, f"<x {attributes}/>"),
        "an attribute twice": called(server, '<x a="1" a="2"/>'),
        "a parameter twice": called(server, "<userId>hostile</userId>"),
        "a long parameter": called(server, value="h" * 1025),
        "cut off": good[:-20], "rubbish behind": f"{good}x", "another envelope behind": good + good, "nothing": "",
        "no XML": json.dumps(server.who("hostile")), "ends that do not fit": good.replace("</s:Body>", "</s:Head>"),
        "no body": f'<s:Envelope xmlns:s="{ENVELOPE}"/>',
        "an unknown method": called(server, method="DropTables"),
        "a character that is none": called(server, value="hostile&#0;"), "a NUL": called(server, value="hostile\0")}
    return {**{what: text.encode() for what, text in texts.items()}, "UTF-16": good.encode("utf-16"),
            "invalid UTF-8": called(server, value="hostile\xff").encode("latin-1")}


def answered_and_ignored(server, canary):
    """What may be read, and asks for nobody: it is answered as any other, and nothing is written either."""
    who = server.who("hostile")
    deep = f'"x":{"[" * 20_000}{"]" * 20_000}'
    for what, body in {
            "two environments": json.dumps({**who, "environmentKey": who["apiKey"]}),
            "nobody": f'{json.dumps({**who, "userid": ""})[:-1]},{deep}}}', "nothing": f"{{{deep}}}"}.items():
        check(f"otprequest: {what}", 201, server.ask("POST", f"{REST}/otprequest", body.encode()).status)
    include = f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" parse="text" href="{canary}/i"/>'
    for what, value in {"XInclude": include, "an element in a parameter": "<b>hostile</b>"}.items():
        check(f"SOAP: {what}", 200, server.envelope(called(server, value=value), "GenerateOTP").status)
    return 5


class Canary:
    """Whoever loads something from here is noticed."""

    def __init__(self):
        self.came = 0
        self.server = exchange.Server(self.converse)
        self.url = f"http://127.0.0.1:{self.server.port}"

    def converse(self, _sock):
        self.came += 1


def refused(server):
    """None of it is written: the store has the same epoch, and no mail leaves."""
    canary = Canary()
    server.restart()
    epoch, before, mails = server.epoch(), server.memory("VmHWM"), server.seen()
    count = 0
    for what, body in json_bodies(server).items():
        for path in JSON_PATHS:
            count += 1
            answer = server.ask("POST", f"{REST}/{path}", body)
            check(f"{path}: {what}", (400, b'{"message":"Invalid json"}'), (answer.status, answer.body))
    for what, body in xml_bodies(server, canary.url).items():
        count += 1
        answer = server.envelope(body, "GenerateOTP")
        check(f"SOAP: {what}", (500, True, False), (answer.status, b"<faultcode>" in answer.body, b"root:" in answer.body))
    good = called(server).encode()
    for what, action in {"of another": "DeleteToken", "unknown": "DropTables"}.items():
        count += 1
        check(f"SOAP: the action is {what}", 500, server.envelope(good, action).status)
    count += answered_and_ignored(server, canary.url) + long_ones(server)
    server.settled()
    after = server.memory("VmHWM")
    check("what was loaded", 0, canary.came)
    check("the epoch", epoch, server.epoch())
    check("mails", set(), server.seen() - mails)
    check(f"memory: {before:.0f} MiB before, {after:.0f} MiB at most", True, after - before < GROWTH)
    canary.server.stop()
    # That the envelope was right but for what was wrong with it.
    check("the same, unspoilt", 200, server.envelope(good, "GenerateOTP").status)
    server.mailed("hostile", mails)
    print(f"  {count} hostile bodies: the epoch stays, {before:.0f} MiB before, {after:.0f} MiB at most", flush=True)


def long_ones(server):
    """10 MB, with its length or in chunks, several at once: refused with 413, which a client that still sends may not
    get to read."""
    start = json.dumps(server.who("hostile")).encode()[:-1]
    text = start + b',"x":"' + b"x" * TOO_LONG + b'"}'
    xml = called(server, f"<x>{'x' * TOO_LONG}</x>").encode()
    chunked = [("Transfer-Encoding", "chunked")]
    cases = [(f"{REST}/otprequest", text, []), (f"{REST}/otpvalidation", text, []), (SOAP, xml, []),
             (f"{REST}/otprequest", f"{len(text):x}\r\n".encode() + text + b"\r\n0\r\n\r\n", chunked),
             (SOAP, f"{len(xml):x}\r\n".encode() + xml + b"\r\n0\r\n\r\n", chunked),
             (f"{REST}/oauth/token", b"grant_type=" + b"x" * TOO_LONG, [])]
    statuses, lock = [], threading.Lock()

    def sent(case):
        path, body, headers = case
        try:
            status = server.ask("POST", path, body, headers).status
        except (OSError, exchange.HTTPException):
            status = "cut"
        with lock:
            statuses.append(status)

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as workers:
        list(workers.map(sent, cases * 8))
    check("10 MB", {413}, set(statuses) - {"cut"})
    # A body that is announced and never sent is refused at once.
    answer = server.ask("POST", f"{REST}/otprequest", b"", [("Content-Length", str(TOO_LONG))])
    check("10 MB, announced", 413, answer.status)
    # One byte too many, and the most that may be.
    for size, status in [((64 << 10) + 1, 413), (64 << 10, 400)]:
        check(f"{size} bytes", status, server.ask("POST", f"{REST}/otprequest", start.ljust(size, b" ")).status)
    print(f"  10 MB: {statuses.count(413)} × 413, {statuses.count('cut')} cut", flush=True)
    return len(statuses) + 3
