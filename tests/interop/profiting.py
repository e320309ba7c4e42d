"""`hallpass serve` with the Profit flow, a real mail server behind it, and applications before it."""

import base64
import contextlib
import json
import re
import socket
import subprocess
import time
from pathlib import Path

import exchange
import lab
import mailserver
import serving

REST, SOAP = "/profitrestservices", "/profitservices/TokenConnector.asmx"
CODE = re.compile(rb"^(\d{8})\r$", re.MULTILINE)
# A token as the wire has it: the whole XML, with a line break behind it.
XML = re.compile(r"<token><version>1</version><data>([0-9A-F]{64})</data></token>\r\n")
FORBIDDEN = [b"panicked", b"RUST_BACKTRACE"]

problems = []
checks = 0


def check(what, expected, found):
    """Counts, and keeps what is not as it should be."""
    global checks
    checks += 1
    if expected != found:
        problems.append(f"{what}: {found!r}, and not {expected!r}")


class Server:
    """A store whose mail goes to a real server, and `hallpass serve` before it."""

    def __init__(self, folder, ports, mails, doors="verify,token,introspect,profit"):
        self.home, self.mails, self.doors = lab.Home(folder), mails, doors
        self.process, self.port, self.logged = None, exchange.free_port(), 0
        self.home.must("init --new-key-file {home}/keys/store.key --no-recovery")
        self.home.write("right", mailserver.PASSWORD.encode() + b"\n")
        user = mailserver.USER.replace("@", "%40")
        self.home.must(f"mail set smtp://{user}@localhost:{ports[0]} --from noreply@example.com"
                       f" --ca-file {mails}/ca.pem --password-file {{home}}/right")
        [shown] = json.loads(self.home.must("environment list -o json"))
        self.environment_key, self.environment = self.shown_key("environment", shown["name"]), shown["name"]
        self.keys, self.service, self.letters = {}, None, {}

    def shown_key(self, kind, name):
        shown = json.loads(self.home.must(f"{kind} show {name} -o json"))
        return shown["api_key"] if kind == "connection" else shown["key"]

    def connection(self, name):
        """A new connection, and a profile of the same name that may use it."""
        self.home.must(f"connection add {name}")
        self.keys[name] = self.shown_key("connection", name)
        self.home.must(f"profile add {name} --connection {name} --email {name}@example.com")

    def who(self, name):
        """What an application knows, as the names in JSON are."""
        return {"apiKey": self.keys[name], "userid": name, "apiToken": self.environment_key}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        log = self.home.root / "log"
        self.logged = log.stat().st_size if log.exists() else 0
        with (self.home.root / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [lab.BINARY, "serve", "--listen", f"127.0.0.1:{self.port}", "--metrics-listen", "off",
                 "--doors", self.doors],
                env=self.home.environment(), stdin=subprocess.DEVNULL, stderr=log)
        serving.until(lambda: self.process.poll() is not None or serving.get(self.port, "/"), "a server")
        if self.process.poll() is not None:
            raise AssertionError((self.home.root / "log").read_text()[-2000:])

    def end(self, how="terminate"):
        getattr(self.process, how)()
        self.process.wait(lab.PATIENCE)

    def restart(self, how="terminate"):
        self.end(how)
        self.start()

    def epoch(self):
        return json.loads(self.home.must("store check -o json"))["epoch"]

    def memory(self, which="VmRSS"):
        """What the server holds, in MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{which}:\s+(\d+) kB", status).group(1)) / 1024

    def seen(self):
        """The names of the mails that are there."""
        return {it.name for it in self.mails.glob("*.mail")}

    def codes(self, after=()):
        """The newest code that came to each address, but for the mails of before."""
        found = {}
        for path in sorted(self.mails.glob("*.mail"), key=lambda it: int(it.stem)):
            if path.name in after:
                continue
            if path.name not in self.letters:
                mail = path.read_bytes()
                # A file that is being written has no end yet.
                if not (code := CODE.search(mail)):
                    continue
                self.letters[path.name] = mail.split(b"@", 2)[1].split()[1].decode(), code.group(1).decode()
            address, code = self.letters[path.name]
            found[address] = code
        return found

    def mailed(self, name, after=()):
        """The code that came for a profile, but for the mails of before."""
        return serving.until(lambda: self.codes(after).get(name), f"a mail for {name}")

    def settled(self):
        """Requests for codes are worked off after their answers: waits until those that this server answered are."""
        def none_is_left():
            with (self.home.root / "log").open("rb") as log:
                log.seek(self.logged)
                lines = log.read()
            ended = lines.count(b'"event":"code_request"') + lines.count(b'"event":"code_request_failed"')
            return lines.count(b'"reason":"accepted"') == ended
        # The line of an answer is written a moment after it.
        time.sleep(0.2)
        serving.until(none_is_left, "all requests for codes to be worked off")

    def ask(self, method, path, body=b"", headers=()):
        """One request on a connection of its own, as bytes."""
        with Wire(self.port) as wire:
            return wire.ask(method, path, body, headers)

    def post(self, path, document, **more):
        return self.ask("POST", f"{REST}/{path}", json.dumps(document).encode(), **more)

    def code(self, name):
        """Asks for a code, and reads it from the mail."""
        before = self.seen()
        check(f"{name}: otprequest", 201, self.post("otprequest", self.who(name)).status)
        return self.mailed(name, before)

    def token(self, name):
        """A token by the whole flow: its XML."""
        answer = self.post("otpvalidation", {**self.who(name), "otp": self.code(name)})
        check(f"{name}: otpvalidation", 200, answer.status)
        return json.loads(answer.body)["token"]

    def soap(self, method, parameters, prefix="", action=None):
        """A call whose parameters are text, or XML as it is."""
        given = "".join(f"<{name}>{value}</{name}>" for name, value in parameters.items())
        return self.envelope(f'{prefix}<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
                             f'<{method} xmlns="urn:Afas.Profit.Services">{given}</{method}></s:Body></s:Envelope>',
                             action or method)

    def envelope(self, text, method):
        body = text.encode() if isinstance(text, str) else text
        return self.ask("POST", SOAP, body, [("Content-Type", "text/xml; charset=utf-8"),
                                             ("SOAPAction", f'"urn:Afas.Profit.Services/{method}"')])

    def healthy(self, what):
        """It runs, and nothing in it has panicked."""
        log = (self.home.root / "log").read_bytes()
        check(f"{what}: it runs", None, self.process.poll())
        check(f"{what}: nothing panicked", [], [it for it in FORBIDDEN if it in log])


def profiles(server, named):
    """Declares connections, and the profiles that may use each: many at once."""
    lines = [f'[connections."{connection}"]' for connection in named]
    for connection, names in named.items():
        lines += [f'[profiles."{name}"]\nemail = "{name}@example.com"\nconnections = ["{connection}"]' for name in names]
    server.home.write("declared.toml", "\n".join(lines).encode() + b"\n")
    server.home.must("apply {home}/declared.toml")
    for connection, names in named.items():
        key = server.shown_key("connection", connection)
        server.keys.update({name: key for name in [connection, *names]})


class Wire:
    """A connection to the server."""

    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port), exchange.PATIENCE)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def ask(self, method, path, body=b"", headers=()):
        """Sends a request, and reads its answer. A server that has enough closes before it has all."""
        given = [("Host", "127.0.0.1"), *headers]
        if not any(name.lower() in ("content-length", "transfer-encoding") for name, _ in given):
            given.append(("Content-Length", str(len(body))))
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.sock.sendall(exchange.head(method, path, given) + body)
        return exchange.Answer(self.sock, method)


def afas(token):
    """The header that an application sends."""
    return ("Authorization", "AfasToken " + base64.b64encode(token.encode()).decode())


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Application:
    """A program that walks the flow by itself: it says `asked`, is given the code, and says what it saw."""

    FOLDER = Path(__file__).parent / "profit"

    def __init__(self, server, name, command):
        self.name = name
        words = [str(self.FOLDER / it) if (self.FOLDER / it).exists() else it for it in command]
        keys = server.who(name)
        self.process = subprocess.Popen(
            [*words, server.url, keys["apiKey"], keys["apiToken"], name], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=server.home.environment(), cwd=server.home.root)

    def says(self):
        """Its next line."""
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"{self.name}: {self.process.stderr.read()[-1500:]}")
        return line.strip()

    def saw(self):
        return json.loads(self.says())

    def is_told(self, line):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def ends(self):
        """It has nothing more to say, and all went well with it."""
        out, err = self.process.communicate(timeout=lab.PATIENCE)
        check(f"{self.name}: how it ends", (0, "", ""), (self.process.returncode, out, err))


@contextlib.contextmanager
def store(folder, **more):
    """A server that runs, with its mail server."""
    mails = folder / "mails"
    with mailserver.serving(mails) as ports:
        server = Server(folder / "home", ports, mails, **more)
        try:
            yield server
        finally:
            if server.process and server.process.poll() is None:
                server.end()


def within(began):
    return f"{time.monotonic() - began:.1f} s"
