"""Traefik and Envoy, as far as a verdict is concerned: what they send, from the set-ups of docs/deploy.

They apply the rules for headers of the file that is documented, and fail if it has a key that they do not
know: a rule that is not imitated would not be tested.
"""

import fnmatch
import socket

import exchange
import yaml

HOP = ["connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te",
       "trailer", "transfer-encoding", "upgrade"]


def without(headers, names):
    """Headers but those names, in any case. Nothing is known of `_` and `.`."""
    names = {name.lower() for name in names}
    return [(name, value) for name, value in headers if name.lower() not in names]


def without_hops(headers):
    """What a hop keeps for itself, and what its peer declares to be so."""
    listed = ",".join(value for name, value in headers if name.lower() == "connection")
    return without(headers, [*HOP, *(name.strip() for name in listed.split(","))])


def only(keys, found):
    """All keys of `found` are known."""
    unknown = set(found) - set(keys)
    if unknown:
        raise AssertionError(f"not imitated: {unknown}")
    return found


class Proxy:
    """A client's connection: a verdict for each request, and the request goes on if it is good."""

    def __init__(self, hallpass, application):
        self.hallpass, self.application = hallpass, application

    def converse(self, sock):
        stream = sock.makefile("rb")
        peer = sock.getpeername()[0]
        while (head := exchange.Head.read(stream)):
            passed, answer = self.judge(head, peer)
            if passed is None:
                status, headers = answer
                sock.sendall(reply(status, without(headers, ["content-length", *HOP]), b""))
                continue
            body = head.body(stream)
            with socket.create_connection(("127.0.0.1", self.application), exchange.PATIENCE) as there:
                there.sendall(exchange.head(head.method, head.path, passed) + body)
                if head.first("Upgrade").lower() == "websocket":
                    return self.tunnel(stream, sock, there)
                answer = exchange.Answer(there, head.method)
            sock.sendall(reply(answer.status, without(answer.headers, ["content-length"]), answer.body))

    def tunnel(self, stream, sock, there):
        sock.sendall(there.recv(4096))
        while (part := stream.read1(1024)):
            there.sendall(part)
            sock.sendall(there.recv(4096))

    def ask(self, method, path, headers):
        """The verdict, or None if there was none. One connection each: pools are tested elsewhere."""
        try:
            with socket.create_connection(("127.0.0.1", self.hallpass), 2) as there:
                there.settimeout(5)
                there.sendall(exchange.head(method, path, headers))
                return exchange.Answer(there, method)
        except (OSError, ValueError, exchange.HTTPException):
            return None


def reply(status, headers, body):
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


class Traefik(Proxy):
    """The router's middlewares, one after the other."""

    def __init__(self, file, *ports):
        super().__init__(*ports)
        http = yaml.safe_load(file.read_text(encoding="utf-8"))["http"]
        self.middlewares = http["middlewares"]
        self.routers = {router["rule"].split("`")[1]: router["middlewares"] for router in http["routers"].values()}

    def judge(self, head, peer):
        # The entry point believes nobody, and keeps for itself what is about the connection.
        forwarded = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"]
        headers = without(head.headers, forwarded)
        for name in self.routers[head.first("Host").split(":")[0]]:
            [(kind, rule)] = self.middlewares[name].items()
            if kind == "headers":
                mutations = only(["customRequestHeaders"], rule)["customRequestHeaders"]
                headers = without(headers, mutations)
                headers += [(name, value) for name, value in mutations.items() if value]
                continue
            only(["address", "trustForwardHeader", "forwardBody", "authResponseHeaders", "preserveRequestMethod"], rule)
            if rule["trustForwardHeader"] or rule["forwardBody"]:
                raise AssertionError("not imitated")
            asked = without_hops(without(headers, ["host", "content-length"]))
            asked += [("Host", "hallpass"), ("X-Forwarded-For", peer), ("X-Forwarded-Method", head.method),
                      ("X-Forwarded-Uri", head.path), ("X-Forwarded-Host", head.first("Host"))]
            method = head.method if rule.get("preserveRequestMethod") else "GET"
            answer = self.ask(method, rule["address"].partition(":8787")[2], asked)
            if answer is None:
                return None, (500, [])
            if not 200 <= answer.status < 300:
                return None, (answer.status, answer.headers)
            headers = without(headers, rule["authResponseHeaders"])
            headers += [(name, value) for name in rule["authResponseHeaders"] for value in answer.all(name)]
        upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket")] if head.first("Upgrade") else []
        return [*without_hops(headers), ("X-Forwarded-For", peer), *upgrade], None


class Envoy(Proxy):
    """The connection manager, `ext_authz`, and the router."""

    def __init__(self, file, *ports):
        super().__init__(*ports)
        listener = yaml.safe_load(file.read_text(encoding="utf-8"))["static_resources"]["listeners"][0]
        self.manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
        only(["@type", "stat_prefix", "use_remote_address", "max_request_headers_kb", "upgrade_configs",
              "common_http_protocol_options", "early_header_mutation_extensions", "http_filters", "route_config"],
             self.manager)
        self.filter = only(["@type", "transport_api_version", "failure_mode_allow", "status_on_error",
                            "allowed_headers", "http_service"], self.manager["http_filters"][0]["typed_config"])
        self.service = only(["server_uri", "path_prefix", "authorization_response"], self.filter["http_service"])
        mutation = self.manager["early_header_mutation_extensions"][0]["typed_config"]
        self.removed = [only(["remove"], it)["remove"] for it in mutation["mutations"]]
        self.host = self.manager["route_config"]["virtual_hosts"][0]

    def judge(self, head, peer):
        underscores = self.manager["common_http_protocol_options"]["headers_with_underscores_action"]
        if underscores == "REJECT_REQUEST" and any("_" in name for name, _ in head.headers):
            return None, (400, [])
        if not any(fnmatch.fnmatch(head.first("Host"), it) for it in self.host["domains"]):
            return None, (404, [])
        headers = without_hops(without(head.headers, self.removed))
        # It joins what the client says, and adds its peer.
        chain = [value for name, value in headers if name.lower() == "x-forwarded-for"]
        headers = without(headers, ["x-forwarded-for"])
        if not self.manager["use_remote_address"]:
            raise AssertionError("not imitated")
        headers.append(("x-forwarded-for", ",".join([*chain, peer])))
        asked = [(name, value) for name, value in headers
                 if listed(name, self.filter["allowed_headers"]["patterns"])]
        asked += [("Host", head.first("Host")), ("Content-Length", "0")]
        answer = self.ask(head.method, self.service["path_prefix"] + head.path, asked)
        if answer is None or answer.status >= 500:
            # 5xx of the server is an error, and its headers are not copied.
            if self.filter["failure_mode_allow"]:
                return headers, None
            return None, ({"ServiceUnavailable": 503}[self.filter["status_on_error"]["code"]], [])
        # `status_code == Http::Code::OK` in `ext_authz_http_impl.cc`: 204 is a denial.
        if answer.status != 200:
            return None, (answer.status, answer.headers)
        patterns = self.service["authorization_response"]["allowed_upstream_headers"]["patterns"]
        ours = [(name, value) for name, value in answer.headers if listed(name, patterns)]
        passed = without(headers, [name for name, _ in ours]) + ours
        upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket")] if head.first("Upgrade") else []
        return without(passed, self.host["request_headers_to_remove"]) + upgrade, None


def listed(name, patterns):
    """Whether one of the matchers is for that name, in any case."""
    name = name.lower()
    return any(name == it.get("exact") or ("prefix" in it and name.startswith(it["prefix"])) for it in patterns)
