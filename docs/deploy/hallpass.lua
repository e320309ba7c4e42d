-- HAProxy asks hallpass whether a request may pass (HAProxy 2.6 and newer).
--
--   http-request lua.hallpass connection=app&environment=production
--
-- sets txn.hallpass_status and, with 204, txn.hallpass_profile and its six sisters. The configuration acts
-- on them. If anything goes wrong the status is 503.

local URL = "http://127.0.0.1:8789/verify?"
-- Milliseconds, longer than passwords wait to be hashed.
local TIMEOUT = 6000

-- The header of an answer, and the variable that keeps it.
local KEPT = {
    ["www-authenticate"] = "txn.hallpass_challenge",
    ["retry-after"] = "txn.hallpass_retry_after",
    ["hallpass-profile"] = "txn.hallpass_profile",
    ["hallpass-token"] = "txn.hallpass_token",
    ["hallpass-token-id"] = "txn.hallpass_token_id",
    ["hallpass-connection"] = "txn.hallpass_connection",
    ["hallpass-environment"] = "txn.hallpass_environment",
    ["hallpass-device"] = "txn.hallpass_device",
    ["hallpass-expires"] = "txn.hallpass_expires",
}

-- Headers of HAProxy begin at 0, those of its client at 1.
local function values(list)
    local found = {}
    for at = 0, #list do
        if list[at] then
            found[#found + 1] = list[at]
        end
    end
    return found
end

-- What a verdict needs: the credentials, and identity headers in whatever spelling, which hallpass refuses.
-- Cookies, the body and its length, and what is about the client's connection stay here.
local function question(txn)
    local headers = { ["x-forwarded-for"] = { txn.sf:src() } }
    for name, list in pairs(txn.http:req_get_headers()) do
        if name == "authorization" or name == "x-api-key" or name:find("^hallpass") then
            headers[name] = values(list)
        end
    end
    return headers
end

local function ask(txn, query)
    txn:set_var("txn.hallpass_status", 503)
    txn:set_var("txn.hallpass_retry_after", "5")
    -- HEAD: an answer has no body in any case.
    local answer = core.httpclient():head{ url = URL .. query, headers = question(txn), timeout = TIMEOUT }
    for name, list in pairs(answer.headers or {}) do
        local variable = KEPT[name:lower()]
        local value = values(list)[1]
        if variable and value then
            txn:set_var(variable, value)
        end
    end
    -- 0 if there was no answer. Last: what fails before it leaves 503.
    if answer.status and answer.status ~= 0 then
        txn:set_var("txn.hallpass_status", answer.status)
    end
end

core.register_action("hallpass", { "http-req" }, ask, 1)
