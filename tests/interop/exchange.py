"""HTTP/1.1 as bytes: what a client sends and gets, and servers that show it."""

import contextlib
import socket
import socketserver
import ssl
import threading
from http.client import HTTPException, HTTPResponse

PATIENCE = 20  # seconds; only something that hangs takes that long


class Head:
    """The head of a request, with its lines as they came."""

    def __init__(self, method, path, headers):
        self.method, self.path, self.headers = method, path, headers

    @classmethod
    def read(cls, stream):
        """The next one, or None at the end."""
        line = stream.readline().decode("latin-1").split()
        if len(line) != 3:
            return None
        headers = []
        while (text := stream.readline().rstrip(b"\r\n").decode("latin-1")):
            name, _, value = text.partition(":")
            headers.append((name, value.strip()))
        return cls(line[0], line[1], headers)

    def all(self, name):
        return [value for known, value in self.headers if known.lower() == name.lower()]

    def first(self, name, default=""):
        return (self.all(name) or [default])[0]

    def body(self, stream):
        if "chunked" not in self.first("Transfer-Encoding"):
            return stream.read(int(self.first("Content-Length", "0")))
        body = b""
        while (size := int(stream.readline(), 16)):
            body += stream.read(size)
            stream.readline()
        stream.readline()
        return body


class Answer:
    """What came back; the connection stays open if both sides want that."""

    def __init__(self, sock, method):
        answer = HTTPResponse(sock, method=method)
        answer.begin()
        self.status, self.headers = answer.status, answer.getheaders()
        self.closes = answer.will_close
        self.body = b"" if self.status == 101 else answer.read()

    def all(self, name):
        return [value for known, value in self.headers if known.lower() == name.lower()]

    def first(self, name, default=None):
        return (self.all(name) or [default])[0]


def head(method, path, headers):
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


class Client:
    """One connection, from an address of its own."""

    def __init__(self, front, source="127.0.0.9", host="app.example.com"):
        self.host = host
        raw = socket.create_connection(("127.0.0.1", front.port), PATIENCE, (source, 0))
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = raw
        if front.tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.sock = context.wrap_socket(raw, server_hostname=host)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, method="GET", path="/", headers=(), body=b""):
        self.sock.sendall(head(method, path, [("Host", self.host), *headers]) + body)

    def ask(self, method="GET", path="/", headers=(), body=b""):
        self.send(method, path, headers, body)
        return Answer(self.sock, method)


class Server(socketserver.ThreadingTCPServer):
    """A server on a free port, each connection in a thread."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, converse, port=0):
        self.converse = converse
        super().__init__(("127.0.0.1", port), socketserver.BaseRequestHandler)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def finish_request(self, request, client_address):
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError, ValueError):
            self.converse(request)

    def stop(self):
        self.shutdown()
        self.server_close()


class Tap:
    """Stands between a proxy and hallpass: counts connections, and keeps the questions."""

    def __init__(self, target):
        self.target = target
        self.connections, self.questions = 0, []
        self.server = Server(self.converse)
        self.port = self.server.port

    def converse(self, sock):
        self.connections += 1
        with socket.create_connection(("127.0.0.1", self.target), PATIENCE) as there:
            threading.Thread(target=pump, args=(there, sock), daemon=True).start()
            while (part := sock.recv(1 << 18)):
                if len(self.questions) < 1000:
                    self.questions.append(part)
                there.sendall(part)

    def cut(self):
        """Nobody listens any more."""
        self.server.stop()

    def mend(self):
        self.server = Server(self.converse, self.port)

    def asked(self):
        """What was asked since the last time, as one text."""
        found, self.questions = b"".join(self.questions), []
        return found.decode("latin-1")


def pump(source, target):
    """Everything that comes from one side goes to the other, until one of them ends."""
    with contextlib.suppress(OSError):
        while (part := source.recv(1 << 18)):
            target.sendall(part)
    for sock in (source, target):
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
