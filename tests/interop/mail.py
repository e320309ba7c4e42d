"""Mail leaves: by a real server, over TLS with an authority of its own, from the static program,
which looks names up at run time; once, wherever the program is killed meanwhile; and into a folder,
until its filesystem is full.
"""

import collections
import itertools
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import lab
import mailserver
import strace

# How long a mail that somebody has in hand is left alone, in seconds (`ops::outbox`).
CLAIM = 90
# What a program that sends a mail does to the store and to the server.
SENDING = ["pwrite64", "fdatasync", "write", "writev", "sendto", "sendmsg"]

FROM = "--from noreply@example.com"


def check(problems, holds, what):
    if not holds:
        problems.append(what)


def by_server(home, folder, ports, problems):
    """Both protections, by each name of this machine."""
    home.write("right", mailserver.PASSWORD.encode() + b"\n")
    home.write("wrong", b"another password\n")
    user = mailserver.USER.replace("@", "%40")
    ca = f"--ca-file {folder}/ca.pem"
    count = 0
    for scheme, port in zip(["smtp", "smtps"], ports):
        for name in mailserver.names():
            url = f"mail set {scheme}://{user}@{name}:{port} {FROM}"
            home.must(f"{url} {ca} --password-file {{home}}/right")
            done = home.run("mail test anna@example.org --output json")
            check(problems, done.returncode == 0, f"{scheme} {name}: {done.stderr.decode()}")
            if done.returncode:
                continue
            count += 1
            answer = json.loads(done.stdout)["answer"]
            check(problems, answer == "250 2.0.0 queued as interop", f"{scheme}: {answer}")
            mail = (folder / f"{count}.mail").read_bytes()
            head = b"noreply@example.com anna@example.org\r\nDate: "
            check(problems, mail.startswith(head), f"{scheme}: {mail[:80]!r}")
            check(problems, b"\r\n\r\n--=_" in mail and mail.count(b"\n") == mail.count(b"\r\n"),
                  f"{scheme}: {mail!r}")
        refused = [(f"{url} {ca} --password-file {{home}}/wrong", b"535"),
                   (f"{url} --password-file {{home}}/right", b"not from an authority"),
                   (f"{url.replace(name, '127.0.0.1')} {ca} --password-file {{home}}/right",
                    b"for another name")]
        for line, says in refused:
            home.must(line)
            done = home.run("mail test anna@example.org")
            check(problems, done.returncode == 1 and says in done.stderr,
                  f"{line}: {done.returncode}: {done.stderr.decode()}")
    expected = 2 * len(mailserver.names())
    check(problems, len(list(folder.glob("*.mail"))) == count == expected, f"{count} mails came")
    home.must("mail set smtp://nobody.invalid " + FROM)
    done = home.run("mail test")
    check(problems, done.returncode == 1 and b"cannot be found" in done.stderr, done.stderr.decode())


def codes(home, folder, ports, problems):
    """A code comes by the server, and is exchanged once for a token."""
    user = mailserver.USER.replace("@", "%40")
    server = f"smtp://{user}@localhost:{ports[0]} {FROM} --ca-file {folder}/ca.pem"
    home.must(f"mail set {server} --password-file {{home}}/right")
    home.must("connection add hr")
    home.must("profile add anna --connection hr --email anna@example.org")
    before = set(folder.glob("*.mail"))
    asked = home.run("otp request anna --connection hr --device kiosk --output json")
    check(problems, asked.returncode == 0, asked.stderr.decode())
    check(problems, b'"delivery":"sent"' in asked.stdout and b'"code":null' in asked.stdout,
          asked.stdout.decode())
    [mail] = set(folder.glob("*.mail")) - before
    [code] = re.findall(rb"\r\n([0-9]{8})\r\n", mail.read_bytes())
    validate = "otp validate anna --connection hr"
    token = home.run(validate, stdin=code)
    check(problems, token.returncode == 0, token.stderr.decode())
    verdict = home.run("verify --connection hr --device Kiosk", stdin=token.stdout)
    check(problems, verdict.returncode == 0, verdict.stdout.decode())
    check(problems, home.run(validate, stdin=code).returncode == 12, "a code was good twice")


def killed_while_sending(home, folder, problems):
    """Whenever the program is killed, no mail comes twice, and one that was not ended comes later. One
    of which nobody can know whether it came is said to be uncertain."""
    home.must("profile add bob --connection hr")
    saved = home.root.with_name("saved")
    home.save(saved)
    struck, names = [], itertools.count()
    for call in SENDING:
        for number in strace.ONWARDS:
            name = f"k{next(names)}"
            other = lab.Home(home.root.with_name(name))
            other.restore(saved)
            other.must(f"profile edit bob --email {name}@example.org")
            tracer = strace.kill(call, number)
            done = other.run("otp request bob --connection hr", tracer=tracer)
            if done.returncode != -signal.SIGKILL:
                shutil.rmtree(other.root)
                break
            struck.append((name, other, f"killed at {call} {number}"))
    time.sleep(CLAIM + 1)
    expected = {"none": [0], "sent": [1], "uncertain": [0, 1]}
    tally = collections.Counter()
    for name, other, where in struck:
        other.must("mail send")
        codes = json.loads(other.must("otp list bob --all --output json"))
        delivery = codes[0]["delivery"] if codes else "none"
        to = f"noreply@example.com {name}@example.org\r\n".encode()
        came = sum(it.read_bytes().startswith(to) for it in folder.glob("*.mail"))
        tally[f"{delivery}, {came}"] += 1
        check(problems, came in expected.get(delivery, []), f"{where}: {delivery}, {came} came")
        good = not codes or codes[0]["state"] == "pending"
        check(problems, good, f"{where}: the code is {codes and codes[0]['state']}")
    told = "; ".join(f"{it}: {count}" for it, count in sorted(tally.items()))
    print(f"  {len(struck)} kills (delivery, mails that came: how often) {told}", flush=True)
    for outcome in ["none, 0", "sent, 1", "uncertain, 1"]:
        check(problems, tally[outcome], f"no kill ended with `{outcome}`")


def localhost_elsewhere(home, scratch, problems):
    """Without protection nothing is said to another machine, whatever it is called."""
    hosts = Path(scratch) / "hosts"
    hosts.write_text("192.0.2.7 localhost\n")
    home.must(f"mail set smtp://localhost:2525 --insecure-plain {FROM}")
    elsewhere = ["unshare", "--mount", "sh", "-c", f'mount --bind {hosts} /etc/hosts && exec "$@"', "sh"]
    done = home.run("mail test", tracer=elsewhere)
    says = b"resolves to 192.0.2.7, which is not this machine; nothing was sent"
    check(problems, done.returncode == 1 and says in done.stderr,
          f"localhost elsewhere: {done.returncode}: {done.stderr.decode()}")


def into_a_full_folder(home, scratch, problems):
    """What does not fit is said, and nothing of it is left."""
    small = Path(scratch) / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k,mode=0700", "tmpfs", small], check=True)
    try:
        home.must(f"mail set outbox:{small} {FROM}")
        codes = [home.run("mail test").returncode for _ in range(6)]
        check(problems, codes[0] == 0 and codes[-1] == 1, f"a full folder: {codes}")
        left = [it.name for it in small.iterdir()]
        check(problems, len(left) == codes.count(0), f"left in a full folder: {left}, {codes}")
        check(problems, all(it.endswith(".eml") for it in left), f"{left}")
    finally:
        subprocess.run(["umount", small], check=True)


def main():
    strace.must_work()
    problems = []
    with lab.scratch() as scratch:
        home = lab.Home(f"{scratch}/home")
        home.must("init --new-key-file {home}/keys/store.key --no-recovery")
        folder = Path(scratch) / "mails"
        with mailserver.serving(folder) as ports:
            by_server(home, folder, ports, problems)
            codes(home, folder, ports, problems)
            killed_while_sending(home, folder, problems)
        localhost_elsewhere(home, scratch, problems)
        into_a_full_folder(home, scratch, problems)
    for problem in problems:
        print(f"  BAD: {problem}")
    print(f"mail: {len(problems)} bad")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
