"""The completions load without a word in their shells, and complete; the manual pages are clean."""

import os
import signal
import subprocess
import sys
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


def completes(shell, home):
    """`hallpass pro` and the Tab key make `hallpass profile`."""
    arguments, load = SHELLS[shell]
    terminal = Terminal(arguments, environment(home), home)
    terminal.type(load + "\n")
    terminal.wait_for("ready\r\n")
    terminal.type("hallpass pro\t")
    # A shell redraws as it likes: the letters that were missing are what it adds.
    terminal.wait_for("file")
    terminal.end(signal.SIGKILL)


def completes_in_fish(home):
    done = subprocess.run(
        ["fish", "--no-config", "-c",
         f"source {COMPLETIONS}/hallpass.fish; complete --do-complete 'hallpass pro'"],
        capture_output=True, env=environment(home), check=False, timeout=lab.PATIENCE)
    first = done.stdout.decode().split("\t")[0].strip()
    return None if first == "profile" else f"fish completes {done.stdout!r} {done.stderr!r}"


def environment(home):
    return {"PATH": f"{Path(lab.BINARY).parent}:/usr/local/bin:/usr/bin:/bin", "TERM": "dumb",
            "HOME": home, "LC_ALL": "C.UTF-8", "PS1": "$ "}


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
    with lab.scratch() as home:
        for shell in SILENT:
            bad.append(loads(shell, home))
        for shell in SHELLS:
            try:
                completes(shell, home)
            except AssertionError as error:
                bad.append(f"{shell}: {error}")
        bad.append(completes_in_fish(home))
        pages = sorted(MANUAL.glob("*.1"))
        bad += [renders(page) for page in pages]
    bad = [problem for problem in bad if problem]
    for problem in bad:
        print(f"  BAD: {problem}")
    print(f"shells: {len(SILENT)} shells, {len(pages)} manual pages, {len(bad)} bad")
    sys.exit(1 if bad or len(pages) < 40 else 0)


if __name__ == "__main__":
    main()
