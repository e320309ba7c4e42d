"""A database over TCP: certificates, passwords and where they may be, client certificates, and servers that are not who they
say."""

import shutil
import subprocess

import cluster
from cluster import Machine, check, psql

PASSWORD, WRONG = "canary-password-77", "canary-password-78"
USAGE, AWAY, UNSAFE = 2, 42, 43
HBA = """local all all trust
hostssl all certified 127.0.0.1/32 cert
hostssl all all 127.0.0.1/32 scram-sha-256
"""


def openssl(root, *words):
    done = subprocess.run(["openssl", *words], cwd=root, check=False, capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"openssl {words}: {done.stderr}")


def authority(root, name):
    openssl(root, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")


def certificate(root, name, common, extension, by="ca"):
    """A certificate and its key, signed by an authority."""
    (root / f"{name}.ext").write_text(f"{extension}\nbasicConstraints=CA:FALSE\n")
    openssl(root, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={common}",
            "-keyout", f"{name}.key", "-out", f"{name}.csr")
    openssl(root, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{by}.pem", "-CAkey", f"{by}.key", "-CAcreateserial",
            "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.pem")
    (root / f"{name}.key").chmod(0o600)


def started(root):
    """A server that takes encrypted connections only, over TCP."""
    server = cluster.Cluster(root, "secured")
    for name in ["server.pem", "server.key", "ca.pem"]:
        shutil.copy(root / name, server.data / name)
        shutil.chown(server.data / name, "postgres", "postgres")
        (server.data / name).chmod(0o600)
    server.set(listen_addresses="'127.0.0.1'", ssl="on", ssl_cert_file="'server.pem'", ssl_key_file="'server.key'",
               ssl_ca_file="'ca.pem'")
    (server.data / "pg_hba.conf").write_text(HBA)
    server.start().prepare()
    psql(server, f"ALTER ROLE app PASSWORD '{PASSWORD}'; ALTER ROLE owner PASSWORD '{PASSWORD}'; CREATE ROLE certified LOGIN")
    return server


class Reached:
    """A machine that reaches the server over TCP."""

    def __init__(self, root, server):
        self.machine, self.port, self.folder = Machine(root / "machine", server), server.port, root
        self.pgpass = self.machine.root / ".pgpass"
        self.known(PASSWORD)

    def known(self, password):
        """What `.pgpass` says; nothing if there is none."""
        self.pgpass.unlink(missing_ok=True)
        if password:
            self.machine.write(".pgpass", f"localhost:{self.port}:*:*:{password}\n127.0.0.1:{self.port}:*:*:{password}\n".encode())

    def url(self, host="localhost", user="app", more=None):
        more = f"sslrootcert={self.folder}/ca.pem" if more is None else more
        return f"postgres://{user}@{host}:{self.port}/hallpass?schema=secured&{more}"

    def ends(self, code, what, line="status", **named):
        self.machine.url = self.url(**named)
        done = self.machine.run(line)
        said = (done.stdout + done.stderr).decode()
        check(done.returncode == code, f"{what}: {done.returncode}, not {code}: {said}")
        check(PASSWORD not in said and WRONG not in said, f"{what}: the password is repeated: {said}")
        return said


def passwords(it):
    it.ends(0, "a password in .pgpass")
    it.ends(0, "bound to the channel", more=f"sslrootcert={it.folder}/ca.pem&channel_binding=require")
    it.known(WRONG)
    it.ends(AWAY, "a wrong password")
    it.known(None)
    said = it.ends(AWAY, "no password")
    check("password" in said, f"no password is said to be: {said}")
    file = it.machine.root / "password"
    it.machine.write("password", PASSWORD.encode() + b"\n")
    option = f"--database-password-file {file}"
    it.ends(0, "a password in a file", f"status {option}")
    file.chmod(0o644)
    it.ends(UNSAFE, "a password that others can read", f"status {option}")
    it.known(PASSWORD)
    it.pgpass.chmod(0o644)
    it.ends(UNSAFE, "a .pgpass that others can read")
    it.known(PASSWORD)


def certificates(it):
    folder = it.folder
    it.ends(UNSAFE, "a server of another authority", more=f"sslrootcert={folder}/other.pem")
    it.ends(UNSAFE, "a server of no authority of the system", more="")
    it.ends(UNSAFE, "a server of another name", host="127.0.0.1")
    it.ends(USAGE, "no encryption, without a word", more="sslmode=disable")
    allowed = "status --allow-insecure-database"
    it.ends(AWAY, "no encryption", allowed, more="sslmode=disable")
    said = it.ends(0, "encrypted to whoever", allowed, more="sslmode=require")
    check("warning" in said, f"a weak connection is not warned of: {said}")
    pair = f"sslrootcert={folder}/ca.pem&sslcert={folder}/certified.pem&sslkey={folder}/certified.key"
    it.ends(AWAY, "a client with a certificate whose role may not do anything", user="certified", more=pair)
    psql(it.machine_server, "GRANT app TO certified")
    it.ends(0, "a client with a certificate", user="certified", more=pair)
    stranger = pair.replace("certified.", "stranger.")
    it.ends(UNSAFE, "a client with a certificate of another authority", user="certified", more=stranger)
    (folder / "certified.key").chmod(0o644)
    it.ends(UNSAFE, "a key of a client that others can read", user="certified", more=pair)


def main(root, one):
    authority(root, "ca")
    authority(root, "other")
    certificate(root, "server", "localhost", "subjectAltName=DNS:localhost")
    certificate(root, "certified", "certified", "extendedKeyUsage=clientAuth")
    certificate(root, "stranger", "certified", "extendedKeyUsage=clientAuth", by="other")
    server = started(root)
    try:
        it = Reached(root, server)
        it.machine_server = server
        it.ends(0, "the tables", "store schema --role app --run", user="owner")
        it.ends(0, "a new store", "init --new-key-file {home}/keys/store.key --no-recovery")
        passwords(it)
        certificates(it)
        # Nobody in the middle gets a password for a connection that is not encrypted.
        psql(server, "ALTER SYSTEM SET ssl = off", database="postgres")
        server.reload()
        said = it.ends(UNSAFE, "a server that does not encrypt")
        check("encrypt" in said or "TLS" in said, f"a server that does not encrypt: {said}")
    finally:
        server.stop()
