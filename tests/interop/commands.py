"""The commands that change a store."""

from typing import NamedTuple

import lab


class Command(NamedTuple):
    """A command, run on the store that `lab.fixture` makes."""

    line: str
    # How it ends when nothing goes wrong.
    code: int = 0
    # Whether anything of the store changes; a backup is a new file beside it.
    changes: bool = True
    # Whether it prints a new token.
    shows_token: bool = False
    # Of one that commits more than once, on purpose: the listings that have values of their own
    # in between.
    steps: tuple = ()
    # Whether it may commit more often than when nothing goes wrong: a mail is tried again.
    tries_again: bool = False
    # What is done to the store beforehand.
    first: str = ""
    # Whether what it changes is only nice to have, and left out without a word where it cannot be.
    optional: bool = False
    # Whether it makes a file that is never overwritten.
    makes_file: bool = False
    # The file that its new secret goes to, if it is not printed.
    sink: str = ""
    # What judges that secret; a password has no shape.
    verifies: str = "verify"
    # How it ends when it is run again while that secret is on its way, by a call that was killed.
    again: int = 40


# A try at a password is taken from the budget before it is judged, and given back if it was right.
TRIES = ("profile list",)

# A mail is queued with its code, claimed, and settled. A try is debited before it is compared.
CODES = ("otp list --all",)
# A profile that was made with its token is there; a code is good for one token.
THERE, SPENT = 4, 12
ANNA = "github --connection ci --environment test"

COMMANDS = [
    Command("password set deployer --generate"),
    Command("password set deployer --generate --to file:{home}/sinks/file", sink="sinks/file",
            verifies="password verify deployer --password-file -"),
    Command("password verify deployer --password-file {home}/wrong", code=11, steps=TRIES),
    Command("password clear deployer"),
    Command("login deployer --password-file {home}/wrong", code=11, steps=TRIES),
    Command("login deployer --password-file {home}/password --to file:{home}/sinks/file",
            sink="sinks/file", steps=TRIES),
    Command("profile edit deployer --unlock --description unlocked"),
    Command("environment add acceptance"),
    Command("environment edit test --rename acceptance --description nightly"),
    Command("environment edit test --default"),
    Command("environment rotate-key test"),
    Command("environment delete spare"),
    Command("connection add api --token-lifetime 30d --deny-ip 198.51.100.0/24"),
    Command("connection edit ci --rename builds --add-deny-ip 192.0.2.7 --group builders"),
    Command("connection block ci --reason leaked"),
    Command("connection unblock shut"),
    Command("connection rotate-key ci"),
    Command("connection delete spare"),
    Command("profile add gitlab --connection ci --group builders --email a@example.com"),
    Command("profile add gitlab --connection ci --token laptop", shows_token=True),
    Command("profile edit github --rename gitlab --remove-connection deploy --email b@example.com"),
    Command("profile suspend github --reason audit --until 8w"),
    Command("profile resume resting"),
    Command("profile delete github"),
    Command("mail set smtps://u@mail.example.com --from a@example.com --password-file {home}/password"),
    Command("mail clear --environment test"),
    Command(f"otp request {ANNA} --device kiosk", steps=CODES, tries_again=True),
    Command(f"otp validate {ANNA} {{code}}", shows_token=True, steps=CODES, first="asked"),
    Command(f"otp validate {ANNA} {{code}} --to file:{{home}}/sinks/file --sink-timeout 1s",
            steps=CODES, first="asked", sink="sinks/file", again=SPENT),
    Command(f"otp validate {ANNA} {{wrong}}", code=11, steps=CODES, first="asked"),
    Command(f"otp cancel {ANNA}", first="asked"),
    Command("token add github/server --connection ci --device server", shows_token=True),
    Command("token add deployer/server --expires never --output json", shows_token=True),
    Command("token add github/file --connection ci --to file:{home}/sinks/file", sink="sinks/file"),
    Command("token add github/env --connection ci --to env:{home}/sinks/env#T", sink="sinks/env"),
    Command("profile add gitlab --connection ci --token first --to file:{home}/sinks/file",
            sink="sinks/file", again=THERE),
    Command("token rotate github/laptop --overlap 0", shows_token=True),
    Command("token rotate github/laptop --request-id r1 --to file:{home}/sinks/file",
            sink="sinks/file"),
    Command("token ensure github/new --connection ci --to env:{home}/sinks/env#T",
            sink="sinks/env"),
    Command("token ensure github/tablet --connection ci --overlap 0 --to file:{home}/sinks/file",
            sink="sinks/file"),
    Command("apply {home}/declared.toml", sink="sinks/file"),
    Command("apply {home}/declared.toml --prune", sink="sinks/file"),
    Command("token revoke github/laptop --reason lost"),
    Command("token revoke github/laptop github/tablet github/asleep"),
    Command("token revoke --connection ci --issued-after 1d --reason leaked"),
    Command("token suspend github/laptop --until 8w"),
    Command("token suspend --profile github --reason investigated"),
    Command("token add github/moved --connection ci --sha256 " + 32 * "ab"),
    Command("token resume github/asleep"),
    Command("verify --token-file {home}/tokens/laptop --connection ci", optional=True),
    Command("store backup {home}/backups/new.db", changes=False, makes_file=True),
    Command("store restore {home}/backups/old.db"),
    Command("store accept --rollback", first="rolled back"),
    Command("store accept --fork", first="forked"),
    Command("store accept --fork", first="without its anchor"),
    Command("store key add --new-key-file {home}/keys/third.key", makes_file=True),
    Command("store key add --recovery-file {home}/recovery", makes_file=True),
    Command("store key remove {second}"),
]

# The same on a store with a rollback journal; with FULL=1 it is all of them.
PORTABLE = [command for command in COMMANDS if command.line.split()[:2] in [
    ["environment", "add"], ["token", "revoke"], ["store", "restore"]]]

# Slow, as each run hashes a password; with FULL=1.
SLOW = [
    Command("password set github --password-file {home}/password"),
    Command("password verify deployer --password-file {home}/password", steps=TRIES),
    Command("login deployer --password-file {home}/password", shows_token=True, steps=TRIES),
]

# What makes a store is judged in another way.
INIT = "init --new-key-file {home}/keys/first.key --no-recovery"


def prepare(home, command):
    """Does to the store what the command is for."""
    if command.first == "rolled back":
        put_back(home)
    elif command.first == "forked":
        put_back(home, go_on=True)
    elif command.first == "without its anchor":
        for anchor in (home.root / "state/hallpass/anchors").iterdir():
            anchor.unlink()
    elif command.first == "asked":
        code = home.must(f"otp request {ANNA} --device kiosk --print-code").decode().strip()
        home.names |= {"code": code, "wrong": f"{(int(code) + 1) % 10**8:08}"}
        lab.next_second()


def put_back(home, go_on=False):
    """Puts an old copy in the store's place, behind the program's back."""
    for sidecar in ["-wal", "-shm"]:
        home.store.with_name(home.store.name + sidecar).unlink(missing_ok=True)
    home.store.write_bytes((home.root / "backups/old.db").read_bytes())
    if go_on:
        # Another machine, which knows nothing, goes on with the copy: as far, but not the same way.
        for number in range(9):
            home.must(f"--no-anchor environment add other-{number}")
