// The Profit flow over REST, by fetch of Node.
// URL API_KEY ENVIRONMENT_KEY USER; prints `asked`, reads the code, and prints what it saw as JSON.
import { createInterface } from "node:readline/promises";

const [url, apiKey, apiToken, userid] = process.argv.slice(2);
const rest = `${url}/ProfitRestServices`;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

// A text as body is sent as `text/plain;charset=UTF-8`.
const post = (path, document) => fetch(`${rest}/${path}`, { method: "POST", body: JSON.stringify(document) });
const who = { apiKey, userid, apiToken };

const asked = await post("OTPRequest", { ...who, description: "Node kiosk" });
const body = await asked.text();
console.log("asked");
const otp = (await lines.next()).value.trim();
const granted = await post("OTPValidation", { ...who, otp });
const { token } = await granted.json();
const Authorization = `AfasToken ${Buffer.from(token).toString("base64")}`;
const get = (path, headers = { Authorization }) => fetch(`${rest}/${path}`, { headers });
const metainfo = await (await get("MetaInfo")).json();
const version = await (await get("profitversion")).json();
// Many at once, over few connections.
const crowd = await Promise.all(Array.from({ length: 50 }, () => get("metainfo").then((it) => it.status)));
const refused = await get("metainfo", {});
console.log(JSON.stringify({
    asked: asked.status, body, token, metainfo, version,
    crowd: [...new Set(crowd)], replayed: (await post("otpvalidation", { ...who, otp })).status,
    refused: refused.status, challenge: refused.headers.get("WWW-Authenticate"),
}));
process.exit(0);
