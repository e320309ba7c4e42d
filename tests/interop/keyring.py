"""`unlock` in the kernel's real keyring: other terminals, its end, other users, and kernels that refuse.

Where the kernel here refuses, that is said and the part fails, as none of this would be shown;
`KEYRING=refused` tells it that this is known, and then it shows the refusal alone.
"""

import ctypes
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import lab

PASSPHRASE = b"a passphrase that nobody guesses\n"
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
KEYCTL = {"x86_64": 250, "aarch64": 219}[os.uname().machine]
NEW_SESSION, LINK, SEARCH, READ, SET_TIMEOUT = 1, 8, 10, 11, 15
SESSION_KEYRING, USER_KEYRING = ctypes.c_int(-3), ctypes.c_int(-4)
# In /proc/keys: the time that is left, and who may do what.
KEPT = re.compile(r" (1m|[0-9]{1,2}s) 003b0000 ")
LIBC = ctypes.CDLL(None, use_errno=True)


def refusal():
    """What the kernel here answers to whoever asks for the user's keyring, if it refuses."""
    if LIBC.syscall(KEYCTL, 0, USER_KEYRING, 1) >= 0:
        return None
    return os.strerror(ctypes.get_errno())


def status(home):
    done = home.run("status --output json")
    return done.returncode, json.loads(done.stdout)


def unlock(home, more="", **how):
    return home.run(f"unlock --passphrase-file {{home}}/pass {more}", **how)


def kept_keys(home):
    """The lines of /proc/keys about this store."""
    store = json.loads(home.must("store info -o json --passphrase-file {home}/pass"))["id"]
    lines = Path("/proc/keys").read_text(encoding="ascii").splitlines()
    return [line for line in lines if f"hallpass:{store}" in line]


def payload(home):
    """What any program of the user can read of it."""
    store = json.loads(home.must("store info -o json"))["id"]
    key = LIBC.syscall(KEYCTL, SEARCH, USER_KEYRING, b"user", f"hallpass:{store}".encode(), 0)
    buffer = ctypes.create_string_buffer(256)
    length = LIBC.syscall(KEYCTL, READ, key, buffer, 256)
    return buffer.raw[:max(length, 0)]


def opens_elsewhere(home):
    """Without a terminal, in a session whose keyring is new, as a service of systemd has it."""
    done = home.run("profile list", preexec_fn=lambda: LIBC.syscall(KEYCTL, NEW_SESSION, None),
                    start_new_session=True)
    return done.returncode == 0


def real(home):
    """What is wrong with it in the kernel."""
    if unlock(home, "--for 1m").returncode != 0:
        yield "it does not unlock"
        return
    keys = kept_keys(home)
    if len(keys) != 1 or not KEPT.search(keys[0]):
        yield f"its permissions or its end are wrong: {keys}"
    if not opens_elsewhere(home):
        yield "another session of the same user does not find it"
    raw = payload(home)
    if len(raw) != 1 + 8 + 8 + 32:
        yield f"the search for it is wrong: {len(raw)} bytes"
    if PASSPHRASE.strip() in raw:
        yield "the passphrase itself is kept"
    code, said = status(home)
    if (code, said["key"]) != (0, "keyring"):
        yield f"status: {code} {said}"
    end = said["unlocked_until"]
    if unlock(home, "--for 2m").returncode != 0 or status(home)[1]["unlocked_until"] <= end:
        yield "a second one does not take its place"
    if len(kept_keys(home)) != 1:
        yield "two are kept"
    home.must("lock")
    if status(home)[0] != 21 or home.run("profile list").returncode != 21:
        yield "it opens after lock"


def ends(home):
    """The kernel forgets by itself: its time is made shorter than anybody may ask for."""
    home.must("unlock --passphrase-file {home}/pass")
    store = json.loads(home.must("store info -o json"))["id"]
    key = LIBC.syscall(KEYCTL, SEARCH, USER_KEYRING, b"user", f"hallpass:{store}".encode(), 0)
    if LIBC.syscall(KEYCTL, SET_TIMEOUT, key, 1) != 0:
        yield f"its end cannot be set: {os.strerror(ctypes.get_errno())}"
        return
    until = time.monotonic() + 30
    while status(home)[0] != 21:
        if time.monotonic() > until:
            yield "it opens after its end"
            return
        time.sleep(0.1)
    home.must("lock")


def strangers(home):
    """Another user cannot read it by its number, though he came out of a session that has it."""
    home.must("unlock --passphrase-file {home}/pass")
    LIBC.syscall(KEYCTL, LINK, USER_KEYRING, SESSION_KEYRING)
    key = kept_keys(home)[0].split()[0]
    read = (f"import ctypes; l = ctypes.CDLL(None); b = ctypes.create_string_buffer(256); "
            f"print(l.syscall({KEYCTL}, {READ}, 0x{key}, b, 256))")
    mine = subprocess.run(["python3", "-c", read], capture_output=True, text=True, check=True)
    theirs = subprocess.run([*NOBODY, "python3", "-c", read], capture_output=True, text=True,
                            check=True)
    if mine.stdout.strip() != "49":
        yield f"its own user reads {mine.stdout.strip()}, so that this proves nothing"
    if theirs.stdout.strip() != "-1":
        yield f"another user reads {theirs.stdout.strip()} bytes of it"
    home.must("lock")


def refused(home, error):
    """A kernel or a sandbox that says no: unlock says so before it asks, the rest is silent."""
    tracer = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=add_key,keyctl",
              "-e", f"inject=add_key,keyctl:error={error}"] if error else []
    told = unlock(home, tracer=tracer)
    if told.returncode != 1 or b"the kernel cannot keep a key here" not in told.stderr:
        yield f"{error}: unlock ends with {told.returncode}: {told.stderr.decode()}"
    for line, code in [("lock", 0), ("status", 21), ("profile list", 21),
                       ("profile list --passphrase-file {home}/pass", 0)]:
        done = home.run(line, tracer=tracer)
        if done.returncode != code or b"kernel" in done.stderr:
            yield f"{error}: {line} ends with {done.returncode}: {done.stderr.decode()}"


def main():
    why = refusal()
    bad = []
    with lab.scratch() as scratch:
        home = lab.Home(f"{scratch}/home")
        home.write("pass", PASSPHRASE)
        home.must("init --passphrase-file {home}/pass --no-recovery")
        if why is None:
            for part in [real, ends, strangers]:
                bad += part(home)
            for error in ["EPERM", "ENOSYS"]:
                bad += refused(home, error)
            home.must("lock")
        else:
            print(f"  THE KERNEL HERE REFUSES its keyring: {why}; only that refusal was looked at")
            bad += refused(home, None)
            if os.environ.get("KEYRING") != "refused":
                bad.append("nothing of `unlock` was shown: run this where the kernel has a keyring, "
                           "or say `KEYRING=refused`")
    for problem in bad:
        print(f"  BAD: {problem}")
    print(f"keyring: {'refused by the kernel' if why else '5 looks at what is kept'}, {len(bad)} bad")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
