"""No name service is asked from the static program for a user, and none ends it that is asked for a
host.

Users nobody knows, users only `/etc/passwd` knows, a root without `/etc`; each with an `nsswitch.conf`
that names modules, in a mount namespace of its own. That the modules are loaded where hosts are looked
up is asserted, so that the test does not pass for the wrong reason.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import lab

USER = 54321
AS_USER = [shutil.which("setpriv"), f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
SWITCH = "passwd: files systemd\ngroup: files systemd\nhosts: files mymachines resolve mdns4_minimal dns\n"
MODULES = ["libnss-systemd", "libnss-mymachines", "libnss-resolve", "libnss-mdns"]
# Mounts its first two arguments, and runs the rest.
MOUNT = 'mount --bind "$1" /etc/nsswitch.conf; mount --bind "$2" /etc/passwd; shift 2; exec "$@"'
MISSING, FAILED = 3, 1

bad = []
runs = 0


def check(what, fine, said):
    if not fine:
        bad.append(f"{what}: {said}")


class Machine:
    """A machine with that `nsswitch.conf`, and with one user or none."""

    def __init__(self, scratch, users):
        self.scratch = scratch
        self.files = [scratch / "nsswitch.conf", scratch / f"passwd-{len(users)}"]
        self.files[0].write_text(SWITCH, encoding="ascii")
        self.files[1].write_text("root:x:0:0::/root:/bin/sh\n" + users, encoding="ascii")
        self.program = scratch / "hallpass"
        self.trace = scratch / "trace"

    def run(self, line, environment, stdin=b"", user=AS_USER):
        """Runs a command there; returns it, and whether a name service was asked."""
        global runs
        runs += 1
        self.trace.unlink(missing_ok=True)
        tracer = ["strace", "-f", "-qq", "-e", "trace=execve,open,openat", "-o", self.trace]
        done = subprocess.run(
            ["unshare", "-m", "sh", "-ec", MOUNT, "sh", *self.files, *tracer, *user,
             self.program, *line], input=stdin, env=environment, cwd=self.scratch / "folder",
            capture_output=True, check=False, timeout=lab.PATIENCE)
        opened = self.trace.read_text(encoding="utf-8", errors="replace")
        # What setpriv opens comes before it becomes the program.
        own = opened.rsplit(f'execve("{self.program}"', 1)[-1]
        return done, [name for name in ["nsswitch.conf", "libnss_"] if name in own]


def named(folder):
    """Options that name everything."""
    return ["--store", f"{folder}/store/store.db", "--state-dir", f"{folder}/state",
            "--config", f"{folder}/config.toml"]


def works(what, run, more, key):
    """Makes a store, a token in it, and verifies that."""
    steps = [(["init", "--new-key-file", str(key), "--no-recovery"], b""),
             (["profile", "add", "p"], b""), (["token", "add", "p/t"], b""), (["verify"], None)]
    printed = b""
    for line, stdin in steps:
        done, asked = run([*line, *more], printed if stdin is None else stdin)
        printed = done.stdout
        check(f"{what}: {line[0]}", done.returncode == 0, (done.returncode, done.stderr))
        check(f"{what}: {line[0]} asks", not asked, asked)


def unknown(machine, folder):
    for line in [["status"], ["profile", "list"], ["init", "--new-key-file", "k", "--no-recovery"],
                 ["verify", "--no-anchor"]]:
        done, asked = machine.run(line, {}, b"x" * 30)
        said = done.stderr.decode()
        check(f"unknown: {line}", done.returncode == MISSING and "no home folder" in said,
              (done.returncode, said))
        check(f"unknown: {line} asks", not asked, asked)
    works("unknown, everything named", lambda line, stdin: machine.run(line, {}, stdin),
          named(folder / "named"), folder / "named-key")


def known(machine, folder):
    home = folder / "home"
    for what, environment, expected in [
        ("known", {}, home / ".local/share/hallpass/store.db"),
        ("known, a relative home", {"HOME": "here"}, home / ".local/share/hallpass/store.db"),
        ("known, a folder named", {"XDG_DATA_HOME": str(folder / "data"),
                                   "XDG_CONFIG_HOME": str(folder / "config"),
                                   "XDG_STATE_HOME": str(folder / "state")},
         folder / "data/hallpass/store.db"),
    ]:
        works(what, lambda line, stdin: machine.run(line, environment, stdin), [],
              folder / f"key-{len(environment)}")
        check(what, expected.exists(), f"no {expected}")
        shutil.rmtree(home)
        home.mkdir(mode=0o700)
        os.chown(home, USER, USER)


def without_etc(scratch):
    root = scratch / "root"
    (root / "folder").mkdir(parents=True, mode=0o700)
    shutil.copy(scratch / "hallpass", root / "hallpass")

    def run(line, stdin, environment):
        global runs
        runs += 1
        done = subprocess.run([shutil.which("chroot"), root, "/hallpass", *line], input=stdin, env=environment,
                              capture_output=True, check=False, timeout=lab.PATIENCE)
        return done, []

    done, _ = run(["status"], b"", {})
    check("no /etc", done.returncode == MISSING, (done.returncode, done.stderr))
    home = {"HOME": "/folder"}
    works("no /etc, with a home", lambda line, stdin: run(line, stdin, home), [], "/folder/key")
    works("no /etc, named", lambda line, stdin: run(line, stdin, {}), named("/folder/named"),
          "/folder/named-key")


def modules(scratch):
    """The modules, taken out of their packages: to install them would change this machine."""
    packages, root = scratch / "packages", scratch / "modules"
    packages.mkdir()
    subprocess.run(["apt-get", "download", "-qq", *MODULES], cwd=packages, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for package in packages.iterdir():
        subprocess.run(["dpkg-deb", "-x", package, root], check=True)
    return next(root.rglob("libnss_resolve.so.2")).parent


def hosts(machine, folder, scratch):
    where = {"HOME": str(folder / "home"), "LD_LIBRARY_PATH": str(modules(scratch))}
    key = folder / "mail-key"
    machine.run(["init", "--new-key-file", str(key), "--no-recovery"], where)
    for name in ["no-such-host.invalid", "nobody.local", "localhost"]:
        url = f"smtp://{name}:1"
        done, _ = machine.run(["mail", "set", url, "--from", "a@example.com"], where)
        check(f"{name}: set", done.returncode == 0, (done.returncode, done.stderr))
        done, asked = machine.run(["mail", "test"], where)
        said = done.stderr.decode()
        check(f"{name}: test", done.returncode == FAILED and "was not sent" in said,
              (done.returncode, said))
        loaded = "libnss_" in asked
        check(f"{name}: the modules", loaded or name == "localhost", "none was loaded")


def main():
    with lab.scratch() as name:
        scratch = Path(name)
        os.chmod(scratch, 0o755)
        shutil.copy(lab.BINARY, scratch / "hallpass")
        folder = scratch / "folder"
        for made in [folder, folder / "home", folder / "named"]:
            made.mkdir(mode=0o700)
            os.chown(made, USER, USER)
        nobody = Machine(scratch, "")
        unknown(nobody, folder)
        somebody = Machine(scratch, f"ann:x:{USER}:{USER}::{folder}/home:/bin/sh\n")
        known(somebody, folder)
        without_etc(scratch)
        hosts(somebody, folder, scratch)
    for problem in bad:
        print(f"  BAD: {problem}")
    print(f"users: {runs} runs without a name service or with one that is not here, {len(bad)} bad")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
