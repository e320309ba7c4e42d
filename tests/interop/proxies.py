"""The set-ups of docs/deploy, through the proxies themselves: nginx, Caddy and HAProxy, and imitations of
Traefik and Envoy. An echo behind them shows what an application gets, and a tap what hallpass is asked.
"""

import base64
import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import echoing
import exchange
import fronts
import lab
import origins
import walk
from guarding import ADDRESS, Server

IDENTITY = ["Profile", "Token", "Token-Id", "Connection", "Environment", "Device", "Expires"]
# Of the prefix, and of the end: as headers are written, and as some applications read them.
SPELLINGS = [str, str.lower, str.upper, str.swapcase, lambda it: it.replace("-", "_"),
             lambda it: it.replace("-", "_").lower(), lambda it: it.replace("-", "_").upper(),
             lambda it: it.replace("-", "."), lambda it: it.replace("-", ".").lower(),
             lambda it: it.replace("-", "_", 1), lambda it: it.replace("-", ".", 1),
             lambda it: it.replace("-", ".").upper()]
REFUSALS = 10_000
POOL = 16

problems = []
checks = 0


def check(what, expected, found):
    global checks
    checks += 1
    if expected != found and not (isinstance(expected, set) and found in expected):
        problems.append(f"{what}: {found!r}, and not {expected!r}")


def bearer(token):
    return ("Authorization", f"Bearer {token}")


def basic(user, password):
    return ("Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())


def ask(front, *headers, host="app.example.com", source=ADDRESS, **more):
    with exchange.Client(front, source, host) as client:
        return client.ask(headers=headers, **more)


def timed(front, *headers):
    began = time.monotonic()
    return ask(front, *headers), time.monotonic() - began


def echoed(answer):
    """The headers that the application got, by name."""
    found = {}
    for name, value in json.loads(answer.body)["headers"]:
        found.setdefault(name.lower(), []).append(value)
    return found


def identity_headers(front, server):
    """1: the application sees our identity headers and no others, however the client spells its own."""
    token = server.tokens["good"]
    shown = json.loads(server.home.must("token show ann/good -o json"))
    ours = {"profile": "ann", "token": "good", "token-id": shown["id"], "connection": "app",
            "environment": "production", "device": "-"}
    for number, spelling in enumerate(SPELLINGS):
        sent = [(spelling(f"Hallpass-{name}"), "mallory") for name in IDENTITY]
        plain = sent[0][0].lower().startswith("hallpass-")
        answer = ask(front, bearer(token), *sent)
        what = f"{front.name}: {sent[2][0]}"
        # nginx drops names with other characters; all others refuse them.
        check(what, 200 if plain or "nginx" in front.name else {400, 403}, answer.status)
        if answer.status != 200:
            continue
        found = {name: values for name, values in echoed(answer).items()
                 if name.replace("_", "-").replace(".", "-").startswith("hallpass-")}
        check(f"{what}: names", sorted(f"hallpass-{name.lower()}" for name in IDENTITY), sorted(found))
        for name, value in ours.items():
            check(f"{what}: {name}", [value], found.get(f"hallpass-{name}"))
        check(f"{what}: expires", [shown["expires_at"]], found.get("hallpass-expires"))
        if number == 0:
            check(f"{what}: without a credential", 401, ask(front, *sent).status)


def credentials_stay(front, server):
    """2: the application sees no credential of ours; in the second variant, its own."""
    token = server.tokens["good"]
    own = "Basic b3duOmxvZ2lu"
    for host, sent, seen in [("app", [bearer(token)], None), ("app", [("X-Api-Key", token)], None),
                             ("own", [("X-Api-Key", token), ("Authorization", own)], [own])]:
        if host == "own" and front.name == "envoy":
            continue
        front.tap.asked()
        answer = ask(front, *sent, ("Proxy-Authorization", "Basic Zm9vOmJhcg=="), ("Cookie", "login=theirs"),
                     host=f"{host}.example.com")
        what = f"{front.name}: {host}, {sent[0][0]}"
        check(what, 200, answer.status)
        if answer.status != 200:
            continue
        found = echoed(answer)
        check(f"{what}: Authorization", seen, found.get("authorization"))
        check(f"{what}: X-Api-Key", None, found.get("x-api-key"))
        check(f"{what}: Proxy-Authorization", None, found.get("proxy-authorization"))
        check(f"{what}: Cookie", ["login=theirs"], found.get("cookie"))
        check(f"{what}: the token anywhere", False, token in answer.body.decode())
        asked = front.tap.asked().lower()
        check(f"{what}: hallpass is asked", True, "/verify?connection=app" in asked or "/authz/app" in asked)
        check(f"{what}: cookies in the question", front.name == "traefik", "cookie:" in asked)
    check(f"{front.name}: own, no key", 401 if front.name != "envoy" else 404,
          ask(front, bearer(token), host="own.example.com").status)


def verdicts(front, server):
    """7: each reason, with the credential in each form."""
    tokens = server.tokens
    fresh = server.token(f"fresh-{front.name.replace(' ', '-')}")
    check(f"{front.name}: before it is revoked", 200, ask(front, bearer(fresh)).status)
    server.home.must(f"token revoke ann/fresh-{front.name.replace(' ', '-')}")
    xml = f"<token><version>1</version><data>{tokens['good']}</data></token>"
    for what, status, header in [
            ("good", 200, bearer(tokens["good"])), ("revoked", 401, bearer(fresh)),
            ("suspended", 401, bearer(tokens["asleep"])), ("expired", 401, bearer(tokens["short"])),
            ("malformed", 401, bearer("hpass_x")), ("wrong connection", 403, bearer(tokens["other"])),
            ("wrong environment", 403, bearer(tokens["test"])), ("address", 200, bearer(tokens["here"])),
            ("wrong address", 403, bearer(tokens["elsewhere"])), ("no scheme", 401, ("Authorization", tokens["good"])),
            ("AfasToken of nothing", 401, ("Authorization", "AfasToken " + base64.b64encode(xml.encode()).decode())),
            ("Basic, token", 200, basic("token", tokens["good"])), ("Basic, user", 200, basic("ann", tokens["good"])),
            ("Basic, password", 200, basic("ann", "correct horse battery staple 42")),
            ("Basic, wrong user", 401, basic("bob", tokens["good"])), ("nothing", 401, ("Accept", "*/*"))]:
        answer = ask(front, header)
        check(f"{front.name}: {what}", status, answer.status)
        if status == 401:
            check(f"{front.name}: {what}: challenge", True, answer.first("WWW-Authenticate", "").startswith("Bearer"))
    _, _, header = server.tokens["afas"].rpartition("Authorization: ")
    check(f"{front.name}: AfasToken", 200, ask(front, ("Authorization", header)).status)


def git(front, server, folder):
    """7: clients that wait to be asked."""
    if front.name == "envoy":
        return
    host = "git.example.com"
    answer = ask(front, host=host)
    check(f"{front.name}: challenge", ['Basic realm="hallpass", charset="UTF-8"'], answer.all("WWW-Authenticate"))
    scheme = "https" if front.tls else "http"
    url = f"{scheme}://{host}:{front.port}"
    server.home.write("token", server.tokens["good"].encode())
    helper = f"!f() {{ echo username=token; echo password=$(cat {server.home.root}/token); }}; f"
    done = subprocess.run(["git", "-c", "http.sslVerify=false", "-c", f"credential.helper={helper}",
                           "-c", f"http.curloptResolve={host}:{front.port}:127.0.0.1",
                           "ls-remote", f"{url}/git/repo.git"], capture_output=True, check=False, timeout=60,
                          env={"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_TERMINAL_PROMPT": "0"})
    check(f"{front.name}: git ({done.stderr.decode().strip()})", True, b"refs/heads/main" in done.stdout)
    config = f'user = "token:{server.tokens["good"]}"\nresolve = {host}:{front.port}:127.0.0.1\n'
    done = subprocess.run(["curl", "--silent", "--insecure", "--anyauth", "--output", "/dev/null", "--write-out",
                           "%{http_code}", "--config", "-", f"{url}/"], input=config.encode(),
                          capture_output=True, check=False, timeout=60)
    check(f"{front.name}: curl --anyauth", b"200", done.stdout)


def odd_requests(front, server):
    """5: what is no plain GET; and the connection goes on afterwards."""
    good = bearer(server.tokens["good"])
    with exchange.Client(front, ADDRESS) as client:
        for method in ["GET", "HEAD", "OPTIONS", "PROPFIND", "DELETE"]:
            check(f"{front.name}: {method}", 200, client.ask(method, "/dav", [good]).status)
        cookie = ("Cookie", "a=" + "x" * 48 * 1024)
        check(f"{front.name}: cookies", 200, client.ask(headers=[good, cookie]).status)
        client.send("POST", "/", [good, ("Content-Length", "100")])
        time.sleep(0.3)
        client.sock.sendall(b"x" * 100)
        answer = exchange.Answer(client.sock, "POST")
        check(f"{front.name}: body", (200, 100), (answer.status, json.loads(answer.body or b"{}").get("body")))
        answer = client.ask(path="/fails", headers=[good])
        check(f"{front.name}: 500 of the application", (500, b"by the application"), (answer.status, answer.body))
        check(f"{front.name}: afterwards", 200, client.ask(headers=[good]).status)
    with exchange.Client(front, ADDRESS) as client:
        began = time.monotonic()
        client.send("POST", "/", [("Content-Length", "100")])
        if front.name == "caddy":
            # It has the verdict at once, and answers when the body is there.
            while "/verify" not in "".join(map(str, front.tap.questions)) and time.monotonic() - began < 2:
                time.sleep(0.01)
            client.sock.sendall(b"x" * 100)
        check(f"{front.name}: no body, no credential", 401, exchange.Answer(client.sock, "POST").status)
        check(f"{front.name}: it does not wait for the body", True, time.monotonic() - began < 2)
    asked = front.tap.asked().lower()
    check(f"{front.name}: a length in the question", False, "content-length: 1" in asked)
    preflight = [("Origin", "https://example.org"), ("Access-Control-Request-Method", "PUT")]
    check(f"{front.name}: preflight", 401, ask(front, *preflight, method="OPTIONS").status)
    if front.name != "envoy":
        for sent, status in [(preflight, 200), (preflight[:1], 401), ([], 401)]:
            answer = ask(front, *sent, method="OPTIONS", host="own.example.com")
            check(f"{front.name}: preflight allowed, {len(sent)}", status, answer.status)
            if answer.status == 200:
                check(f"{front.name}: preflight as nobody", ["-"], echoed(answer).get("hallpass-profile"))
        check(f"{front.name}: no preflight", 401, ask(front, *preflight, host="own.example.com").status)
    socket_up(front, good)


def socket_up(front, good):
    upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
               ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]
    with exchange.Client(front, ADDRESS) as client:
        check(f"{front.name}: WebSocket, no credential", 401, client.ask(headers=upgrade).status)
    with exchange.Client(front, ADDRESS) as client:
        check(f"{front.name}: WebSocket", 101, client.ask(headers=[good, *upgrade]).status)
        client.sock.sendall(b"to and fro")
        check(f"{front.name}: WebSocket, echo", b"to and fro", client.sock.recv(100))
    check(f"{front.name}: after WebSocket", 200, ask(front, good).status)


def addresses(front, server):
    """6: nobody tells hallpass where it is."""
    here = bearer(server.tokens["here"])
    away = "127.0.0.10"
    check(f"{front.name}: from there", 403, ask(front, here, source=away).status)
    for name in ["X-Forwarded-For", "x-forwarded-for", "X-Real-Ip", "Forwarded", "X-Client-Ip", "True-Client-Ip"]:
        value = f"for={ADDRESS}" if name == "Forwarded" else ADDRESS
        answer = ask(front, here, (name, value), source=away)
        check(f"{front.name}: forged {name}", 403, answer.status)
        good = ask(front, here, (name, value.replace(ADDRESS, away)))
        check(f"{front.name}: {name} of somebody else", 200, good.status)
        if good.status == 200 and front.tls:
            found = echoed(good)
            check(f"{front.name}: {name} at the application", True, found.get("x-forwarded-for") == [ADDRESS])
            check(f"{front.name}: X-Real-Ip", True, found.get("x-real-ip", [ADDRESS]) == [ADDRESS])
    for what, forged in {
            "several lines": [("X-Forwarded-For", ADDRESS), ("X-Forwarded-For", ADDRESS)],
            "leftmost": [("X-Forwarded-For", f"{ADDRESS}, {away}")],
            "rightmost": [("X-Forwarded-For", f"{away}, {ADDRESS}")],
            "trusted": [("X-Forwarded-For", f"{ADDRESS}, 127.0.0.1")],
            "a hop's": [("Connection", "X-Forwarded-For"), ("X-Forwarded-For", ADDRESS)],
            "a hop's, kept": [("Connection", "keep-alive, X-Forwarded-For, X-Real-Ip"), ("X-Real-Ip", ADDRESS)]}.items():
        check(f"{front.name}: {what}", 403, ask(front, here, *forged, source=away).status)
        check(f"{front.name}: {what}, right", 200, ask(front, here, *forged).status)


def pool(front):
    """4, 8: refusals do not use up connections. Sixteen clients at a time, as many as are kept."""
    def refused(_):
        with exchange.Client(front, ADDRESS) as client:
            return {client.ask().status for _ in range(REFUSALS // POOL)}
    before = front.tap.connections
    with concurrent.futures.ThreadPoolExecutor(POOL) as workers:
        statuses = set().union(*workers.map(refused, range(POOL)))
    used = front.tap.connections - before
    check(f"{front.name}: refusals", {401}, statuses)
    check(f"{front.name}: at most 64 connections for {REFUSALS} refusals ({used})", True, used <= 64)
    print(f"  {front.name}: {REFUSALS} refusals, {used} connections")


def too_many(every, server):
    """3: wrong passwords are slowed, and say for how long; a token is not."""
    for _ in range(40):
        if ask(every[0], basic("guessed", "wrong"), source="127.0.0.77").status == 429:
            break
    for front in every:
        # The budget fills again, a try at a time.
        for _ in range(5):
            answer = ask(front, basic("guessed", "wrong"), source="127.0.0.77")
            if answer.status == 429:
                break
        check(f"{front.name}: too many", 429, answer.status)
        check(f"{front.name}: Retry-After", True, (answer.first("Retry-After") or "").isdigit())
        check(f"{front.name}: a token meanwhile", 200,
              ask(front, bearer(server.tokens["good"]), source="127.0.0.77").status)


def closed(every, server, what, statuses, retry=True):
    """3: no verdict, no entry."""
    headers = [(), (bearer(server.tokens["good"]),)]
    jobs = [(front, sent) for front in every for sent in headers]
    with concurrent.futures.ThreadPoolExecutor(len(jobs)) as workers:
        answers = list(workers.map(lambda job: timed(job[0], *job[1]), jobs))
    for (front, sent), (answer, took) in zip(jobs, answers):
        named = f"{front.name}: {what}{', with a token' if sent else ''}"
        # The timeouts of nginx add up to 9 s: to connect, to send, and to read.
        check(f"{named}: within 10 s ({took:.1f} s)", True, took < 10)
        expected = statuses.get(front.name, 503)
        check(named, expected, answer.status)
        if retry and front.name in ["nginx", "haproxy"]:
            check(f"{named}: Retry-After", True, (answer.first("Retry-After") or "").isdigit())


def outages(every, server, application):
    good = bearer(server.tokens["good"])
    asked = application.asked
    server.process.send_signal(signal.SIGSTOP)
    closed(every, server, "stopped", {"caddy": 504, "traefik": 500})
    server.process.send_signal(signal.SIGCONT)
    for front in every:
        check(f"{front.name}: goes on", 200, ask(front, good).status)
    came = application.asked - asked - len(every)
    check("what reached the application while hallpass was stopped", 0, came)
    server.kill()
    closed(every, server, "killed", {"caddy": 502, "traefik": 500})
    for front in every:
        front.tap.cut()
    closed(every, server, "nobody listens", {"caddy": 502, "traefik": 500})
    for front in every:
        front.tap.mend()
    server.start()
    for front in every:
        check(f"{front.name}: is back", 200, ask(front, good).status)
    roll_back(every, server)


def roll_back(every, server):
    """An old store, in which more is valid, put into the place of the one that is served."""
    for sidecar in ["-wal", "-shm"]:
        server.home.store.with_name(server.home.store.name + sidecar).unlink(missing_ok=True)
    server.home.store.write_bytes(server.old.read_bytes())
    until = time.monotonic() + exchange.PATIENCE
    while server.status() != 503 and time.monotonic() < until:
        time.sleep(0.05)
    closed(every, server, "rolled back", {})
    for front in every:
        if front.name == "envoy":
            continue
        answer = ask(front, bearer(server.tokens["good"]))
        check(f"{front.name}: rolled back, Retry-After", True, (answer.first("Retry-After") or "").isdigit())


def cached(front, server, folder):
    """8: with a cache for everything, `no-store` alone keeps verdicts out of it."""
    verdicts(front, server)
    names = [path for path in (folder / "cache").rglob("*") if path.is_file()]
    kept = [path.read_bytes().split(b"\nKEY: ")[1].split(b"\n")[0] for path in names]
    check("in the cache: answers of the application", True, bool(kept))
    check("verdicts in the cache", [], [key for key in kept if not key.startswith(b"http://application/")])


def drive(folder, server, application):
    real, imitated = fronts.all_of_them(folder, server.port, application)
    every = real + imitated
    for front in every:
        began = time.monotonic()
        for point in [identity_headers, credentials_stay, verdicts, odd_requests, addresses]:
            attempt(front, point, front, server)
        attempt(front, git, front, server, folder)
        if front.tls:
            attempt(front, origins.judge, front, server, check)
            attempt(front, pool, front)
        print(f"  {front.name}: {time.monotonic() - began:.1f} s")
    caching = fronts.caching_nginx(folder, server.port, application)
    attempt(caching, cached, caching, server, folder)
    statuses, said = walk.run(folder)
    check(f"README.md, behind a proxy: {said if statuses != ['200', '401'] else ''}", ["200", "401"], statuses)
    too_many(every, server)
    outages(every, server, application)


def attempt(front, point, *given):
    """A proxy that does not answer fails its point, and not the others."""
    try:
        point(*given)
    except (OSError, exchange.HTTPException) as error:
        problems.append(f"{front.name}: {point.__name__}: {error!r}: {front.log.read_text()[-400:] if front.tls else ''}")


def main():
    # Proxies that drop their rights cannot enter a folder of root.
    with lab.scratch() as name:
        folder = Path(name)
        folder.chmod(0o755)
        fronts.certificate(folder)
        application = echoing.Application(fronts.repository(folder))
        server = Server(folder)
        time.sleep(2)  # the short token expires
        try:
            drive(folder, server, application)
        finally:
            fronts.stop_all()
            server.kill()
            for problem in problems:
                print(f"  BAD: {problem}")
    print(f"proxies: {checks} checks, {len(problems)} bad")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
