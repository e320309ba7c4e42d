"""`docs/apply.schema.json`, judged by a validator: it takes what `apply` takes, and refuses what it refuses."""

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import lab

DOCS = Path(__file__).resolve().parents[2] / "docs"
# Debian's own, whichever is first in the path.
PYTHON = "/usr/bin/python3"
VALIDATOR = """
import json, sys
from jsonschema import Draft202012Validator as Validator
schema, documents = json.load(sys.stdin)
Validator.check_schema(schema)
json.dump([[error.message for error in Validator(schema).iter_errors(it)] for it in documents], sys.stdout)
"""

GOOD = [
    {}, {"version": 1}, {"profiles": None}, {"profiles": {"a": None}},
    {"environments": {"staging": {"description": "x", "default": True}}},
    {"connections": {"ci": {"group": "any", "token_lifetime": "90d", "allow_ip": "any", "deny_ip": ["192.0.2.7"]}}},
    {"connections": {"ci": {"group": "Any", "token_lifetime": "ANY", "deny_ip": "any", "reason": None}}},
    {"connections": {"ci": {"guide": None, "guide_file": None, "state": None}}}, {"version": None, "groups": {"g": None}},
    {"profiles": {"any": {"email": "", "groups": None, "until": None}}},
    {"profiles": {"bot": {"state": "suspended", "until": "never"}}},
    {"profiles": {"bot": {"tokens": {"t": {"to": "file:new", "connection": "any", "device": "any", "sha256": None}}}}},
    {"connections": {"ci": {"guide": "# Hello", "state": "blocked", "reason": "leaked"}}},
    {"connections": {"ci": {"state": "active", "description": None}}},
    {"groups": {"g": ["bot"], "empty": []}, "profiles": {"bot": {"email": "b@example.com"}}},
    {"profiles": {"bot": {"connections": "any", "groups": [], "state": "suspended", "until": "2099-01-01"}}},
    {"profiles": {"bot": {"tokens": {"t": {"to": "file:new", "expires": "never", "overlap": "0", "min_life": "1d"}}}}},
    {"profiles": {"bot": {"tokens": {"t": {"to": "env:.env#T", "form": "xml", "device": "desk"}}}}},
    {"profiles": {"bot": {"tokens": {"t": {"sha256": 32 * "ab", "allow_ip": ["192.0.2.0/24"]}}}}},
]
BAD = [
    [], {"version": 2}, {"profile": {}}, {"profiles": {"-a": {}}}, {"profiles": {"hpass_x": {}}},
    {"profiles": {65 * "a": {}}}, {"environments": {"x": {"default": "yes"}}},
    {"connections": {"x": {"token_lifetime": "90"}}}, {"connections": {"x": {"allow_ip": []}}},
    {"connections": {"x": {"allow_ip": "none"}}}, {"connections": {"x": {"reason": "r"}}},
    {"connections": {"x": {"guide": "g", "guide_file": "f"}}}, {"connections": {"x": {"state": "suspended"}}},
    {"connections": {"x": {"state": "active", "reason": "r"}}},
    {"groups": {"g": "bot"}}, {"profiles": {"x": {"connections": []}}}, {"profiles": {"x": {"password": "p"}}},
    {"profiles": {"x": {"until": "2099-01-01"}}}, {"profiles": {"x": {"groups": "g"}}},
    {"profiles": {"x": {"tokens": {"t": {"to": "fd:3"}}}}}, {"profiles": {"x": {"tokens": {"t": {"to": "x"}}}}},
    {"profiles": {"x": {"tokens": {"t": {"to": "env:x"}}}}},
    {"profiles": {"x": {"tokens": {"t": {"min_life": "1d"}}}}},
    {"profiles": {"x": {"tokens": {"t": {"to": "file:a", "sha256": 32 * "ab"}}}}},
    {"profiles": {"x": {"tokens": {"t": {"to": "file:a", "overlap": "1s"}}}}},
    {"connections": {"any": {}}}, {"groups": {"Any": []}}, {"profiles": {"x": {"connections": ["any"]}}},
    {"profiles": {"x": {"groups": ["ANY"]}}}, {"profiles": {"x": {"connections": None}}},
    {"connections": {"x": {"group": ""}}}, {"connections": {"x": {"token_lifetime": ""}}},
    {"connections": {"x": {"deny_ip": []}}}, {"connections": {"x": {"allow_ip": None}}},
    {"connections": {"x": {"reason": ""}}}, {"profiles": {"x": {"until": ""}}},
    {"profiles": {"x": {"tokens": {"t": {"to": "file:a", "device": ""}}}}},
    {"profiles": {"x": {"tokens": {"t": {"to": "file:a", "connection": ""}}}}},
    {"profiles": {"x": {"tokens": {"t": {"sha256": "ab"}}}}}, {"profiles": {"x": {"tokens": {"t": {"form": "b"}}}}},
]


def blocks(language):
    page = (DOCS / "apply.md").read_text()
    return [part.split("```")[0] for part in page.split(f"```{language}\n")[1:]]


def main():
    schema = json.loads((DOCS / "apply.schema.json").read_text())
    with tempfile.TemporaryDirectory() as folder:
        home = lab.fixture(Path(folder) / "home")
        exported = json.loads(home.must("export -o json"))
        written = [tomllib.loads(it) for it in blocks("toml")] + [tomllib.loads(lab.DECLARED.decode()), exported]
        good = GOOD + written
        judged = subprocess.run([PYTHON, "-c", VALIDATOR], input=json.dumps([schema, good + BAD]),
                                capture_output=True, text=True, check=True)
        errors = json.loads(judged.stdout)
        wrong = [f"refused: {it}: {found}" for it, found in zip(good, errors) if found]
        wrong += [f"taken: {it}" for it, found in zip(BAD, errors[len(good):]) if not found]
        for it in GOOD + BAD:
            home.write("tried.json", json.dumps(it).encode())
            done = home.run("apply {home}/tried.json --plan")
            if (done.returncode == 2) != (it in BAD):
                wrong.append(f"apply ends with {done.returncode}: {it}: {done.stderr.decode().strip()}")
    print("\n".join(wrong) or f"schema: {len(good)} declarations taken, {len(BAD)} refused, as `apply` does")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
