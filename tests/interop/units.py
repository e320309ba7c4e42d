"""The set-ups of docs/deploy: the units of systemd, and the container.

systemd judges its own files. What it would do is done here: sockets are handed over, the conversation
with the service manager is read, the key lies in a folder of credentials. Nothing of the machine is
changed, and no service manager needs to run. The container's layout is made from the lines of the
Containerfile, and entered in a user namespace.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import lab
import serving

DEPLOY = Path(__file__).resolve().parents[2] / "docs/deploy"
SYSTEMD = DEPLOY / "systemd"
UNITS = ["hallpass.service", "hallpass.socket", "hallpass-metrics.socket"]
EXPOSURE = 2.0
WATCHDOG = 1.0  # seconds
USER = 10001
# The filters of the service are those of systemd's sets with these names.
ALLOWED, DENIED, EXCEPT = ["@system-service"], ["@privileged", "@resources"], ["prlimit64"]

problems = []


def check(fine, what):
    if not fine:
        problems.append(what)


# What systemd says of the files.


def installed(scratch):
    """Copies of the units that name the program that is there, and its manual pages."""
    folder = Path(scratch) / "units"
    folder.mkdir()
    for name in UNITS:
        text = (SYSTEMD / name).read_text(encoding="utf-8")
        (folder / name).write_text(text.replace("/usr/bin/hallpass", lab.BINARY), encoding="utf-8")
    pages = Path(scratch) / "man/man1"
    shutil.copytree(DEPLOY.parents[1] / "man", pages)
    return folder, {"PATH": os.environ["PATH"], "MANPATH": str(pages.parent)}


def judged(scratch):
    """`systemd-analyze` finds nothing wrong, and little that the service could reach."""
    folder, environment = installed(scratch)
    files = [str(folder / name) for name in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", *files], env=environment, check=False,
                          capture_output=True, text=True)
    # Units of the machine itself are read too, and are none of our business.
    said = [line for line in done.stderr.splitlines() if "hallpass" in line]
    check(done.returncode == 0 and not said, f"verify: {done.returncode}: {done.stderr}")
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", files[0]],
                          check=False, capture_output=True, text=True)
    found = re.search(r"Overall exposure level for hallpass.service: ([0-9.]+)", done.stdout)
    check(found and float(found[1]) <= EXPOSURE, f"security: {done.stdout[-300:]}{done.stderr}")
    print(f"  exposure {found and found[1]}", flush=True)
    for script in [SYSTEMD / "hallpass-admin"]:
        done = subprocess.run(["sh", "-n", script], check=False, capture_output=True, text=True)
        check(done.returncode == 0 and os.access(script, os.X_OK), f"{script.name}: {done.stderr}")


def user_is_made(scratch):
    """`systemd-sysusers` makes the user of the service, who cannot log in."""
    root = Path(scratch) / "sysusers"
    (root / "etc").mkdir(parents=True)
    subprocess.run(["systemd-sysusers", f"--root={root}", SYSTEMD / "hallpass.sysusers"],
                   check=True, capture_output=True)
    passwd = (root / "etc/passwd").read_text(encoding="utf-8")
    check(re.search(r"^hallpass:x:\d+:\d+:hallpass:/var/lib/hallpass:/usr/sbin/nologin$", passwd, re.M),
          f"sysusers: {passwd}")


def calls_of(names):
    """The system calls in systemd's sets."""
    found = set()
    for name in names:
        if not name.startswith("@"):
            found.add(name)
            continue
        done = subprocess.run(["systemd-analyze", "syscall-filter", name], check=True,
                              capture_output=True, text=True)
        words = [line.strip() for line in done.stdout.splitlines()[1:]]
        found |= calls_of([word for word in words if word and not word.startswith("#")])
    return found


# A service manager, as far as the program can see.


class Manager:
    """What a program tells its service manager (sd_notify(3))."""

    def __init__(self, scratch):
        self.path = f"{scratch}/notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(lab.PATIENCE)

    def next(self):
        """What is told next, but for signs of life."""
        while True:
            told = self.told()
            if told != {"WATCHDOG": "1"}:
                return told

    def told(self):
        lines = self.socket.recv(4096).decode().splitlines()
        return dict(line.split("=", 1) for line in lines)


def home_of_service(scratch):
    """A home as docs/deploy/systemd.md makes it, with the settings there."""
    home = lab.Home(f"{scratch}/service")
    for name in ["store", "anchor", "key"]:
        (home.root / name).mkdir(mode=0o700)
    home.must("--store {home}/store/store.db --state-dir {home}/anchor init"
              " --new-key-file {home}/key/hallpass.key --no-recovery")
    check(not (home.root / "config").exists(), "`init` wrote settings")
    settings = (SYSTEMD / "config.toml").read_text(encoding="utf-8")
    home.write("config.toml", settings.replace("/var/lib/hallpass", str(home.root)).encode())
    # As systemd leaves it: in memory, for the user of the service alone.
    home.write("credentials/hallpass.key", unsealed(home, "hallpass.key"))
    (home.root / "credentials/hallpass.key").chmod(0o400)
    check(unsealed(home, "other.key") is None, "a credential has another name, and was taken")
    shutil.rmtree(home.root / "key")
    return home


def unsealed(home, name):
    """The key, sealed and unsealed under this name, without a secret of this machine."""
    key, sealed = home.root / "key/hallpass.key", home.root / f"sealed-{name}"
    creds = ["systemd-creds", "--with-key=tpm2-absent"]
    subprocess.run([*creds, "--name=hallpass.key", "encrypt", key, sealed], check=True, capture_output=True)
    done = subprocess.run([*creds, f"--name={name}", "decrypt", sealed, "-"], check=False, capture_output=True)
    return done.stdout if done.returncode == 0 else None


@contextlib.contextmanager
def running(command, **more):
    """A program that is ended at the end, with its log."""
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, **more)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()


def activated(home, scratch):
    """By its sockets, by their names: it starts with the first connection, and tells how it is."""
    manager = Manager(scratch)
    ports = [serving.free_port(), serving.free_port()]
    listen = [word for port in ports for word in ["--listen", f"127.0.0.1:{port}"]]
    said = {"CREDENTIALS_DIRECTORY": str(home.root / "credentials"), "NOTIFY_SOCKET": manager.path,
            "WATCHDOG_USEC": str(int(WATCHDOG * 1_000_000))}
    given = [f"--setenv={name}={value}" for name, value in said.items()]
    command = ["systemd-socket-activate", *listen, "--fdname=http:metrics", *given,
               lab.BINARY, "--config", str(home.root / "config.toml"), "serve"]
    with running(command, cwd=home.root, env=home.environment()) as process:
        serving.until(lambda: process.poll() is not None or is_listening(ports[0]), "a socket of the activator")
        begun = time.monotonic()
        check(serving.get(ports[0], "/verify") == 401, "the request that started it was not answered")
        ready = manager.next()
        check(ready.get("READY") == "1" and ready.get("STATUS"), f"at the start: {ready}")
        check(serving.get(ports[1], "/readyz") == 200, "the second socket is not that of the metrics")
        check(serving.get(ports[0], "/metrics") == 404, "the doors show metrics")
        reload_is_told(process, manager)
        lives = [manager.told() for _ in range(4)]
        check(lives == [{"WATCHDOG": "1"}] * 4, f"signs of life: {lives}")
        check(time.monotonic() - begun < 8 * WATCHDOG, "signs of life are late")
        process.send_signal(signal.SIGTERM)
        stopping = manager.next()
        check(stopping.get("STOPPING") == "1" and stopping.get("STATUS"), f"at the end: {stopping}")
        log = process.communicate(timeout=lab.PATIENCE)[1].decode()
        check(process.returncode == 0, f"ended with {process.returncode}: {log}")
        check("unused_socket" not in log, f"a socket has a name of its own: {log}")


def reload_is_told(process, manager):
    """A reload is over when the manager is told so; the time says which one it was."""
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    process.send_signal(signal.SIGHUP)
    reloading = manager.next()
    after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    at = int(reloading.get("MONOTONIC_USEC", 0))
    check(reloading.get("RELOADING") == "1" and before <= at <= after, f"a reload: {reloading}")
    ready = manager.next()
    check(ready.get("READY") == "1", f"after a reload: {ready}")


def is_listening(port):
    """Whether there is a listener, without connecting: a connection starts the program."""
    tables = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    rows = [line.split() for line in tables]
    return any(row[1].endswith(f":{port:04X}") and row[3] == "0A" for row in rows)


def filtered(home):
    """A server makes no call that the filter of the service refuses: to start, to answer, to reload,
    to end."""
    allowed = (calls_of(ALLOWED) - calls_of(DENIED)) | set(EXCEPT)
    text = (SYSTEMD / "hallpass.service").read_text(encoding="utf-8")
    filters = re.findall(r"^SystemCallFilter=(.*)$", text, re.M)
    check(filters == [" ".join(ALLOWED), "~" + " ".join(DENIED), " ".join(EXCEPT)],
          f"the filters of the unit are others: {filters}")
    traced = home.root / "traced"
    ports = [serving.free_port(), serving.free_port()]
    environment = home.environment() | {"CREDENTIALS_DIRECTORY": str(home.root / "credentials")}
    serve = ["--config", str(home.root / "config.toml"), "serve", "--listen", f"127.0.0.1:{ports[0]}",
             "--metrics-listen", f"127.0.0.1:{ports[1]}", "--doors", "verify,token,introspect"]
    # Not as root: SQLite would give its files to others.
    as_user = ["unshare", f"--map-user={USER}", f"--map-group={USER}"]
    command = [*as_user, "strace", "-f", "-qq", "-o", str(traced), lab.BINARY, *serve]
    with running(command, cwd=home.root, env=environment) as process:
        serving.until(lambda: process.poll() is not None or serving.get(ports[1], "/readyz") == 200,
                      "a server that is traced")
        if process.poll() is not None:
            raise AssertionError(f"the traced server ended: {process.stderr.read().decode()}")
        for path in ["/verify", "/self"]:
            check(serving.get(ports[0], path) == 401, path)
        serving.get(ports[1], "/metrics")
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        [server] = map(int, children.read_text(encoding="ascii").split())
        os.kill(server, signal.SIGHUP)
        serving.until(lambda: b'"reloaded"' in process.stderr.readline(), "a reload")
        os.kill(server, signal.SIGTERM)
        process.communicate(timeout=lab.PATIENCE)
    made = set(re.findall(r"^\d+ +(\w+)\(", traced.read_text(encoding="utf-8", errors="replace"), re.M))
    check({"execve", "accept4", "fdatasync"} & made, f"nothing was traced: {made}")
    check(not made - allowed, f"calls that the service may not make: {sorted(made - allowed)}")


# The container.


class Image:
    """What the Containerfile makes of its context, in a folder."""

    def __init__(self, scratch):
        self.root, self.context = Path(scratch) / "image", Path(scratch) / "context"
        self.root.mkdir()
        for name in ["store", "anchor"]:
            (self.context / "state" / name).mkdir(mode=0o700, parents=True)
        shutil.copy(DEPLOY / "container/passwd", self.context)
        shutil.copy(lab.BINARY, self.context / "hallpass")
        self.settings, self.words = {}, {}
        for line in (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                self.apply(*line.split(maxsplit=1))

    def apply(self, instruction, rest):
        if instruction == "COPY":
            self.copy(rest.split())
        elif instruction == "ENV":
            self.settings |= dict(pair.split("=", 1) for pair in rest.split())
        else:
            self.words[instruction] = rest

    def copy(self, words):
        options = dict(word[2:].split("=") for word in words if word.startswith("--"))
        source, target = [word for word in words if not word.startswith("--")]
        there = self.root / target.lstrip("/")
        there.parent.mkdir(parents=True, exist_ok=True)
        if (self.context / source).is_dir():
            shutil.copytree(self.context / source, there)
        else:
            shutil.copy(self.context / source, there)
            there.chmod(int(options["chmod"], 8))
        self.words.setdefault("owners", []).append(options["chown"])

    def command(self, *words, **settings):
        """The words that run a program in the container, as its user, and its environment."""
        enter = [shutil.which("unshare"), f"--map-user={USER}", f"--map-group={USER}",
                 f"--root={self.root}", "--wd=/"]
        return {"args": [*enter, *words], "env": self.settings | settings}

    def run(self, *words, **settings):
        return subprocess.run(**self.command(*words, **settings), check=False, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=lab.PATIENCE)


def contained(scratch):
    """From nothing: the store, the server, its health, its end."""
    image = Image(scratch)
    check(image.words["FROM"] == "scratch" and image.words["USER"] == f"{USER}:{USER}",
          f"{image.words}")
    check(image.words["owners"] == ["0:0", "0:0", f"{USER}:{USER}"], f"{image.words['owners']}")
    entry, usual = json.loads(image.words["ENTRYPOINT"]), json.loads(image.words["CMD"])
    probe = json.loads(image.words["HEALTHCHECK"].removeprefix("CMD "))
    keys = image.root / "keys"
    keys.mkdir(mode=0o700)
    key = {"HALLPASS_KEY_FILE": "/keys/hallpass.key"}
    port = serving.free_port()
    # Other ports than the usual: the machine has them, not the container.
    image.root.joinpath("settings.toml").write_text(
        f'[serve]\nlisten = ["127.0.0.1:{serving.free_port()}"]\nmetrics_listen = "127.0.0.1:{port}"\n')
    early = {"HALLPASS_CONFIG": "/settings.toml"}
    done = image.run(*entry, "init", "--store", image.settings["HALLPASS_STORE"], "--new-key-file",
                     "/keys/hallpass.key", "--recovery-file", "/keys/recovery.txt")
    check(done.returncode == 0, f"init: {done.stderr.decode()}")
    made = {str(path.relative_to(image.root)) for path in image.root.rglob("*") if path.is_file()}
    others = {it for it in made if not it.startswith(("var/lib/hallpass/store/", "var/lib/hallpass/anchor/"))}
    check(others == {"hallpass", "etc/passwd", "settings.toml", "keys/hallpass.key", "keys/recovery.txt"},
          f"files: {sorted(others)}")
    served(image, entry + usual, probe, port, key | early)
    anchored(image, entry, usual, key | early)


def served(image, command, probe, port, settings):
    check(image.run(*probe, **settings).returncode == 1, "healthy before the start")
    with running(**as_popen(image.command(*command, **settings))) as process:
        serving.until(lambda: process.poll() is not None or serving.get(port, "/readyz") == 200, "a server in a container")
        check(process.poll() is None, "the server ended")
        check(image.run(*probe, **settings).returncode == 0, "not healthy while it serves")
        process.send_signal(signal.SIGTERM)
        log = process.communicate(timeout=lab.PATIENCE)[1].decode()
        check(process.returncode == 0, f"ended with {process.returncode}: {log}")
    check(image.run(*probe, **settings).returncode == 1, "healthy after the end")


def as_popen(command):
    return {"command": command["args"], "env": command["env"]}


def anchored(image, entry, usual, settings):
    """Without an anchor it does not serve; another command makes one, and then it does."""
    folder = image.root / "var/lib/hallpass/anchor"
    mode = stat.S_IMODE(folder.stat().st_mode)
    shutil.rmtree(folder)
    folder.mkdir(mode=mode)
    check_serve = [*entry, *usual, "--check"]
    done = image.run(*check_serve, **settings)
    check(done.returncode == 31, f"served without an anchor: {done.returncode}: {done.stderr.decode()}")
    done = image.run(*entry, "store", "check", **settings)
    check(done.returncode == 0, f"store check: {done.stderr.decode()}")
    done = image.run(*check_serve, **settings)
    check(done.returncode == 0, f"with an anchor: {done.returncode}: {done.stderr.decode()}")


def main():
    with lab.scratch() as scratch:
        judged(scratch)
        user_is_made(scratch)
        home = home_of_service(scratch)
        activated(home, scratch)
        filtered(home)
        contained(scratch)
    for problem in problems:
        print(f"  BAD: {problem}")
    print(f"units: {len(problems)} bad")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
