"""Homes with a store in them, the program run there, and the states it may leave behind."""

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path

BINARY = os.environ["HALLPASS"]
FULL = os.environ.get("FULL") == "1"
TOKEN = re.compile(rb"hpass_[0-9A-Za-z]{50}")
# What sinks hold before: a token that no store knows, so that it is replaced without a question.
WAS_THERE = b"hpass_063UfDVRKBz000A7dl5PEW67zZCpFU9uKaHnGgOvQKAR4bj7ez"
PATIENCE = 120  # seconds; only a program that hangs ever takes that long

# What an operator can see of a store. Each is a JSON document.
LISTINGS = ["store check", "store key list", "environment list", "connection list",
            "profile list", "token list --all", "mail show", "otp list --all"]

# Values that chance or the clock decides: two runs of one command differ in them.
DECIDED_ANEW = re.compile(r"(.*_)?(id|key|at|until)|predecessor|successor|token")


def scratch():
    """A folder that is thrown away, in memory if possible: a kill leaves the same bytes there."""
    fast = Path("/dev/shm")
    where = fast if fast.is_dir() and os.access(fast, os.W_OK) else None
    return tempfile.TemporaryDirectory(prefix="hallpass-interop-", dir=where)


class Home:
    """A home folder with its store, settings, anchors and key files."""

    def __init__(self, root):
        self.root = Path(root)
        self.root.mkdir(mode=0o700, parents=True)
        self.names = {"home": str(self.root)}

    @property
    def store(self):
        return self.root / "data/hallpass/store.db"

    def environment(self):
        root = self.root
        return {"PATH": "/usr/local/bin:/usr/bin:/bin", "TERM": "xterm", "HOME": str(root),
                "XDG_DATA_HOME": f"{root}/data", "XDG_CONFIG_HOME": f"{root}/config",
                "XDG_STATE_HOME": f"{root}/state"}

    def arguments(self, line):
        """The words of `line`, with what stands in braces filled in."""
        return [word.format(**self.names) for word in line.split()]

    def run(self, line, tracer=(), stdin=b"", **more):
        """Runs a command, off a terminal and with every confirmation given."""
        more.setdefault("stdout", subprocess.PIPE)
        more.setdefault("stderr", subprocess.PIPE)
        return subprocess.run([*tracer, BINARY, "--yes", *self.arguments(line)], input=stdin,
                              cwd=self.root, env=self.environment(), timeout=PATIENCE,
                              check=False, **more)

    def must(self, line, stdin=b""):
        """Runs a command that cannot fail; returns what it printed."""
        done = self.run(line, stdin=stdin)
        if done.returncode != 0:
            raise AssertionError(f"`hallpass {line}`: {done.returncode}: {done.stderr.decode()}")
        return done.stdout

    def write(self, name, content):
        """Writes a file that its owner alone can read."""
        path = self.root / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o600)

    def save(self, aside):
        shutil.copytree(self.root, aside, symlinks=True)

    def restore(self, aside):
        shutil.rmtree(self.root)
        shutil.copytree(aside, self.root, symlinks=True)

    def fingerprint(self):
        """Of all that is on the disk: names, kinds, owners, modes, contents."""
        found = hashlib.sha256()
        for folder, folders, files in os.walk(self.root):
            folders.sort()
            for path in [os.path.join(folder, name) for name in ["", *sorted(folders + files)]]:
                about = os.lstat(path)
                content = b""
                if stat.S_ISLNK(about.st_mode):
                    content = os.readlink(path).encode()
                elif stat.S_ISREG(about.st_mode):
                    content = Path(path).read_bytes()
                row = (path, about.st_mode, about.st_uid, about.st_gid, len(content))
                found.update(repr(row).encode() + content)
        return found.digest()

    def state(self):
        """All that can be seen of the store: each listing, or the code it ends with."""
        return {listing: self.listing(listing) for listing in LISTINGS}

    def listing(self, line):
        done = self.run(f"{line} --output json")
        return json.loads(done.stdout) if done.returncode == 0 else f"exit {done.returncode}"


# Something is added, changed, delivered, and left to be removed by `--prune`.
DECLARED = b"""
[environments]
test = {}
acceptance = {}

[connections]
ci.token_lifetime = "30d"
deploy.description = "declared"

[profiles.github]
connections = ["ci"]

[profiles.github.tokens]
laptop = {connection = "ci"}
file = {connection = "ci", to = "file:sinks/file"}

[profiles.bot]
connections = ["deploy"]
"""


def fixture(root):
    """A store with something of everything in it, so that each command has work to do."""
    home = Home(root)
    for line in [
        "init --new-key-file {home}/keys/store.key --no-recovery",
        "environment add test",
        "environment add spare",
        "connection add ci --token-lifetime 90d --allow-ip 192.0.2.0/24",
        "connection add deploy --group builders",
        "connection add spare",
        "connection add shut",
        "connection block shut --reason leaked",
        "profile add github --connection ci --email builds@example.com",
        "profile add deployer --group builders",
        "profile add resting",
        "profile suspend resting --reason audit",
        "mail set outbox:{home}/mails --from a@example.com --environment test",
    ]:
        home.must(line)
    home.must("profile edit github --add-connection deploy --add-group builders")
    for name in ["laptop", "phone", "tablet", "asleep"]:
        token = home.must(f"token add github/{name} --connection ci")
        home.write(f"tokens/{name}", token)
    home.must("token suspend github/asleep")
    home.write("sinks/file", WAS_THERE + b"\n")
    home.write("sinks/env", b"A=1\nT=" + WAS_THERE + b" # and why\nB=2\n")
    home.write("declared.toml", DECLARED)
    home.write("password", b"correct horse battery staple 42\n")
    home.write("wrong", b"incorrect horse battery staple 42\n")
    home.must("password set deployer --password-file {home}/password")
    (home.root / "backups").mkdir(mode=0o700)
    home.must("store backup {home}/backups/old.db")
    home.must("token revoke github/phone --reason lost")
    second = json.loads(home.must("store key add --new-key-file {home}/keys/second.key -o json"))
    home.names["second"] = second["id"]
    next_second()
    return home


def next_second():
    """Waits for it. Times are whole seconds: a change made later must not bear the time of one made
    before it."""
    made = int(time.time())
    while int(time.time()) == made:
        time.sleep(0.01)


def portable(home):
    """Puts a copy with a rollback journal in the store's place, as on removable media."""
    home.must("store backup {home}/backups/portable.db")
    for sidecar in ["-wal", "-shm"]:
        home.store.with_name(home.store.name + sidecar).unlink(missing_ok=True)
    (home.root / "backups/portable.db").rename(home.store)


def strings(value):
    """Every string in a document."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return set().union(*map(strings, value))
    return {value} if isinstance(value, str) else set()


def comparable(value, known, key=None):
    """The document with values that were decided anew replaced, unless they are `known`."""
    if isinstance(value, dict):
        return {key: comparable(it, known, key) for key, it in value.items()}
    if isinstance(value, list):
        items = [comparable(it, known, key) for it in value]
        return sorted(items, key=lambda it: json.dumps(it, sort_keys=True))
    if key and DECIDED_ANEW.fullmatch(key) and isinstance(value, str) and value not in known:
        return "decided anew"
    return value


class Once:
    """Judges each state of a home once, with what was printed: most calls change nothing, and the
    judgement begins with nothing else."""

    def __init__(self, home):
        self.home, self.known = home, {}

    def ask(self, printed, judge):
        state = self.home.fingerprint(), printed
        if state not in self.known:
            self.known[state] = judge()
        return self.known[state]


class Judge:
    """Tells which states a command may leave behind: the one before it and the one after it."""

    def __init__(self, home, command, saved):
        self.home, self.command = home, command
        home.restore(saved)
        before = home.state()
        self.known = strings(before)
        self.before = comparable(before, self.known)
        home.restore(saved)
        done = home.run(command.line)
        self.after = self.now()
        self.problem = None
        if done.returncode != command.code:
            self.problem = f"ended with {done.returncode}: {done.stderr.decode().strip()}"
        elif self.before == self.after and command.changes:
            self.problem = "changed nothing"

    def now(self):
        return comparable(self.home.state(), self.known)

    def verdict(self, printed):
        """("before" | "between" | "after" | "undone" | "pending", None), or (None, what is wrong)."""
        state = self.now()
        which = self.which(state)
        if which is None:
            return None, "neither before nor after: " + difference(state, self.before, self.after)
        problem = self.tokens(which, printed)
        return (None, problem) if problem else (which, None)

    def which(self, state):
        if state == self.before:
            return "before"
        if state == self.after:
            return "after"
        if self.command.steps and self.is_between(state):
            return "between"
        if self.command.shows_token and live(state) == live(self.before):
            return "undone"
        if self.command.sink and seen(state) == seen(self.before):
            return "undone"
        if self.command.sink and is_pending(state) and settled(state) == settled(self.before):
            return "pending"
        return None

    def is_between(self, state):
        """Whether each listing is as before or as after, and some but not all was committed."""
        before, here, after = [it["store check"]["epoch"]
                               for it in (self.before, state, self.after)]
        in_time = before < here < after or (self.command.tries_again and here > before)
        return in_time and all(
            state[listing] in (self.before[listing], self.after[listing])
            for listing in LISTINGS if listing not in self.command.steps and listing != "store check")

    def tokens(self, which, printed):
        """A new token is valid if and only if its making was committed, and then it was shown."""
        if self.command.sink:
            return self.delivered(which)
        if not self.command.shows_token:
            return None
        shown = TOKEN.findall(printed)
        if which == "after" and not shown:
            return "a token is valid that nobody has seen"
        for token in shown:
            code = self.home.run("verify", stdin=token).returncode
            if (code == 0) != (which == "after"):
                return f"the token that was shown verifies as {code}, and the state is {which}"
        return None


    def delivered(self, which):
        """A secret that went to a file is valid if and only if its delivery was committed."""
        held = (self.home.root / self.command.sink).read_bytes()
        kept = held.count(WAS_THERE) == 1
        found = tokens(held) if self.command.verifies == "verify" else [held] * (not kept)
        if which == "after" and not found:
            return "a secret is valid that nobody has"
        if not found and not kept:
            return f"neither the secret nor what was there: {held!r}"
        for secret in found:
            code = self.home.run(self.command.verifies, stdin=secret).returncode
            if (code == 0) != (which == "after"):
                return f"the secret in its place verifies as {code}, and the state is {which}"
        return None


def tokens(held):
    """The tokens in a sink, but for the one that was there before."""
    return [token for token in TOKEN.findall(held) if token != WAS_THERE]


def seen(state):
    """What there is, however often it was changed."""
    return {listing: it for listing, it in state.items() if listing != "store check"}


def is_pending(state):
    """Whether a token is on its way."""
    tokens = state["token list --all"]
    return isinstance(tokens, list) and any(it["state"] == "pending" for it in tokens)


def settled(state):
    """The tokens that are not on their way, and not what names those that are."""
    tokens = state["token list --all"]
    return [{key: it for key, it in token.items() if not key.startswith("successor")}
            for token in tokens if token["state"] != "pending"]


def live(state):
    """The tokens that may be valid."""
    tokens = state["token list --all"]
    return [it for it in tokens if it["state"] != "revoked"] if isinstance(tokens, list) else tokens


def difference(state, before, after):
    """Where a state is like neither of the two, briefly."""
    found = []
    for listing in LISTINGS:
        if state[listing] in (before[listing], after[listing]):
            continue
        here = set(map(str, flat(state[listing])))
        for name, there in [("before", before), ("after", after)]:
            other = set(map(str, flat(there[listing])))
            found.append(f"{listing}: {sorted(here - other)} where {name} has {sorted(other - here)}")
    return "; ".join(found) or "some listings are as before, some as after"


def flat(value, path=""):
    """Every value of a document with the way to it."""
    if isinstance(value, dict):
        return [it for key, inner in value.items() for it in flat(inner, f"{path}.{key}")]
    if isinstance(value, list):
        return [it for number, inner in enumerate(value) for it in flat(inner, f"{path}[{number}]")]
    return [f"{path} = {value}"]
