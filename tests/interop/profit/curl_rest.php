<?php
// The Profit flow over REST, by PHP's curl, one connection for each request as old applications have it.
// URL API_KEY ENVIRONMENT_KEY USER; prints `asked`, reads the code, and prints what it saw as JSON.
[, $url, $apiKey, $apiToken, $user] = $argv;

function ask(string $url, ?array $document, array $headers = []): array
{
    $curl = curl_init($url);
    curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_FORBID_REUSE => true, CURLOPT_TIMEOUT => 20,
                              CURLOPT_HTTPHEADER => [...$headers, 'Connection: close']]);
    if ($document !== null) {
        // An array in place of the text would be sent as a form.
        curl_setopt($curl, CURLOPT_POSTFIELDS, json_encode($document));
    }
    $body = curl_exec($curl);
    return [curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $body];
}

$rest = "$url/profitrestservices";
$who = ['apiKey' => $apiKey, 'userid' => $user, 'environmentKey' => $apiToken];
[$asked] = ask("$rest/otprequest", $who + ['description' => 'PHP curl']);
echo "asked\n";
$code = trim(fgets(STDIN));
[$granted, $body] = ask("$rest/otpvalidation", $who + ['otp' => $code]);
$token = json_decode($body)->token;
$header = 'Authorization: AfasToken ' . base64_encode($token);
[$status, $metainfo] = ask("$rest/metainfo", null, [$header]);
echo json_encode(['asked' => $asked, 'granted' => $granted, 'token' => $token, 'status' => $status,
                  'metainfo' => json_decode($metainfo),
                  'replayed' => ask("$rest/otpvalidation", $who + ['otp' => $code])[0]]), "\n";
