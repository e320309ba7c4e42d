"""No secret is an argument, a file's name, or written anywhere but where it was asked for.

Every system call of a command is looked at, arguments and buffers whole. A secret may be read from
where it was given, and written to standard output or to the file that was named for it.
"""

import base64
import re
import sys

import lab
import mailserver
import strace

ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PASSWORD = b"correct horse battery staple 43"
PASSPHRASE = b"a passphrase that nobody guesses"

# Standard output is a pipe, which is opened once more to be written to without waiting.
READ_STDIN, SHOWN = rb"read\(0<", rb"write\(\d+<pipe:"
# What the kernel is given to keep: a version, an end, a slot's id and 32 bytes that open it.
ADDED = re.compile(rb'add_key\("user", "hallpass:[0-9a-f]{32}", "(.{49})", 49', re.DOTALL)
# Where the bytes of a new secret come from.
CHANCE = re.compile(rb"\d+ +(getrandom\(|read\(\d+</dev/urandom>)")


def calls(home, line, stdin=b""):
    """Runs a command; returns what it printed, and its system calls with all their bytes."""
    log = home.root.with_name("calls")
    done = home.run(line, tracer=strace.everything(log), stdin=stdin)
    if done.returncode not in (0, 11):
        raise AssertionError(f"`hallpass {line}`: {done.returncode}: {done.stderr.decode()}")
    escaped = re.compile(rb"\\x([0-9a-f]{2})")
    entries = log.read_bytes().splitlines()
    return done.stdout, [escaped.sub(lambda it: bytes([int(it[1], 16)]), entry) for entry in entries]


def spellings(secret):
    """A secret, and the bytes that a token spells."""
    yield secret
    if lab.TOKEN.fullmatch(secret):
        yield secret[17:50]
        number = 0
        for letter in secret[17:50]:
            number = number * 62 + ALPHABET.index(letter)
        yield number.to_bytes(24, "big")
        yield number.to_bytes(24, "big").hex().encode()
        yield number.to_bytes(24, "big").hex().upper().encode()


def judge(name, entries, secret, *allowed):
    """The secret is in those calls alone that may carry it, and in at least one of each kind."""
    bad, seen = [], set()
    for entry in entries:
        if CHANCE.match(entry) or not any(it in entry for it in spellings(secret)):
            continue
        right = [way for way in allowed if re.search(rb"^\d+ +" + way, entry, re.DOTALL)]
        seen.update(right)
        if not right:
            bad.append(f"{name}: the secret is in {entry[:60]!r}…")
    bad += [f"{name}: the secret was not looked for rightly: no {way!r}"
            for way in allowed if way not in seen]
    return bad


def cases(home):
    """(what, the calls it made, a secret, where that may be)"""
    # A new file has no name while it is written, but a number.
    recovery, keyfile = b"%s/#" % bytes(home.root), b"%s/keys/#" % bytes(home.root)
    secret_file = b"%s/passphrase" % bytes(home.root)
    to = lambda path: rb"write\(\d+<" + re.escape(path)
    of = lambda path: rb"read\(\d+<" + re.escape(path)

    home.write("passphrase", PASSPHRASE + b"\n")
    init = "init --passphrase-file {home}/passphrase --recovery-file {home}/recovery"
    _, entries = calls(home, init)
    yield init, entries, PASSPHRASE, [of(secret_file)]
    code = (home.root / "recovery").read_bytes().strip()
    yield init, entries, code, [to(recovery)]
    yield init, entries, code.replace(b"-", b""), []

    add = "store key add --passphrase-file {home}/passphrase --new-key-file {home}/keys/new.key"
    _, entries = calls(home, add)
    yield add, entries, PASSPHRASE, [of(secret_file)]
    key = (home.root / "keys/new.key").read_bytes().strip().split(b":")[2]
    yield add, entries, key, [to(keyfile)]

    # The kernel is given what opens the store, by one call, and nobody else is.
    line = "unlock --passphrase-file {home}/passphrase"
    _, entries = calls(home, line)
    yield line, entries, PASSPHRASE, [of(secret_file)]
    given = [payload for entry in entries for payload in ADDED.findall(entry)]
    if len(given) != 1:
        raise AssertionError(f"`{line}` gave the kernel {len(given)} keys to keep")
    yield line, entries, given[0][17:], [rb"add_key\("]
    home.must("lock")

    unlock = "--key-file {home}/keys/new.key"
    home.must(f"{unlock} profile add github")
    for form in ["native", "header --output json"]:
        line = f"{unlock} token add github/{form[:6]} --form {form}"
        printed, entries = calls(home, line)
        token = printed.strip() if form == "native" else re.search(rb'"token":"([^"]+)"', printed)[1]
        yield line, entries, token, [SHOWN]
        yield line, entries, key, [of(b"%s/keys/new.key" % bytes(home.root))]
    home.write("sinks/env", b"A=1\n")
    for sink, place in [("file:{home}/sinks/file", b"file"), ("env:{home}/sinks/env#T", b"env")]:
        line = f"{unlock} token add github/{place.decode()} --to {sink}"
        _, entries = calls(home, line)
        sinks = bytes(home.root / "sinks")
        token = lab.TOKEN.search((home.root / "sinks" / place.decode()).read_bytes())[0]
        # A file without a name has a number there.
        yield line, entries, token, [to(b"%s/#" % sinks)]
        line = line.replace("token add", "token ensure")
        yield line, calls(home, line)[1], token, [of(b"%s/%s" % (sinks, place))]
    line = f"{unlock} token rotate github/file --to command:cat>{{home}}/got"
    _, entries = calls(home, line)
    got = bytes(home.root / "got")
    token = (home.root / "got").read_bytes().strip()
    yield line, entries, token, [rb"write\(\d+<pipe:", rb"read\(0<pipe:", to(got)]
    token = home.must(f"{unlock} token add github/judged").strip()
    line = f"{unlock} verify"
    yield line, calls(home, line, token)[1], token, [READ_STDIN]

    for line in ["password set github --password-file -", "password verify github --password-file -"]:
        line = f"{unlock} {line}"
        yield line, calls(home, line, PASSWORD + b"\n")[1], PASSWORD, [READ_STDIN]
    line = f"{unlock} password set github --generate"
    printed, entries = calls(home, line)
    yield line, entries, printed.strip(), [SHOWN]

    with mailserver.serving(home.root / "mailserver") as (starttls, tls):
        secret_file = b"%s/mail" % bytes(home.root)
        secret = mailserver.PASSWORD.encode()
        home.write("mail", secret + b"\n")
        user = mailserver.USER.replace("@", "%40")
        both = b"\0%s\0%s" % (mailserver.USER.encode(), secret)
        for url in [f"smtp://{user}@localhost:{starttls}", f"smtps://{user}@localhost:{tls}"]:
            line = f"{unlock} mail set {url} --from a@example.com " \
                "--password-file {home}/mail --ca-file {home}/mailserver/ca.pem"
            yield line, calls(home, line)[1], secret, [of(secret_file)]
            for line in [f"{unlock} mail test", f"{unlock} mail show"]:
                _, entries = calls(home, line)
                for spelled in [secret, base64.b64encode(both), base64.b64encode(secret)]:
                    yield line, entries, spelled, []


def main():
    strace.must_work()
    bad, count = [], 0
    with lab.scratch() as scratch:
        for name, entries, secret, allowed in cases(lab.Home(f"{scratch}/home")):
            count += 1
            bad += judge(name, entries, secret, *allowed)
    for problem in bad:
        print(f"  BAD: {problem}")
    print(f"leaks: {count} secrets followed, {len(bad)} bad")
    sys.exit(1 if bad or count < 28 else 0)


if __name__ == "__main__":
    main()
