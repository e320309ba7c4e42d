"""`docs/openapi.json` against a live server: whatever is sent, the answer is one that it describes.

schemathesis makes the requests, good and bad ones, and compares status, media type, headers and body.
What only this store knows, credentials, is added to a copy as examples; the access log then tells
whether each answer of success was among those that were judged.
"""

import collections
import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import lab
import serving

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/openapi.json"
TOOL = "schemathesis==4.32.5"
# Debian's own, whichever is first in the path.
PIP, PYTHON = "/usr/bin/pip3", "/usr/bin/python3"
CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance",
          "response_schema_conformance", "response_headers_conformance"]
SECONDS = 600 if lab.FULL else 18
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
MONITORING = "^/(metrics|livez|healthz|readyz)$"
# The Profit flow: its answers wait for a tenth of a second, and what it takes for its successes is in
# tests/serve/profit. Faults of SOAP are 500 by their standard.
PROFIT = "^/profit"
PROFIT_JUDGED = "^/profitrestservices/(otprequest|otpvalidation|metainfo|profitversion)$"
FINDINGS = 1  # what the tool ends with

problems = []


def check(fine, what):
    if not fine:
        problems.append(what)


class Tool:
    """schemathesis, in a folder of its own."""

    def __init__(self, scratch):
        self.scratch, self.folder = Path(scratch), f"{scratch}/tool"
        install = [PIP, "install", "--quiet", "--disable-pip-version-check", "--no-compile",
                   "--root-user-action", "ignore",
                   "--target", self.folder, TOOL]
        subprocess.run(install, check=True, stdin=subprocess.DEVNULL)

    def run(self, document, port, *options, seconds=SECONDS):
        """Judges a server by a document; returns the exit code, and what was printed."""
        path = self.scratch / "judged.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        command = [PYTHON, f"{self.folder}/bin/st", "run", str(path), "--url", f"http://127.0.0.1:{port}",
                   "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing",
                   "--max-examples", "10", "--max-time", str(seconds), "--seed", "14",
                   "--continue-on-failure", "--no-color", *options]
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.scratch), "PYTHONPATH": self.folder}
        done = subprocess.run(command, cwd=self.scratch, env=environment, check=False, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout + done.stderr


class Server:
    """A server with all its doors, and credentials of each kind."""

    def __init__(self, scratch):
        home = lab.Home(f"{scratch}/served")
        for line in [
            "init --new-key-file {home}/keys/store.key --no-recovery",
            "connection add ci",
            "profile add github --connection ci",
            "profile add api --group introspect",
        ]:
            home.must(line)
        home.write("password", b"correct horse battery staple 42\n")
        home.must("password set github --password-file {home}/password")
        self.client, self.lost = [self.token(home, f"github/{name} --connection ci") for name in ["laptop", "lost"]]
        self.service = self.token(home, "api/service")
        self.port, self.monitoring = serving.free_port(), serving.free_port()
        self.log = home.root / "log"
        self.command = [lab.BINARY, "serve", "--listen", f"127.0.0.1:{self.port}", "--metrics-listen",
                        f"127.0.0.1:{self.monitoring}", "--doors", "verify,token,introspect,profit"]
        self.home = home

    @staticmethod
    def token(home, line):
        return home.must(f"token add {line}").decode().strip()

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.command, cwd=self.home.root, stderr=log,
                                            env=self.home.environment(), stdin=subprocess.DEVNULL)
        serving.until(lambda: self.process.poll() is not None or serving.get(self.monitoring, "/readyz") == 200,
                    "a server")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.ended = self.process.wait(timeout=lab.PATIENCE)

    def answers(self):
        """How often each route gave each status."""
        lines = map(json.loads, self.log.read_text(encoding="utf-8").splitlines())
        return collections.Counter((it["route"], it["status"]) for it in lines if "event" not in it)

    def examples(self, document):
        """The document with credentials of this store in it."""
        document = copy.deepcopy(document)
        bodies = {
            "/token": {"grant_type": "client_credentials", "scope": "ci", "client_id": "github",
                       "client_secret": self.client},
            "/login": {"profile": "github", "password": "correct horse battery staple 42", "connection": "ci"},
            "/revoke": {"token": self.lost},
            "/introspect": {"token": self.client},
        }
        for path, example in bodies.items():
            for media in [FORM, JSON]:
                document["paths"][path]["post"]["requestBody"]["content"][media]["example"] = example
        parameters = document["components"]["parameters"]
        # Each operation has an example: these come first, whatever time is left for the others.
        values = {"Connection": "ci", "PathConnection": "-", "PathEnvironment": "production", "Rest": "a",
                  "RequestId": "example-1"}
        for name, value in values.items():
            parameters[name]["example"] = value
        return document


def judge(tool, document, port, *options, what, seconds=SECONDS):
    code, said = tool.run(document, port, *options, seconds=seconds)
    check(code == 0, f"{what}: {code}: {said[-6000:]}")
    counted = [line.strip() for line in said.splitlines() if "generated" in line and "passed" in line]
    print(f"  {what}: {', '.join(counted)}", flush=True)


def it_would_be_noticed(tool, document, server):
    """A status, a header or a field that the document does not describe is a finding."""
    faults = {
        "a status": lambda it: it["paths"]["/self"]["get"]["responses"].pop("401"),
        "a header": lambda it: it["components"]["headers"]["Cache-Control"]["schema"].update(const="no-cache"),
        "a media type": lambda it: it["components"]["responses"]["InvalidRequest"].update(
            content={"text/html": {"schema": {"type": "string"}}}),
    }
    for what, spoil in faults.items():
        spoiled = copy.deepcopy(document)
        spoil(spoiled)
        code, said = tool.run(spoiled, server.port, "--include-path-regex", "^/(self|revoke)$", seconds=5)
        check(code == FINDINGS, f"{what} that is not described: {code}: {said[-1000:]}")


def every_success_was_seen(document, server):
    """Or else it would have been judged by its refusals alone."""
    seen = server.answers()
    for path, item in document["paths"].items():
        route = "/authz/{connection}/{environment}" if path.startswith("/authz/") else path
        statuses = {int(status) for method in item.values() if isinstance(method, dict)
                    for status in method.get("responses", {}) if status.startswith("2")}
        if "servers" not in item and not re.match(PROFIT, path):
            for status in statuses:
                check(seen[route, status], f"{path} never answered {status}")
    tally = "; ".join(f"{route} {status}: {count}" for (route, status), count in sorted(seen.items()))
    print(f"  answers: {tally}", flush=True)
    unavailable = {route: count for (route, status), count in seen.items() if status >= 500}
    check(not unavailable, f"errors of the server: {unavailable}")


def main():
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    with lab.scratch() as scratch:
        tool, server = Tool(scratch), Server(scratch)
        with server:
            known = server.examples(document)
            doors = ["--exclude-path-regex", f"{MONITORING}|{PROFIT}"]
            judge(tool, known, server.port, *doors, "--auth", f"api:{server.service}", what="a service")
            judge(tool, known, server.port, *doors, "--header", f"Authorization: Bearer {server.service}",
                  what="a bearer")
            judge(tool, known, server.port, *doors, what="nobody", seconds=SECONDS // 2)
            judge(tool, document, server.port, "--include-path-regex", PROFIT_JUDGED, "--header",
                  f"Authorization: Bearer {server.service}", what="the Profit flow", seconds=SECONDS // 2)
            judge(tool, document, server.monitoring, "--include-path-regex", MONITORING, what="monitoring",
                  seconds=SECONDS // 3)
            it_would_be_noticed(tool, document, server)
        check(server.ended == 0, f"the server ended with {server.ended}")
        every_success_was_seen(document, server)
    for problem in problems:
        print(f"  BAD: {problem}")
    print(f"openapi: {len(problems)} bad")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
