"""The proxies, with the set-ups of docs/deploy: what is documented is what is started."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import exchange
import imitation

DEPLOY = Path(__file__).resolve().parents[2] / "docs/deploy"


running = []


def stop_all():
    """Ends what was started, whatever else went wrong."""
    for front in running:
        front.stop()


class Front:
    """A proxy in front of the application, with a tap on what it asks."""

    tls = True

    def __init__(self, name, folder, hallpass, application):
        self.name, self.application = name, application
        self.folder = folder / name
        self.folder.mkdir(mode=0o755)
        self.tap = exchange.Tap(hallpass)
        self.port, self.inner = exchange.free_port(), exchange.free_port()
        self.log = self.folder / "log"
        self.certificate = folder / "site.pem"

    def replaced(self, file, more):
        """A file of docs/deploy with this machine's ports: each is there, or the test is of no use."""
        text = (DEPLOY / file).read_text(encoding="utf-8")
        for old, new in more.items():
            if old not in text:
                raise AssertionError(f"{file}: no {old}")
            text = text.replace(old, new)
        path = self.folder / file
        path.write_text(text, encoding="utf-8")
        return path

    def start(self, command):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder),
                       "XDG_DATA_HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=environment, cwd=self.folder)
        running.append(self)
        until = time.monotonic() + exchange.PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError as error:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise AssertionError(f"{self.name}: {self.log.read_text()}") from error
                time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def nginx(folder, hallpass, application, name="nginx", more=None, ask=None):
    front = Front(name, folder, hallpass, application)
    for file in ["hallpass-pass.conf", "hallpass-refused.conf"]:
        front.replaced(file, {})
    front.replaced("hallpass-ask.conf", ask or {})
    path = front.replaced("nginx.conf", {
        "listen      443 ssl": f"listen 127.0.0.1:{front.port} ssl",
        "127.0.0.1:8787": f"127.0.0.1:{front.tap.port}",
        "127.0.0.1:3000": f"127.0.0.1:{application.port}",
        "/etc/ssl/example.pem": str(front.certificate),
        "/etc/ssl/private/example.key": str(front.certificate),
        **(more or {}),
    })
    path.write_text(f"pid {front.folder}/pid; daemon off; error_log stderr;\n" + path.read_text().replace(
        "\nhttp {\n", "\nhttp {\n" + "".join(
            f"{kind}_temp_path {front.folder}/{kind};" for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
        + f"access_log {front.folder}/access;\n"))
    return front.start(["nginx", "-p", str(front.folder), "-c", str(path)])


def caching_nginx(folder, hallpass, application):
    """nginx with a cache for everything, and without what keeps verdicts out of it: `no-store` is left."""
    cache = f"proxy_cache_path {folder}/cache keys_zone=all:1m; proxy_cache all; proxy_cache_valid any 1h; "
    return nginx(folder, hallpass, application, "caching-nginx",
                 {"proxy_cache off;": cache}, {"proxy_cache off;": ""})


def caddy(folder, hallpass, application):
    front = Front("caddy", folder, hallpass, application)
    sites = {f"{site}.example.com {{": f"{site}.example.com:{front.port} {{\n\tbind 127.0.0.1\n"
             f"\ttls {front.certificate} {front.certificate}" for site in ["app", "own", "git"]}
    path = front.replaced("Caddyfile", {"127.0.0.1:8787": f"127.0.0.1:{front.tap.port}",
                                        "127.0.0.1:3000": f"127.0.0.1:{application.port}", **sites})
    path.write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + path.read_text())
    return front.start(["caddy", "run", "--config", str(path), "--adapter", "caddyfile"])


def haproxy(folder, hallpass, application):
    front = Front("haproxy", folder, hallpass, application)
    inner = {"127.0.0.1:8789": f"127.0.0.1:{front.inner}"}
    script = front.replaced("hallpass.lua", inner)
    path = front.replaced("haproxy.cfg", {
        **inner, "bind :443": f"bind 127.0.0.1:{front.port}", "127.0.0.1:8787": f"127.0.0.1:{front.tap.port}",
        "127.0.0.1:3000": f"127.0.0.1:{application.port}", "/etc/haproxy/hallpass.lua": str(script),
        "/etc/ssl/private/example.pem": str(front.certificate)})
    return front.start(["haproxy", "-db", "-f", str(path)])


class Imitated(Front):
    """An imitation of a proxy that is not in Debian."""

    tls = False

    def __init__(self, name, kind, file, folder, hallpass, application):
        super().__init__(name, folder, hallpass, application)
        self.server = exchange.Server(kind(DEPLOY / file, self.tap.port, application.port).converse)
        self.port = self.server.port

    def stop(self):
        self.server.stop()


def all_of_them(folder, hallpass, application):
    """The real ones, then the imitations."""
    here = (folder, hallpass, application)
    return ([nginx(*here), caddy(*here), haproxy(*here)],
            [Imitated("traefik", imitation.Traefik, "traefik.yml", *here),
             Imitated("envoy", imitation.Envoy, "envoy.yaml", *here)])


def certificate(folder):
    """One for all sites, with its key in the same file."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-subj", "/CN=example.com", "-days", "2", "-keyout", folder / "key", "-out", folder / "cert",
                    "-addext", "subjectAltName=DNS:app.example.com,DNS:own.example.com,DNS:git.example.com"],
                   check=True, capture_output=True)
    (folder / "site.pem").write_bytes((folder / "cert").read_bytes() + (folder / "key").read_bytes())


def repository(folder):
    """A repository for readers that can do no more than get files."""
    work, bare = folder / "work", folder / "git/repo.git"
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    for command in [["init", "-q", work], ["-C", work, "commit", "-q", "--allow-empty", "-m", "x"],
                    ["clone", "-q", "--bare", work, bare], ["-C", bare, "update-server-info"]]:
        subprocess.run([*git, *map(str, command)], check=True, capture_output=True)
    shutil.rmtree(work)
    return folder / "git"
