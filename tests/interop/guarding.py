"""`hallpass serve`, with a store that has something of each kind of token."""

import socket
import subprocess
import time

import exchange
import lab

# Where the clients are, as address rules have it.
ADDRESS = "127.0.0.9"


class Server:
    """`hallpass serve`, with a store that has something of each kind."""

    def __init__(self, folder):
        self.home = lab.Home(folder / "home")
        self.port = exchange.free_port()
        for line in ["init --new-key-file {home}/keys/store.key --no-recovery", "environment add test",
                     "connection add app", "connection add other", "profile add ann --connection app",
                     "profile edit ann --add-connection other", "profile add guessed --connection app"]:
            self.home.must(line)
        self.home.write("password", b"correct horse battery staple 42\n")
        self.home.must("password set ann --password-file {home}/password")
        self.home.must("password set guessed --password-file {home}/password")
        self.tokens = {name: self.token(name, more) for name, more in {
            "good": "", "other": "--connection other", "test": "--environment test --connection app",
            "here": f"--allow-ip {ADDRESS}/32", "elsewhere": "--allow-ip 192.0.2.0/24", "short": f"--expires {soon()}",
            "asleep": "", "afas": "--form header"}.items()}
        self.home.must("token suspend ann/asleep")
        self.home.must(f"store backup {folder}/old.db")
        self.old = folder / "old.db"
        self.start()

    def token(self, name, more=""):
        more = more if "--connection" in more else f"--connection app {more}"
        return self.home.must(f"token add ann/{name} {more}").decode().strip()

    def start(self):
        with (self.home.root / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [lab.BINARY, "serve", "--listen", f"127.0.0.1:{self.port}", "--metrics-listen", "off",
                 "--trust-proxy", "127.0.0.1/32"],
                env=self.home.environment(), stdin=subprocess.DEVNULL, stderr=log)
        until = time.monotonic() + exchange.PATIENCE
        while self.status() != 401:
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError((self.home.root / "log").read_text())
            time.sleep(0.05)

    def status(self):
        """What hallpass itself answers without a credential."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as sock:
                sock.sendall(exchange.head("GET", "/verify?connection=app", [("Host", "x")]))
                return exchange.Answer(sock, "GET").status
        except OSError:
            return None

    def kill(self):
        self.process.kill()
        self.process.wait()


def soon():
    """A time that is over before it matters."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
