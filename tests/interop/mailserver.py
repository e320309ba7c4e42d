"""A real mail server, aiosmtpd, with a certificate of an authority that exists for one run.

As a program it serves until its standard input ends, and writes each mail that it takes into a file.
It runs under the system's own Python, which is the one that has aiosmtpd.
"""

import contextlib
import socket
import subprocess
import sys
from pathlib import Path

PYTHON = "/usr/bin/python3"
USER, PASSWORD = "mailer@example.com", "a password of the mail server 4711"


def names():
    """The names of this machine that lead to it: one from the hosts file at least."""
    own = socket.gethostname().lower()
    try:
        socket.getaddrinfo(own, None)
    except OSError:
        return ["localhost"]
    return list(dict.fromkeys(["localhost", own]))


def certify(folder):
    """Makes `ca.pem`, and `server.pem` with its key, for the names of this machine."""
    def openssl(line, **more):
        subprocess.run(["openssl", *line.split()], cwd=folder, check=True, capture_output=True,
                       **more)
    key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    openssl(f"req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=interop-authority")
    openssl(f"req {key} -keyout server.key -out server.csr -subj /CN=interop-server")
    alternatives = ",".join(f"DNS:{name}" for name in names())
    (folder / "extensions").write_text(f"subjectAltName={alternatives}\n")
    openssl("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 "
            "-extfile extensions -out server.pem")


@contextlib.contextmanager
def serving(folder):
    """Yields the ports for STARTTLS and for TLS from the first byte; mails come into `folder`."""
    folder.mkdir(mode=0o700)
    certify(folder)
    # It has much to say about clients that hang up; who looks for a cause finds it there.
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen([PYTHON, __file__, str(folder)], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=log)
    try:
        yield tuple(int(server.stdout.readline()) for _ in range(2))
    finally:
        server.stdin.close()
        server.wait(10)


def free_port():
    with socket.socket() as probe:
        probe.bind(("", 0))
        return probe.getsockname()[1]


def serve(folder):
    """Serves until standard input ends."""
    import ssl

    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    class Desk:
        count = 0

        async def handle_DATA(self, server, session, envelope):
            Desk.count += 1
            head = f"{envelope.mail_from} {' '.join(envelope.rcpt_tos)}\r\n".encode()
            (folder / f"{Desk.count}.mail").write_bytes(head + envelope.content)
            return "250 2.0.0 queued as interop"

    def judge(server, session, envelope, mechanism, data):
        right = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    ways = [{"tls_context": context, "require_starttls": True},
            {"ssl_context": context, "auth_require_tls": False}]
    controllers = []
    for way in ways:
        port = free_port()
        controllers.append(Controller(Desk(), hostname="", port=port, authenticator=judge,
                                      auth_required=True, **way))
        controllers[-1].start()
        print(port, flush=True)
    sys.stdin.read()
    for controller in controllers:
        controller.stop()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
