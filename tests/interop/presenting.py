"""A token of the Profit flow at every door, before and after it is deleted; codes that are sent again; spellings."""

import base64
import collections
import json
import random
import re
import socket
import struct
import time
import urllib.parse

import exchange
from profiting import REST, SOAP, Wire, afas, check, escaped

# Of each of two kinds.
SPELLINGS = 100
BODIES = 40
# Clients that go away, each a moment later than the one before, in seconds.
LEAVING, STEP = [f"leaving{number}" for number in range(8)], 0.004
# Clients that are closed when they have all but the last byte.
LACKING = [f"lacking{number}" for number in range(8)]


def prepare(server):
    """Before the server starts: connections, and a service that may introspect."""
    for name in ["doors", "soap", "again", "restart", "killed", "spaces", "closing", *LEAVING, *LACKING]:
        server.connection(name)
    server.home.must("profile add api --connection doors")
    server.home.must("profile edit api --add-group introspect")
    server.service = server.home.must("token add api/service --connection doors").decode().strip()


def bearer(token):
    return ("Authorization", f"Bearer {token}")


def form(**fields):
    return urllib.parse.urlencode(fields).encode()


def plain(xml):
    """The base64 of the whole XML, as it stands behind `AfasToken`."""
    return base64.b64encode(xml.encode()).decode()


def introspected(server, text):
    answer = server.ask("POST", "/introspect", form(token=text),
                        [bearer(server.service), ("Content-Type", "application/x-www-form-urlencoded")])
    return answer.status, json.loads(answer.body)["active"]


def session(server, xml):
    """A session token for what an API key and a token are, or the status."""
    answer = server.ask("POST", f"{REST}/oauth/token", form(
        grant_type="client_credentials", client_id=server.keys["doors"], client_secret=plain(xml)),
        [("Content-Type", "application/x-www-form-urlencoded")])
    return answer.status, json.loads(answer.body).get("access_token")


def doors(server, xml, header):
    """What each door answers to a token."""
    encoded = plain(xml)
    found = {name: server.ask("GET", path, headers=[header]).status for name, path in {
        "verify": "/verify?connection=doors", "verify, environment": "/verify?environment=production",
        "authz": "/authz/doors/production/app/path?x=1", "self": "/self", "metainfo": f"{REST}/metainfo",
        "ProfitVersion": f"{REST}/ProfitVersion", "a connector": f"{REST}/metainfo/get/x"}.items()}
    found["x-api-key"] = server.ask("GET", "/verify?connection=doors", headers=[("X-Api-Key", encoded)]).status
    found["elsewhere"] = server.ask("GET", "/verify?connection=soap", headers=[header]).status
    found["introspect"] = introspected(server, encoded)
    found["command"] = server.home.run("verify --connection doors", stdin=encoded.encode()).returncode
    return found


def every_door(server):
    xml = server.token("doors")
    for what, header in {"AfasToken": afas(xml), "without its line break": afas(xml.strip()),
                         "Bearer": bearer(plain(xml)), "scheme in another case": (
                             "authorization", "AFASTOKEN " + plain(xml))}.items():
        check(f"every door: {what}", {
            "verify": 204, "verify, environment": 204, "authz": 200, "self": 200, "metainfo": 200, "ProfitVersion": 200,
            "a connector": 404, "x-api-key": 204, "elsewhere": 403, "introspect": (200, True), "command": 0},
            {**doors(server, xml, header)})
    status, made = session(server, xml)
    check("oauth/token by the API key", (200, 200),
          (status, server.ask("GET", f"{REST}/metainfo", headers=[bearer(made)]).status))
    data = xml.split("<data>")[1][:64]
    for what, sent in {"raw XML": f"AfasToken {xml.strip()}", "raw XML alone": xml.strip(), "bare hex": f"AfasToken {data}",
                       "hex alone": data, "lower-case hex": "AfasToken " + plain(xml.lower()),
                       "an empty one": "AfasToken ", "Basic": "Basic " + plain(xml)}.items():
        check(f"in the header: {what}", 401, server.ask("GET", f"{REST}/metainfo", headers=[("Authorization", sent)]).status)
    spellings(server, xml)
    bodies(server, xml)
    check("DeleteToken", 200, server.soap("DeleteToken", {"token": escaped(xml)}).status)
    gone = doors(server, xml, afas(xml))
    command = gone.pop("command")
    check("after DeleteToken: the command", True, command != 0)
    check("after DeleteToken", {
        "verify": 401, "verify, environment": 401, "authz": 401, "self": 401, "metainfo": 401, "ProfitVersion": 401,
        "a connector": 401, "x-api-key": 401, "elsewhere": 401, "introspect": (200, False)}, gone)
    check("after DeleteToken: what was made from it", 401,
          server.ask("GET", f"{REST}/metainfo", headers=[bearer(made)]).status)
    check("after DeleteToken: nothing is made from it", True, session(server, xml)[0] in (400, 401))
    check("after DeleteToken: once more", 500, server.soap("DeleteToken", {"token": escaped(xml)}).status)


def mixed(rng, text):
    return "".join(rng.choice([it.lower(), it.upper()]) for it in text)


def spellings(server, xml):
    """Paths, schemes, headers and names in JSON, in any case. That a name was known shows in that its value is judged."""
    rng = random.Random(15)
    names = ["apiKey", "userid", "apiToken", "environmentKey", "otp"]
    with Wire(server.port) as wire:
        for _ in range(SPELLINGS):
            path, scheme, field = mixed(rng, f"{REST}/metainfo"), mixed(rng, "AfasToken"), mixed(rng, "Authorization")
            status = wire.ask("GET", path, headers=[(field, f"{scheme} {plain(xml)}")]).status
            check(f"{path}, {field}: {scheme}", 200, status)
            name, path = mixed(rng, rng.choice(names)), mixed(rng, f"{REST}/otpvalidation")
            check(f"{path}, {name}", 400, wire.ask("POST", path, json.dumps({name: [1]}).encode()).status)


def bodies(server, xml):
    """A body on GET is ignored. The server may close the connection then, but must have said so."""
    for number in range(BODIES):
        body = [b"null", b"{", b"\xff\xfe", b"x" * 4000][number % 4]
        with Wire(server.port) as wire:
            for _ in range(2):
                answer = wire.ask("GET", f"{REST}/metainfo", body, [afas(xml)])
                check(f"GET with {body[:9]!r}", 200, answer.status)
                if answer.closes:
                    check(f"GET with {body[:9]!r}: it is closed", b"", wire.sock.recv(1))
                    break
    with Wire(server.port) as wire:
        answer = wire.ask("GET", f"{REST}/metainfo", headers=[afas(xml), ("Connection", "close")])
        check("Connection: close", (200, True, b""), (answer.status, answer.closes, wire.sock.recv(1)))


def codes(server):
    """A code is good once, wherever it is sent; another one is not made at once; it outlives a restart."""
    code = server.code("again")
    before = server.seen()
    for _ in range(3):
        check("again: resent", 201, server.post("otprequest", server.who("again")).status)
    check("again: no other mail", set(), server.seen() - before)
    check("again: the code", 200, server.post("otpvalidation", {**server.who("again"), "otp": code}).status)
    check("again: by REST", 401, server.post("otpvalidation", {**server.who("again"), "otp": code}).status)
    soap = {"userId": "again", "apiKey": server.keys["again"], "environmentKey": server.environment_key, "otp": code}
    check("again: by SOAP", 500, server.soap("GetTokenFromOTP", soap).status)
    check("another's code", 401, server.post("otpvalidation", {**server.who("soap"), "otp": code}).status)
    spaced(server)
    asked = {name: server.code(name) for name in ["restart", "killed"]}
    server.restart()
    found = server.post("otpvalidation", {**server.who("restart"), "otp": asked["restart"]})
    check("a restart in between", 200, found.status)
    server.restart("kill")
    xml = json.loads(found.body)["token"]
    check("a kill after it: the token", 200, server.ask("GET", f"{REST}/metainfo", headers=[afas(xml)]).status)
    found = server.post("otpvalidation", {**server.who("killed"), "otp": asked["killed"]})
    check("a kill in between", 200, found.status)


def spaced(server):
    """Codes as people type them."""
    code = server.code("spaces")
    soap = {"userId": "spaces", "apiKey": server.keys["spaces"], "environmentKey": server.environment_key,
            "otp": f"\n {code[:2]} {code[2:5]}  {code[5:]} "}
    answer = server.soap("GetTokenFromOTP", soap)
    check("spaces, by SOAP", (200, True), (answer.status, b"GetTokenFromOTPResult" in answer.body))
    code = server.code("closing")
    with Wire(server.port) as wire:
        answer = wire.ask("POST", f"{REST}/otpvalidation", json.dumps(
            {**server.who("closing"), "otp": f" {code} "}).encode(), [("Connection", "close")])
        check("Connection: close on otpvalidation", (200, True, b""), (answer.status, answer.closes, wire.sock.recv(1)))
    # The path is what counts, whatever comes behind it.
    check("the WSDL in any case", 200, server.ask("GET", f"{SOAP.upper()}?wsdl").status)


def all_but_the_last_byte(sock):
    """Reads an answer until only its last byte lacks, at once: that comes a moment later."""
    answer = b""
    while True:
        answer += sock.recv(1 << 14)
        head, _, body = answer.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        if length and len(body) >= int(length.group(1)) - 1:
            return


def closed_early(server):
    """A client that is closed, and not reset, before the last byte comes. Its system has ended the connection properly,
    and ours would take the byte."""
    withdrawn = 0
    for name in LACKING:
        code = server.code(name)
        body = json.dumps({**server.who(name), "otp": code}).encode()
        with Wire(server.port) as wire:
            wire.sock.sendall(exchange.head("POST", f"{REST}/otpvalidation", [
                ("Host", "127.0.0.1"), ("Content-Length", str(len(body)))]) + body)
            all_but_the_last_byte(wire.sock)
        time.sleep(0.5)
        again = server.post("otpvalidation", {**server.who(name), "otp": code}).status
        withdrawn += again == 200
        tokens = json.loads(server.home.must(f"token list {name} --all -o json"))
        check(f"{name}: valid tokens, after {again}", 1, [it["state"] for it in tokens].count("active"))
    # The last byte may have come before a client of a slow machine was closed.
    check("codes of clients that lacked the last byte are good again", True, withdrawn > 0)
    print(f"  {len(LACKING)} clients were closed before the last byte: {withdrawn} codes were good again", flush=True)


def gone_away(server):
    """A client that goes away while its code is exchanged: it has its token, or the code is good again; never both,
    never neither."""
    came = collections.Counter()
    for number, name in enumerate(LEAVING):
        code = server.code(name)
        body = json.dumps({**server.who(name), "otp": code}).encode()
        with Wire(server.port) as wire:
            wire.sock.sendall(exchange.head("POST", f"{REST}/otpvalidation", [
                ("Host", "127.0.0.1"), ("Content-Length", str(len(body)))]) + body)
            time.sleep(number * STEP)
            # It is reset, and not closed: the server notices as soon as it sends.
            wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        time.sleep(0.5)
        again = server.post("otpvalidation", {**server.who(name), "otp": code}).status
        came[again] += 1
        tokens = json.loads(server.home.must(f"token list {name} --all -o json"))
        check(f"{name}: valid tokens, after {again}", 1, [it["state"] for it in tokens].count("active"))
    withdrawn = (server.home.root / "log").read_bytes().count(b'"undelivered"')
    print(f"  {len(LEAVING)} clients went away: {came[200]} codes were good again ({withdrawn} tokens were withdrawn), "
          f"{came[401]} had their token", flush=True)
