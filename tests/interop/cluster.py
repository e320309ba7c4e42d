"""A cluster of PostgreSQL of our own, poolers in front of it, and links that are slow."""

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import lab
import serving

PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda it: int(it.parent.name))
AS_POSTGRES = {"user": "postgres", "group": "postgres", "extra_groups": []}
# What a machine of its own would have, but small.
SETTINGS = {"listen_addresses": "''", "max_connections": "200", "shared_buffers": "'64MB'", "logging_collector": "off",
            "max_wal_senders": "8", "wal_keep_size": "'256MB'", "hot_standby": "on", "wal_sender_timeout": "'2s'"}

problems = []


def check(fine, what):
    """Notes what is wrong, and goes on."""
    if not fine:
        problems.append(what)
        print(f"  BAD: {what}", flush=True)


@contextlib.contextmanager
def folder():
    """A folder that `postgres` can reach, and that is thrown away. Not in memory: containers have little."""
    with tempfile.TemporaryDirectory(prefix="hallpass-pg-", dir="/tmp") as made:
        Path(made).chmod(0o755)
        yield Path(made)


def space(root, name):
    """A folder of a part's own in it."""
    made = root / name
    made.mkdir(mode=0o755)
    return made


def owned(path):
    """A new folder of the user `postgres`."""
    path.mkdir(mode=0o755)
    shutil.chown(path, "postgres", "postgres")
    return path


def quietly(*command, **more):
    """Runs a command of PostgreSQL as its user."""
    done = subprocess.run([str(it) for it in command], check=False, capture_output=True, text=True, cwd="/",
                          **AS_POSTGRES, **more)
    if done.returncode:
        raise AssertionError(f"{command}: {done.returncode}: {done.stderr}")
    return done.stdout


def url(where, user="app", schema="hallpass", more=""):
    """The URL of a store behind a server or a pooler."""
    socket = str(where.socket).replace("/", "%2F")
    return f"postgres://{user}@{socket}:{where.port}/hallpass?schema={schema}{more}"


def psql(where, sql, user="postgres", database="hallpass", fine=True):
    """Runs SQL; returns what it printed."""
    command = [PROGRAMS / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", str(where.socket), "-p", str(where.port),
               "-U", user, "-d", database]
    done = subprocess.run(command, input=sql, check=False, capture_output=True, text=True, timeout=lab.PATIENCE)
    if fine and done.returncode:
        raise AssertionError(f"{sql[:200]}: {done.stderr}")
    return done.stdout.strip() if fine else done


class Cluster:
    """A server and its data, started as a child of ours and stopped by its pid."""

    def __init__(self, root, name="one", of=None, settings=()):
        self.place(root, name)
        if of:
            quietly(PROGRAMS / "pg_basebackup", "-D", self.data, "-h", of.socket, "-p", of.port, "-U", "postgres",
                    "-R", "--no-sync", "-c", "fast", "-X", "stream")
            standby = f"host={of.socket} port={of.port} user=postgres application_name={name}"
            self.set(primary_conninfo=f"'{standby}'")
        else:
            quietly(PROGRAMS / "initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8")
        self.own()
        self.set(**dict(settings))

    @classmethod
    def empty(cls, root, name):
        """A place for a server whose data come from elsewhere."""
        made = cls.__new__(cls)
        made.place(root, name)
        return made

    def place(self, root, name):
        self.root, self.name = owned(root / name), name
        self.data, self.socket, self.port = self.root / "data", self.root, serving.free_port()
        self.log, self.process = self.root / "log", None

    def own(self):
        """Sets what is its own in the settings."""
        self.set(**SETTINGS, unix_socket_directories=f"'{self.socket}'", port=self.port)

    def set(self, **settings):
        """Adds settings; the last of a name counts."""
        for file in ["postgresql.conf", "postgresql.auto.conf"]:
            with (self.data / file).open("a") as conf:
                conf.writelines(f"{name} = {value}\n" for name, value in settings.items())

    def start(self):
        """Starts it, also after it was killed: what it left behind is removed first."""
        for left in [self.socket / f".s.PGSQL.{self.port}", self.socket / f".s.PGSQL.{self.port}.lock"]:
            left.unlink(missing_ok=True)
        end = time.monotonic() + lab.PATIENCE
        while time.monotonic() < end:
            with self.log.open("ab") as log:
                self.process = subprocess.Popen([str(PROGRAMS / "postgres"), "-D", str(self.data)], stdout=log,
                                                stderr=log, stdin=subprocess.DEVNULL, cwd="/", **AS_POSTGRES)
            while self.process.poll() is None and time.monotonic() < end:
                if psql(self, "SELECT 1", database="postgres", fine=False).returncode == 0:
                    return self
                time.sleep(0.05)
            # Those of the server that was killed may still hold its memory.
            time.sleep(0.1)
        raise AssertionError(self.log.read_text()[-2000:])

    def reload(self):
        self.process.send_signal(signal.SIGHUP)
        time.sleep(0.2)

    def stop(self):
        """Ends it in order (SIGINT: `pg_ctl stop -m fast`)."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()

    def processes(self):
        """The server and all that it has started."""
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], check=False,
                                capture_output=True, text=True).stdout.split()
        return [self.process.pid, *map(int, listed)]

    def kill(self):
        """Kills all of its processes at once, as when its machine dies."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def promote(self):
        quietly(PROGRAMS / "pg_ctl", "promote", "-D", self.data, "-w")

    def prepare(self):
        """The roles and the database that all tests have."""
        psql(self, "CREATE ROLE owner LOGIN; CREATE ROLE app LOGIN; CREATE ROLE mere LOGIN;", database="postgres")
        psql(self, "CREATE DATABASE hallpass OWNER owner", database="postgres")
        return self


class Pooler:
    """pgbouncer in front of a server."""

    def __init__(self, root, server, mode, documented=None, name=None):
        self.socket, self.port, self.mode = owned(root / f"pooler-{name or mode}"), serving.free_port(), mode
        users = self.socket / "users"
        users.write_text("".join(f'"{name}" ""\n' for name in ["postgres", "owner", "app", "mere", "alice"]))
        settings = self.settings = self.socket / "pgbouncer.ini"
        modes = f"[databases]\n* = host={server.socket} port={server.port}\n[pgbouncer]\npool_mode = {mode}\n"
        settings.write_text(f"""{documented or modes}
unix_socket_dir = {self.socket}
listen_port = {self.port}
auth_type = trust
auth_file = {users}
max_client_conn = 500
default_pool_size = 40
server_connect_timeout = 2
server_login_retry = 1
""")
        with (self.socket / "log").open("wb") as log:
            self.process = subprocess.Popen(["/usr/sbin/pgbouncer", str(settings)], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, cwd="/", **AS_POSTGRES)
        serving.until(lambda: psql(self, "SELECT 1", fine=False).returncode == 0, "pgbouncer")

    def stop(self):
        self.process.kill()
        self.process.wait()


class Link:
    """A link to a server on which each message takes its time, and which can be cut."""

    def __init__(self, root, name, server, delay):
        self.socket, self.port, self.delay, self.open = root / f"link-{name}", serving.free_port(), delay, True
        self.socket.mkdir(mode=0o755)
        self.to = f"{server.socket}/.s.PGSQL.{server.port}"
        self.writers, self.loop = set(), asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        here = f"{self.socket}/.s.PGSQL.{self.port}"
        self.call(asyncio.start_unix_server(self.serve, here))
        Path(here).chmod(0o777)

    def call(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(lab.PATIENCE)

    async def serve(self, reader, writer):
        self.writers.add(writer)
        try:
            if not self.open:
                return
            back, forth = await asyncio.open_unix_connection(self.to)
            self.writers.add(forth)
            await asyncio.gather(self.carry(reader, forth), self.carry(back, writer))
        except OSError:
            pass
        finally:
            writer.close()

    async def carry(self, reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                self.loop.call_later(self.delay / 2, writer.write, data)
        self.loop.call_later(self.delay / 2, writer.close)

    def cut(self):
        """Closes what is open, and lets nobody through."""
        self.open = False
        for writer in list(self.writers):
            self.loop.call_soon_threadsafe(writer.close)
        self.writers.clear()

    def mend(self):
        self.open = True

    def stop(self):
        self.cut()
        self.loop.call_soon_threadsafe(self.loop.stop)


class Machine(lab.Home):
    """A machine of an administrator or of a server: a home with settings and anchors of its own."""

    def __init__(self, root, where, schema="hallpass", user="app", keys=None, more=""):
        super().__init__(root)
        self.url, self.keys = url(where, user, schema, more), keys
        if keys:
            self.write("keys/store.key", (keys.root / "keys/store.key").read_bytes())

    def environment(self):
        key = self.root / "keys/store.key"
        named = {"HALLPASS_KEY_FILE": str(key)} if key.exists() else {}
        return super().environment() | named | {"HALLPASS_STORE": self.url}

    def code(self, line, stdin=b""):
        return self.run(line, stdin=stdin).returncode


def store(where, root, schema="hallpass", owner=None):
    """A store in a schema of its own, with one profile; the machine that made it."""
    machine = Machine(root, where, schema)
    made = url(owner or where, "owner", schema)
    machine.must(f"store schema --store {made} --role app --run")
    for line in ["init --new-key-file {home}/keys/store.key --no-recovery", "connection add ci",
                 "profile add github --connection ci"]:
        machine.must(line)
    return machine


def user_exists(name):
    try:
        return bool(pwd.getpwnam(name))
    except KeyError:
        return False
