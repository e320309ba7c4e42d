"""The application behind the proxies: it shows what it gets, speaks WebSocket, and serves files."""

import base64
import hashlib
import json

import exchange


class Application:
    """An echo, with files below `/git/`."""

    def __init__(self, files):
        self.files = files
        self.asked = 0
        self.port = exchange.Server(self.converse).port

    def converse(self, sock):
        stream = sock.makefile("rb")
        while (head := exchange.Head.read(stream)):
            self.asked += 1
            if head.first("Upgrade").lower() == "websocket":
                key = head.first("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
                accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
                sock.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                             + f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode())
                while (part := stream.read1(1024)):
                    sock.sendall(part)
                return
            status, body = self.answer(head, head.body(stream))
            sock.sendall(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                         + (b"" if head.method == "HEAD" else body))

    def answer(self, head, body):
        path = head.path.split("?")[0]
        if path.startswith("/git/"):
            file = self.files / path.removeprefix("/git/")
            return (200, file.read_bytes()) if file.is_file() else (404, b"")
        if path == "/fails":
            return 500, b"by the application"
        return 200, json.dumps({"method": head.method, "path": head.path, "headers": head.headers,
                                "body": len(body)}).encode()
