#!/usr/bin/env bash
# The Profit flow by curl: the code over SOAP with an envelope written by hand, the token over REST.
# URL API_KEY ENVIRONMENT_KEY USER; prints `asked`, reads the code, and prints what it saw as JSON.
set -euo pipefail
url=$1 api_key=$2 environment_key=$3 user=$4
soap=$url/PROFITSERVICES/tokenconnector.ASMX

envelope() {
    cat <<XML
<?xml version="1.0" encoding="utf-8"?>
<x:Envelope xmlns:x="http://schemas.xmlsoap.org/soap/envelope/" xmlns:p="urn:Afas.Profit.Services">
  <!-- written by hand -->
  <x:Body><p:$1><p:unknown>1</p:unknown>$2</p:$1></x:Body>
</x:Envelope>
XML
}

# Prints the status, a line each, and the body.
call() {
    envelope "$1" "$2" | curl -sS -w '\n%{http_code}\n' -H "SOAPAction: $3urn:Afas.Profit.Services/$1$3" \
        -H 'Content-Type: text/xml; charset=utf-8' --data-binary @- "$soap"
}

keys="<p:environmentKey>$environment_key</p:environmentKey><p:apiKey><![CDATA[$api_key]]></p:apiKey>"
call GenerateOTP "$keys<p:description>curl &amp; co</p:description><p:userId>$user</p:userId>" '' >/dev/null
echo asked
read -r code
granted=$(curl -sS -H 'Content-Type: text/plain; charset=utf-8' \
    -d "{\"apiKey\":\"$api_key\",\"userid\":\"$user\",\"apiToken\":\"$environment_key\",\"otp\":\"$code\"}" \
    "$url/profitrestservices/otpvalidation")
token=$(jq -r .token <<<"$granted")
# The line break of the token is lost in $(…): it is tolerated, not asked for.
header="Authorization: AfasToken $(printf %s "$token" | base64 -w0)"
metainfo=$(curl -sS -X GET -d null -H "$header" "$url/profitrestservices/metainfo")
replayed=$(call GetTokenFromOTP "$keys<p:userId>$user</p:userId><p:otp>$code</p:otp>" '"' | tail -n1)
jq -cn --argjson metainfo "$metainfo" --arg granted "$granted" --arg replayed "$replayed" \
    '{token: ($granted | fromjson | .token), granted: $granted, metainfo: $metainfo, replayed: $replayed}'
read -r _
escaped=$(printf %s "$token" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g')
call DeleteToken "<p:token>$escaped</p:token>" '"' | jq -Rsc '{deleted: .}'
