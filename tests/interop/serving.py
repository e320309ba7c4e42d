"""A server that runs: its ports, its answers, and waiting for it."""

import contextlib
import random
import socket
import time

import lab


def until(met, what):
    """Waits until something is so."""
    end = time.monotonic() + lab.PATIENCE
    while time.monotonic() < end:
        if found := met():
            return found
        time.sleep(0.02)
    raise AssertionError(f"in vain: {what}")


def free_port():
    """A port that nobody has, and that the system gives to no other program meanwhile: it takes those
    for `port 0` and for outgoing connections from 32768 on."""
    for port in random.sample(range(20000, 32000), 1000):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def get(port, path):
    """The status of an answer; `None` if nobody answers."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=lab.PATIENCE) as stream:
            stream.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            return int(stream.makefile("rb").readline().split()[1])
    except ConnectionError:
        return None
