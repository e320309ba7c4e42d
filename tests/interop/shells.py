"""The completions load without a word in their shells, and complete; the manual pages are clean.

Names of the store are completed while it opens by itself, and nothing is, at once, while it does not.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import lab
from terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
COMPLETIONS, MANUAL = ROOT / "completions", ROOT / "man"

# How a shell starts without anybody's settings, loads a file of completions, and says it is ready.
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"],
             f"source {COMPLETIONS}/hallpass.bash && echo read''y"),
    "zsh": (["zsh", "-f", "-i"],
            f"fpath=({COMPLETIONS} $fpath) && autoload -U compinit && compinit -u -D && echo read''y"),
}

SILENT = {
    "bash": ["bash", "--norc", "-c", f"source {COMPLETIONS}/hallpass.bash"],
    # What starts with `#compdef` is loaded by compinit; with -u it asks nothing.
    "zsh": ["zsh", "-f", "-c", f"fpath=({COMPLETIONS} $fpath); autoload -U compinit; compinit -u -D; "
            "autoload +X _hallpass; (( $+_comps[hallpass] ))"],
    "fish": ["fish", "--no-config", "-c", f"source {COMPLETIONS}/hallpass.fish"],
}


def loads(shell, home):
    """The script loads, says nothing, and ends well."""
    done = subprocess.run(SILENT[shell], capture_output=True, env=environment(home), check=False,
                          timeout=lab.PATIENCE)
    if done.returncode or done.stdout or done.stderr:
        return f"{shell}: {done.returncode} {done.stdout.decode()} {done.stderr.decode()}"
    return None


# What is typed before the Tab key, and the letters that are missing.
LINES = {"hallpass prof": "ile", "hallpass profile show gith": "ub",
         "hallpass token add x/y --connection build-s": "erver",
         "hallpass token show github/lap": "top", "hallpass connection show --out": "put"}


def tabbed(shell, home, line):
    """A shell at a terminal, in which Tab was pressed after `line`."""
    arguments, load = SHELLS[shell]
    terminal = Terminal(arguments, environment(home), home.root)
    terminal.type(load + "\n")
    terminal.wait_for("ready\r\n")
    terminal.type(line)
    terminal.wait_for(line[-3:])
    terminal.type("\t")
    return terminal


def completes(shell, home, line, missing):
    """The Tab key adds what is missing, the first time it is pressed."""
    terminal = tabbed(shell, home, line)
    # A shell redraws as it likes: the letters that were missing are what it adds.
    try:
        terminal.wait_for(missing)
    except AssertionError as error:
        return f"{shell}: `{line}`: {error}"
    finally:
        terminal.end(signal.SIGKILL)
    return None


def in_fish(home, line):
    return answer(["fish", "--no-config", "-c",
                   f"source {COMPLETIONS}/hallpass.fish; complete --do-complete '{line}'"], home)


def in_bash(home, line):
    words = line.split(" ")
    return answer(["bash", "--norc", "-c",
                   f"source {COMPLETIONS}/hallpass.bash; COMP_WORDS=({' '.join(words)}); "
                   f"COMP_CWORD={len(words) - 1}; _clap_complete_hallpass hallpass '{words[-1]}' ''; "
                   'printf "%s\\n" "${COMPREPLY[@]}"'], home)


def in_zsh(home, line):
    # What shows the offers in a terminal prints them here.
    words = line.split(" ")
    return answer(["zsh", "-f", "-c",
                   "compdef() { :; }; _describe() { print -rl -- \"${(@P)3}\"; }; "
                   f"source {COMPLETIONS}/_hallpass; words=({' '.join(words)}); "
                   f"CURRENT={len(words)}; _clap_dynamic_completer_hallpass"], home, ":")


ASK = [in_fish, in_bash, in_zsh]


def answer(arguments, home, mark="\t", **more):
    """What is offered, without what is told of it, and whatever was said beside it."""
    done = subprocess.run(arguments, capture_output=True, env=dict(environment(home), **more),
                          check=False, timeout=lab.PATIENCE, stdin=subprocess.DEVNULL)
    said = done.stdout.decode().split("\n")
    beside = done.stderr.decode() + f"exit {done.returncode}" * bool(done.returncode)
    return [line.split(mark)[0].strip() for line in said if line.strip()], beside


def offers(home):
    """What is wrong with what the shells are told, with and without a key at hand."""
    for ask in ASK:
        for line, missing in LINES.items():
            found, said = ask(home, line)
            if found[:1] != [line.split(" ")[-1] + missing] or said:
                yield f"{ask.__name__}: `{line}`: {found} {said}"
    settings = home.root / "config/hallpass/config.toml"
    settings.rename(home.root / "aside")
    yield from offers_no_names(home)
    (home.root / "aside").rename(settings)


def offers_no_names(home):
    """What is wrong where the store does not open by itself: the commands alone are known."""
    for ask in ASK:
        for line in LINES:
            found, said = ask(home, line)
            known = line == "hallpass prof" or "--out" in line
            if known and found != [line.split(" ")[-1] + LINES[line]] or not known and found or said:
                yield f"{ask.__name__}: `{line}`: without a key it offers {found} and says {said}"
    for shell in ["fish", "bash", "zsh"]:
        # The program itself is silent, and no shell hides what it says.
        more = {"HALLPASS_COMPLETE": shell, "_CLAP_COMPLETE_INDEX": "3", "_CLAP_IFS": "\n"}
        asked = [lab.BINARY, "--", "hallpass", "profile", "show", "gith"]
        if (told := answer(asked, home, **more)) != ([], ""):
            yield f"asked by {shell} without a key, it answers {told}"


def locked(home):
    """What is wrong with a store that a passphrase opens, which nobody has given."""
    init = "init --passphrase-file {home}/pass --no-recovery"
    home.write("pass", b"a passphrase that nobody guesses\n")
    for line in [init, "profile add github --passphrase-file {home}/pass",
                 "token add github/laptop --passphrase-file {home}/pass"]:
        home.must(line)
    if home.run("profile list").returncode != 21:
        yield "a store with a passphrase is not locked"
    yield from offers_no_names(home)
    for shell in SHELLS:
        yield says_nothing(shell, home, "hallpass profile show gith")


def says_nothing(shell, home, line):
    """The Tab key adds nothing and shows nothing, and the shell goes on."""
    terminal = tabbed(shell, home, line)
    # A shell rings the bell where it has nothing to add. Then the line is thrown away.
    try:
        shown = terminal.wait_for("\a").decode(errors="replace")
        terminal.type("\x15echo still he''re\n")
        shown += terminal.wait_for("still here\r\n").decode(errors="replace")
    except AssertionError as error:
        return f"{shell}: locked: {error}"
    finally:
        terminal.end(signal.SIGKILL)
    bad = [word for word in ["github", "error", "hint", "assphrase", "key"] if word in shown]
    return f"{shell}: locked: it shows {bad}: {shown!r}" if bad else None


def quick(home, many=2000):
    """An answer takes less time than a person notices, with a store of many profiles."""
    lines = "\n".join(f"profile-{n}" for n in range(many))
    subprocess.run(["bash", "-c", f"while read -r name; do {lab.BINARY} profile add $name; done"],
                   input=lines.encode(), env=home.environment(), check=True,
                   capture_output=True, timeout=lab.PATIENCE)
    took = []
    for _ in range(20):
        begun = time.monotonic()
        subprocess.run([lab.BINARY, "--", "hallpass", "profile", "show", "gith"], check=True,
                       env=dict(home.environment(), HALLPASS_COMPLETE="fish"), capture_output=True)
        took.append(time.monotonic() - begun)
    usual = sorted(took)[len(took) // 2]
    print(f"  an answer takes {usual * 1000:.0f} ms among {many} profiles")
    # A debug build, on a machine that does other things as well.
    return f"an answer takes {usual * 1000:.0f} ms" if usual > 0.05 * 4 else None


def environment(home):
    return dict(home.environment(), TERM="dumb", LC_ALL="C.UTF-8", PS1="$ ",
                PATH=f"{Path(lab.BINARY).parent}:/usr/local/bin:/usr/bin:/bin")


def with_sample_data(scratch):
    """A store with names in it, which opens by itself."""
    home = lab.Home(f"{scratch}/home")
    for line in ["init --new-key-file {home}/keys/store.key --no-recovery",
                 "connection add build-server", "profile add github", "token add github/laptop"]:
        home.must(line)
    return home


def renders(page):
    """A manual page is shown without a warning."""
    settings = dict(os.environ, LC_ALL="C.UTF-8", MANWIDTH="80", MANROFFSEQ="")
    done = subprocess.run(["man", "--warnings", "--local-file", "--encoding=UTF-8", str(page)],
                          capture_output=True, env=settings, check=False, timeout=lab.PATIENCE)
    text = done.stdout.decode(errors="replace")
    if done.returncode or done.stderr:
        return f"{page.name}: {done.returncode} {done.stderr.decode()}"
    missing = [part for part in ["NAME", "SYNOPSIS"] if part not in text]
    return f"{page.name}: no {missing}" if missing else None


def main():
    bad = []
    with lab.scratch() as scratch:
        home = with_sample_data(scratch)
        for shell in SILENT:
            bad.append(loads(shell, home))
        for shell in SHELLS:
            bad += [completes(shell, home, line, missing) for line, missing in LINES.items()]
        bad += offers(home)
        bad += locked(lab.Home(f"{scratch}/locked"))
        bad.append(quick(home, 300))
        pages = sorted(MANUAL.glob("*.1"))
        bad += [renders(page) for page in pages]
    bad = [problem for problem in bad if problem]
    for problem in bad:
        print(f"  BAD: {problem}")
    print(f"shells: {len(SILENT)} shells, {len(pages)} manual pages, {len(bad)} bad")
    sys.exit(1 if bad or len(pages) < 40 else 0)


if __name__ == "__main__":
    main()
