"""The Profit flow over SOAP, by zeep from the served WSDL alone.

URL API_KEY ENVIRONMENT_KEY USER; prints `asked`, reads the code, and prints what it saw as JSON.
"""

import json
import sys

import zeep

url, api_key, environment_key, user = sys.argv[1:]
client = zeep.Client(f"{url}/profitservices/TokenConnector.asmx?WSDL")
service = client.service


def fault(method, **parameters):
    """What a call is refused with."""
    try:
        getattr(service, method)(**parameters)
    except zeep.exceptions.Fault as refused:
        detail = {it.tag.rpartition("}")[2]: it.text for it in refused.detail.iter()}
        return {"code": refused.code, "message": refused.message, "detail": sorted(detail)}
    return None


who = {"userId": user, "apiKey": api_key, "environmentKey": environment_key}
empty = service.GenerateOTP(**who, description="zeep desk")
print("asked", flush=True)
code = sys.stdin.readline().rstrip("\n")
wrong = fault("GetTokenFromOTP", **who, otp="00000000" if code != "00000000" else "00000001")
stranger = fault("GetTokenFromOTP", **{**who, "userId": "nobody-of-that-name"}, otp=code)
token = service.GetTokenFromOTP(**who, otp=code)
replayed = fault("GetTokenFromOTP", **who, otp=code)
print(json.dumps({"token": token, "empty": empty, "wrong": wrong, "stranger": stranger,
                  "replayed": replayed, "endpoint": service._binding_options["address"],
                  "operations": sorted(service._operations)}), flush=True)
# Whoever drives this uses the token meanwhile.
sys.stdin.readline()
deleted = service.DeleteToken(token=token)
print(json.dumps({"deleted": deleted, "again": fault("DeleteToken", token=token)}), flush=True)
