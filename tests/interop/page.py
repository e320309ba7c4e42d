"""The page of `review --html`, in a browser and on paper.

KEEP=FOLDER leaves the page, its pictures and its print there.
"""

import json
import os
import re
import shutil
import sys
from pathlib import Path

import lab
from browser import Browser

# Blanks break no word; a name of 64 characters must be broken somewhere.
HOSTILE = "</p><script>document.title='ran'</script><img src=http://192.0.2.1/x onerror=alert(1)>"
LONG = "n" * 64
FOUND = 7

COUNT = "document.querySelectorAll('{}').length"
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
SPILLING = """[...document.querySelectorAll('td, th, dd, p, h3, li, caption')]
    .filter(it => it.scrollWidth > it.clientWidth + 1 && it.clientWidth > 0)
    .map(it => it.textContent.trim().slice(0, 60))"""
SILENT = """[...document.querySelectorAll('svg')]
    .filter(it => !it.closest('[aria-hidden]') && !(it.getAttribute('aria-label') || '').length)
    .length"""
# Of text and paper, as WCAG 2 has it; 4.5 is what it asks for.
CONTRAST = """(() => {
    const light = c => { const [r, g, b] = c.match(/\\d+/g).map(n => n / 255)
        .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const paper = light(getComputedStyle(document.body).backgroundColor);
    const of = it => { const ink = light(getComputedStyle(it).color);
        return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05); };
    return Math.min(...[...document.querySelectorAll('p, td, th, small, dt, code, .chip')].map(of));
})()"""


def fill(home):
    """A store with something of everything, hostile texts included."""
    home.must("connection add hr --allow-ip 192.0.2.0/24")
    for line in [f"profile add {LONG} --connection hr", "profile add anyone",
                 f"token add {LONG}/{LONG} --device kiosk", "token add anyone/forever --expires never",
                 "token add anyone/soon --connection hr --expires 9d"]:
        home.must(line)
    done = home.run("profile edit github --description {hostile}")
    assert done.returncode == 0, done.stderr


def document(browser, home, page, bad):
    """What the page says is what `review` and `token list` say."""
    answer = home.run("review --output json")
    findings = json.loads(answer.stdout)["findings"]
    tokens = json.loads(home.must("token list --all --output json"))
    for what, selector, wanted in [("findings", ".findings tbody tr", len(findings)),
                                   ("tokens", ".tokens tbody tr", len(tokens)),
                                   ("lines", ".tokens tbody svg[role=img] .issued", len(tokens)),
                                   ("scripts", "script", 0), ("pictures", "img", 0)]:
        found = browser.value(COUNT.format(selector))
        if found != wanted:
            bad.append(f"{found} {what} where there are {wanted}")
    text = browser.value("document.body.innerText")
    words = [it["command"] for it in findings] + [it["id"] for it in tokens]
    bad += [f"the page lacks {word}" for word in [*words, home.names["hostile"]] if word not in text]
    if lab.TOKEN.search(page.read_bytes()):
        bad.append("the page has a token")


def look(browser, page, width, scheme, bad):
    """Nothing spills, nothing is loaded, nothing complains, and all of it can be read."""
    browser.open(page, width, scheme)
    where = f"at {width} px, {scheme}"
    if browser.value(WIDER):
        bad.append(f"{where}: it is wider than the window")
    bad += [f"{where}: it spills: {it}" for it in browser.value(SPILLING)]
    if browser.value(SILENT):
        bad.append(f"{where}: a drawing has no words")
    contrast = browser.value(CONTRAST)
    if contrast < 4.5:
        bad.append(f"{where}: a contrast of {contrast:.1f}")
    others = [url for url in browser.requests()
              if url != f"file://{page}" and not url.startswith("data:")]
    bad += [f"{where}: it asks for {url}" for url in others]
    if not browser.requests():
        bad.append(f"{where}: no request was seen, so this proves nothing")
    bad += [f"{where}: {it}" for it in browser.complaints()]


def main():
    bad = []
    with lab.scratch() as scratch:
        home = lab.fixture(f"{scratch}/home")
        home.names["hostile"] = HOSTILE.replace(" ", "\u00a0")
        fill(home)
        page = home.root / "review.html"
        done = home.run("review --html {home}/review.html")
        if done.returncode != FOUND:
            bad.append(f"it ends with {done.returncode}: {done.stderr.decode()}")
        with Browser(f"{scratch}/browser") as browser:
            keep = Path(os.environ.get("KEEP", scratch))
            for width, scheme in [(1280, "light"), (1280, "dark"), (1920, "light")]:
                look(browser, page, width, scheme, bad)
                (keep / f"page-{width}-{scheme}.png").write_bytes(browser.picture())
            document(browser, home, page, bad)
            if browser.value("document.title") != f"hallpass review of {browser.value('document.querySelector(`time`).dateTime')}":
                bad.append(f"its title is {browser.value('document.title')}")
            paper = browser.print()
            (keep / "page.pdf").write_bytes(paper)
            sheets = len(re.findall(rb"/Type\s*/Page\b", paper))
            if not paper.startswith(b"%PDF-") or not 2 <= sheets <= 12:
                bad.append(f"it prints on {sheets} sheets")
            if keep != Path(scratch):
                shutil.copy(page, keep)
    for problem in bad:
        print(f"  BAD: {problem}")
    print(f"page: 3 looks, {sheets} sheets, {len(bad)} bad")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
