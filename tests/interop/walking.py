"""The Profit flow, walked by applications that others could have written: zeep, requests, Node, PHP, curl, a page."""

import functools
import json
import threading
import urllib.parse
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from browser import Browser
from profiting import REST, SOAP, XML, Application, afas, check

APPLICATIONS = {
    "zeep": ["/usr/bin/python3", "zeep_soap.py"], "requests": ["/usr/bin/python3", "requests_rest.py"],
    "fetch": ["node", "fetch.mjs"], "phpsoap": ["php", "soap_client.php"],
    "phpcurl": ["php", "curl_rest.php"], "curl": ["bash", "raw_curl.sh"]}
# Those that delete their token over SOAP.
DELETE = ["zeep", "phpsoap", "curl"]
SOAPED = ["zeep", "phpsoap"]
FAULT = ["Detail", "ErrorNumber", "Message"]


def prepare(server):
    """Each has a connection of its own: codes of one are a minute apart."""
    for name in [*APPLICATIONS, "page"]:
        server.connection(name)


def applications(server):
    """All of them at once."""
    running = {name: Application(server, name, command) for name, command in APPLICATIONS.items()}
    for name, it in running.items():
        check(f"{name}: its first line", "asked", it.says())
    for name, it in running.items():
        it.is_told(server.mailed(name))
    saw = {name: it.saw() for name, it in running.items()}
    for name, found in saw.items():
        # Over SOAP it is a text without the line break that it has in JSON.
        wanted = found["token"] + "\r\n" if name in SOAPED else found["token"]
        check(f"{name}: {found['token']!r} is a token as the wire has it", True, bool(XML.fullmatch(wanted)))
        check(f"{name}: it is valid", 200, metainfo(server, found["token"]))
    for name, judge in [("zeep", by_zeep), ("requests", by_requests), ("fetch", by_fetch),
                        ("phpsoap", by_php_soap), ("phpcurl", by_php_curl), ("curl", by_curl)]:
        judge(server, saw[name])
    for name in DELETE:
        running[name].is_told("delete it")
        deleted(name, running[name].saw())
        check(f"{name}: it is not valid any more", 401, metainfo(server, saw[name]["token"]))
    for it in running.values():
        it.ends()
    print(f"  {len(running)} applications: {', '.join(running)}", flush=True)


def metainfo(server, token):
    return server.ask("GET", f"{REST}/metainfo", headers=[afas(token)]).status


def described(name, metainfo):
    """What an application may know of its token."""
    check(f"{name}: metainfo", ["updateConnectors", "getConnectors", "info"], list(metainfo))
    check(f"{name}: connectors", ([], []), (metainfo["updateConnectors"], metainfo["getConnectors"]))
    check(f"{name}: info", {"envid": "production", "appName": name, "group": ""},
          {key: value for key, value in metainfo["info"].items() if key != "tokenExpiry"})


def deleted(name, found):
    again = found.get("again") if name != "curl" else {"detail": FAULT}
    check(f"{name}: deleted twice", True, bool(again))
    if name == "zeep":
        check("zeep: DeleteToken", None, found["deleted"])
    else:
        check(f"{name}: DeleteToken", True, "DeleteTokenResponse" in found["deleted"])


def by_zeep(server, found):
    check("zeep: the address in the WSDL", f"{server.url}{SOAP}", found["endpoint"])
    check("zeep: operations", ["DeleteToken", "GenerateOTP", "GetTokenFromOTP"], found["operations"])
    check("zeep: GenerateOTP", None, found["empty"])
    check("zeep: one fault for all", [found["wrong"]] * 2, [found["stranger"], found["replayed"]])
    check("zeep: a fault has its detail", True, set(FAULT) <= set(found["wrong"]["detail"]))


def by_php_soap(_server, found):
    check("phpsoap: a fault has its detail", FAULT, sorted(found["replayed"]["detail"] or []))
    check("phpsoap: functions", 3, len(found["functions"]))


def by_requests(_server, found):
    described("requests", found["metainfo"])
    check("requests: otprequest", (201, "0", ""), tuple(found["asked"][it] for it in ["status", "length", "body"]))
    check("requests: odd content types", [(401, "0", "")] * len(found["odd"]),
          [(it["status"], it["length"], it["body"]) for it in found["odd"]])
    granted = found["granted"]
    check("requests: a code with spaces, keys in another case", (200, "application/json"),
          (granted["status"], granted["type"]))
    check("requests: the body, exactly", json.dumps({"token": found["token"]}, separators=(",", ":")), granted["body"])
    for what, status in {"replayed": 401, "null body": 200, "one connector": 404, "one update": 404, "raw xml": 401,
                         "bare hex": 401, "no token": 401, "no such path": 404, "options": 204, "not json": 400}.items():
        check(f"requests: {what}", status, found[what]["status"])
        check(f"requests: {what}: CORS", {
            "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, OPTIONS",
            "Access-Control-Allow-Headers": "Content-Type, Accept, Authorization, OnlineSessionId, Accept-Language",
            "Access-Control-Max-Age": "1728000", "X-Frame-Options": "deny", "Cache-Control": "no-store"},
            {name: value for name, value in found[what].items() if name[0].isupper()})
    check("requests: not json", {"message": "Invalid json"}, json.loads(found["not json"]["body"]))
    check("requests: one connector", "application/json", found["one connector"]["type"])
    check("requests: ProfitVersion", ["version"], list(found["version"]))
    check("requests: Connection: close", "close", found["closed"])
    check("requests: without the end of line", 200, found["without end of line"])


def by_fetch(_server, found):
    described("fetch", found["metainfo"])
    check("fetch: statuses", (201, "", [200], 401, 401),
          tuple(found[it] for it in ["asked", "body", "crowd", "replayed", "refused"]))
    check("fetch: both challenges", "AfasToken, Bearer", found["challenge"])


def by_php_curl(_server, found):
    described("phpcurl", found["metainfo"])
    check("phpcurl: statuses", (201, 200, 200, 401),
          tuple(found[it] for it in ["asked", "granted", "status", "replayed"]))


def by_curl(_server, found):
    described("curl", found["metainfo"])
    check("curl: replayed", "500", found["replayed"])


class Elsewhere(SimpleHTTPRequestHandler):
    """The application's own server, which is silent."""

    def log_message(self, *_):
        pass


def page(server):
    """The flow in a page of another origin: the browser asks first (OPTIONS), and shows the page what CORS allows."""
    handler = functools.partial(Elsewhere, directory=str(Application.FOLDER))
    theirs = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=theirs.serve_forever, daemon=True).start()
    keys = server.who("page")
    query = urllib.parse.urlencode({"url": server.url, "apiKey": keys["apiKey"], "user": "page",
                                    "environmentKey": keys["apiToken"]})
    try:
        with Browser(server.home.root / "browser") as browser:
            browser.visit(f"http://localhost:{theirs.server_port}/page.html?{query}")
            check("page: asked", [201, "", "cors"], browser.value("ask()"))
            seen = browser.value(f"exchange('{server.mailed('page')}')")
            preflights = [it for it in browser.events if it["method"] == "Network.requestWillBeSent"
                          and it["params"]["request"]["method"] == "OPTIONS"]
            blocked = [it["params"] for it in browser.events if it["method"] == "Network.loadingFailed"]
    finally:
        theirs.shutdown()
    described("page", seen["metainfo"])
    check("page: a token", True, bool(XML.fullmatch(seen["token"])))
    check("page: refused", ([401, ""], [401, ""]), (seen["refused"], seen["without"]))
    check("page: preflights", True, len(preflights) >= 2)
    check("page: blocked by the browser", [], blocked)
    print(f"  a page: {len(preflights)} preflights", flush=True)
