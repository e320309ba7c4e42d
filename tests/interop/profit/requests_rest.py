"""The Profit flow over REST, by requests, with content types that applications are known to send.

URL API_KEY ENVIRONMENT_KEY USER; prints `asked`, reads the code, and prints what it saw as JSON.
"""

import base64
import json
import sys

import requests

url, api_key, environment_key, user = sys.argv[1:]
rest = f"{url}/profitrestservices"
PLAIN = "text/plain; charset=utf-8"
ODD = [PLAIN, "application/x-www-form-urlencoded", "text/xml", "application/json; charset=iso-8859-1",
       "nonsense", "", "multipart/form-data; boundary=x", None]
CORS = ["Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers",
        "Access-Control-Max-Age", "X-Frame-Options", "Cache-Control"]


def post(path, document, content_type=PLAIN):
    headers = {} if content_type is None else {"Content-Type": content_type}
    return requests.post(f"{rest}/{path}", data=json.dumps(document).encode(), headers=headers, timeout=20)


def seen(answer):
    return {"status": answer.status_code, "length": answer.headers.get("Content-Length"),
            "body": answer.text, "type": answer.headers.get("Content-Type"),
            **{name: answer.headers.get(name) for name in CORS}}


who = {"apiKey": api_key, "userid": user, "apiToken": environment_key}
asked = seen(post("otprequest", {**who, "description": "a counter"}))
print("asked", flush=True)
code = sys.stdin.readline().rstrip("\n")
wrong = "00000000" if code != "00000000" else "00000001"
# Somebody else's attempts: those of this user are counted.
odd = [seen(post("otpvalidation", {**who, "userid": "nobody", "otp": wrong}, it)) for it in ODD]
granted = post("OtpValidation", {"APIKEY": api_key, "UserId": user, "environmentkey": environment_key,
                                 "Otp": f" {code[:4]} {code[4:]} "})
token = granted.json()["token"]
replayed = seen(post("otpvalidation", {**who, "otp": code}))
header = "AfasToken " + base64.b64encode(token.encode()).decode()


def get(path, **more):
    sent = {"Authorization": header, "Content-Type": PLAIN, **more.pop("headers", {})}
    return requests.get(f"{rest}/{path}", headers=sent, timeout=20, **more)


whole = get("metainfo", data="null")
once = requests.get(f"{rest}/ProfitVersion", timeout=20,
                    headers={"Authorization": header, "Connection": "close"})
print(json.dumps({
    "asked": asked, "odd": odd, "granted": seen(granted), "token": token, "replayed": replayed,
    "metainfo": whole.json(), "null body": seen(whole), "version": once.json(),
    "closed": once.headers.get("Connection"),
    "without end of line": get("metainfo", headers={"Authorization": "AfasToken " + base64.b64encode(
        token.strip().encode()).decode()}).status_code,
    "one connector": seen(get("metainfo/get/Profit_Debtor")),
    "one update": seen(get("metainfo/update/KnContact")),
    "raw xml": seen(get("metainfo", headers={"Authorization": "AfasToken " + token.strip()})),
    "bare hex": seen(get("metainfo", headers={"Authorization": "AfasToken " + token[-80:][:64]})),
    "no token": seen(requests.get(f"{rest}/metainfo", timeout=20)),
    "no such path": seen(get("nothing/here")),
    "options": seen(requests.options(f"{rest}/otprequest", timeout=20)),
    "not json": seen(requests.post(f"{rest}/otprequest", data=b"{", timeout=20)),
}), flush=True)
