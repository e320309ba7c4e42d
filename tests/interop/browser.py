"""A browser without a window, spoken to over two pipes (the DevTools protocol)."""

import base64
import contextlib
import ctypes
import fcntl
import json
import os
import select
import signal
import subprocess
import time

import lab

# Above what the shell that passes them on could have opened by itself.
HIGH = 20
# `prctl(2)`: whoever is left behind by a child becomes a child of this process.
PR_SET_CHILD_SUBREAPER = 36


class Browser:
    """Chromium with one page, and everything that this page has asked for or complained about."""

    def __init__(self, profile):
        assert ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1) == 0
        theirs_in, self.out = os.pipe()
        self.into, theirs_out = os.pipe()
        given = [fcntl.fcntl(fd, fcntl.F_DUPFD, HIGH) for fd in (theirs_in, theirs_out)]
        line = f'exec "$@" 3<&{given[0]} 4>&{given[1]}'
        self.process = subprocess.Popen(
            ["bash", "-c", line, "bash", "chromium", "--headless=new", "--no-sandbox",
             "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
             "--no-first-run", f"--user-data-dir={profile}", "--remote-debugging-pipe"],
            pass_fds=given, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        for fd in (theirs_in, theirs_out, *given):
            os.close(fd)
        self.rest, self.number, self.session, self.events = b"", 0, None, []
        try:
            self.begin()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def begin(self):
        """Opens the page, and listens to what it does."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Network", "Log", "Runtime"]:
            self.ask(f"{domain}.enable")

    def ask(self, method, **parameters):
        """Asks for something; returns the answer."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        answer = self.wait(lambda it: it.get("id") == self.number)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        return answer["result"]

    def wait(self, wanted):
        """Reads until a message is the wanted one."""
        while True:
            message = self.read()
            if "method" in message:
                self.events.append(message)
            if wanted(message):
                return message

    def read(self):
        end = time.monotonic() + lab.PATIENCE
        while b"\0" not in self.rest:
            ready, _, _ = select.select([self.into], [], [], max(0, end - time.monotonic()))
            part = os.read(self.into, 1 << 20) if ready else b""
            if not part:
                raise AssertionError("the browser does not answer")
            self.rest += part
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def open(self, path, width, scheme="light"):
        """Shows a file, and forgets what happened before."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900,
                 deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.visit(f"file://{path}")

    def visit(self, url):
        """Goes to an address, and waits until it is loaded."""
        self.events = []
        self.ask("Page.navigate", url=url)
        loaded = lambda it: it.get("method") == "Page.loadEventFired"
        if not any(map(loaded, self.events)):
            self.wait(loaded)

    def value(self, expression):
        """What an expression comes to in the page; a promise is waited for."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def requests(self):
        """Everything the page asked for, itself included."""
        return [it["params"]["request"]["url"] for it in self.events
                if it["method"] == "Network.requestWillBeSent"]

    def complaints(self):
        """Whatever stands in the console."""
        return [it["params"] for it in self.events
                if it["method"] in ("Log.entryAdded", "Runtime.consoleAPICalled",
                                    "Runtime.exceptionThrown")]

    def picture(self):
        """All of the page, as PNG."""
        return base64.b64decode(self.ask("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def print(self):
        """The page on paper, as PDF."""
        return base64.b64decode(self.ask("Page.printToPDF", preferCSSPageSize=True,
                                         printBackground=True)["data"])

    def close(self):
        """Ends all of the browser's processes. Each of them writes to the profile until it has ended."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-self.process.pid, 0)
        os.close(self.out)
        os.close(self.into)
