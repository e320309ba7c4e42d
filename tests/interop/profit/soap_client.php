<?php
// The Profit flow over SOAP, by PHP's SoapClient from the served WSDL alone.
// URL API_KEY ENVIRONMENT_KEY USER; prints `asked`, reads the code, and prints what it saw as JSON.
error_reporting(E_ALL & ~E_DEPRECATED);
[, $url, $apiKey, $environmentKey, $user] = $argv;
ini_set('soap.wsdl_cache_enabled', '0');
$client = new SoapClient("$url/profitservices/TokenConnector.asmx?WSDL", ['trace' => true, 'exceptions' => true]);
$who = ['userId' => $user, 'apiKey' => $apiKey, 'environmentKey' => $environmentKey];

function fault(callable $call): ?array
{
    try {
        $call();
    } catch (SoapFault $refused) {
        $detail = $refused->detail->ProfitApplicationException ?? null;
        return ['code' => $refused->faultcode, 'message' => $refused->getMessage(),
                'detail' => $detail === null ? null : array_keys(get_object_vars($detail))];
    }
    return null;
}

$client->GenerateOTP($who + ['description' => 'PHP till']);
echo "asked\n";
$code = trim(fgets(STDIN));
// The order is another one than in the WSDL; SoapClient sorts them by it.
$token = $client->GetTokenFromOTP(['otp' => $code] + array_reverse($who))->GetTokenFromOTPResult;
$replayed = fault(fn() => $client->GetTokenFromOTP($who + ['otp' => $code]));
echo json_encode(['token' => $token, 'replayed' => $replayed,
                  'functions' => $client->__getFunctions()]), "\n";
fgets(STDIN);
$client->DeleteToken(['token' => $token]);
echo json_encode(['deleted' => $client->__getLastResponse(),
                  'again' => fault(fn() => $client->DeleteToken(['token' => $token]))]), "\n";
