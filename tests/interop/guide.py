"""The examples of the guide of the Profit kind, as they stand there: curl, Python, Node, PHP.

Each asks for a code, reads it from its standard input, exchanges it, and prints what its token is for.
"""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import lab
import serving

INTERPRETERS = {"bash": ["bash", "-euo", "pipefail", "EXAMPLE"], "python": ["/usr/bin/python3", "EXAMPLE"],
                "js": ["node", "EXAMPLE.mjs"], "php": ["php", "EXAMPLE"]}
CODE = re.compile(r"^\d{8}$", re.MULTILINE)

problems = []


def check(fine, what):
    if not fine:
        problems.append(what)


def stores(root):
    """A store with a connection for each language: codes of one are a minute apart."""
    home = lab.Home(root)
    for line in ["init --new-key-file {home}/keys/store.key --no-recovery",
                 "mail set outbox:{home}/mails --from noreply@example.com"]:
        home.must(line)
    for language in INTERPRETERS:
        home.must(f"connection add {language} --guide profit")
        home.must(f"profile add {language} --connection {language} --email {language}@example.com")
    return home


def mailed(home, language):
    """The code that was mailed for a language."""
    def found():
        for mail in Path(home.root, "mails").glob("*.eml"):
            text = mail.read_text(encoding="utf-8")
            if f"{language}@example.com" in text:
                return CODE.search(text).group()
        return None
    return serving.until(found, f"a mail for {language}")


def example(home, language, port):
    """The one block of a language in the guide."""
    line = f"connection guide {language} --profile {language} --url http://127.0.0.1:{port}"
    guide = home.must(line).decode()
    [block] = re.findall(rf"^```{language}\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    return block


def runs(home, language, port):
    words = INTERPRETERS[language]
    path = home.root / next(word for word in words if word.startswith("EXAMPLE")).replace("EXAMPLE", language)
    path.write_text(example(home, language, port), encoding="utf-8")
    command = [str(path) if word.startswith("EXAMPLE") else word for word in words]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               cwd=home.root, env=home.environment(), text=True)
    try:
        code = mailed(home, language)
        # Whoever types is slower than a program that has just asked.
        time.sleep(0.5)
        out, err = process.communicate(f"{code}\n", timeout=lab.PATIENCE)
    finally:
        process.kill()
    answer = re.search(r"\{.*\}", out)
    info = json.loads(answer.group())["info"] if answer else None
    check(process.returncode == 0 and info and info["appName"] == language,
          f"{language}: {process.returncode}: {out} {err}")
    print(f"  {language}: {info}", flush=True)


def main():
    with lab.scratch() as scratch:
        home, port = stores(f"{scratch}/home"), serving.free_port()
        command = [lab.BINARY, "serve", "--listen", f"127.0.0.1:{port}", "--metrics-listen", "off",
                   "--doors", "profit"]
        with open(home.root / "log", "wb") as log:
            server = subprocess.Popen(command, cwd=home.root, stderr=log, env=home.environment(),
                                      stdin=subprocess.DEVNULL)
        try:
            serving.until(lambda: serving.get(port, "/"), "a server")
            for language in INTERPRETERS:
                runs(home, language, port)
        finally:
            server.terminate()
            server.wait(timeout=lab.PATIENCE)
    for problem in problems:
        print(f"  BAD: {problem}")
    print(f"guide: {len(problems)} bad")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
