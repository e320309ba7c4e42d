"""A program on a terminal of its own."""

import os
import pty
import select
import signal
import termios
import time

PATIENCE = 30  # seconds; only a program that hangs ever takes that long


class Terminal:
    """A program whose standard streams are a terminal, and what it has shown there."""

    def __init__(self, arguments, environment, folder):
        self.pid, self.line = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(arguments[0], arguments, environment)
        self.shown = b""

    def type(self, text):
        os.write(self.line, text.encode())

    def wait_for(self, text, ready=lambda: True):
        """Waits until `text` was shown and it is `ready`; returns and forgets what was shown until
        then."""
        end = time.monotonic() + PATIENCE
        while text.encode() not in self.shown or not ready():
            if time.monotonic() > end:
                raise AssertionError(f"no `{text}` in {self.shown.decode(errors='replace')!r}")
            if select.select([self.line], [], [], 0.02)[0]:
                try:
                    self.shown += os.read(self.line, 4096)
                except OSError:
                    raise AssertionError(f"ended before `{text}`: {self.shown!r}") from None
        shown, self.shown = self.shown, b""
        return shown

    def is_silent(self):
        """Whether what is typed is not shown."""
        return not termios.tcgetattr(self.line)[3] & termios.ECHO

    def end(self, by=signal.SIGINT):
        """Ends the program by the signal that Ctrl-C sends, or another; returns its exit code."""
        os.kill(self.pid, by)
        try:
            while os.read(self.line, 4096):
                pass
        except OSError:
            pass
        _, status = os.waitpid(self.pid, 0)
        os.close(self.line)
        return os.waitstatus_to_exitcode(status)
