-- Asks token-cache about a request, with HAProxy's own HTTP client, and tells the application who it is. What becomes of
-- the verdict is in token-cache.cfg: this sets txn.sso_status, 200 or 401; if it fails to, the verdict is unknown.

local asked_with = { "authorization", "cookie" }
local told = {
  "x-auth-subject", "x-auth-token-id", "x-auth-expires", "x-auth-scope", "x-auth-claims", "x-auth-claims-omitted",
}

local function question(request)
  local headers = {}
  for _, name in ipairs(asked_with) do
    local values = request[name]
    if values then
      headers[name] = {}
      for i = 0, #values do
        table.insert(headers[name], values[i])
      end
    end
  end
  return { url = "http://token-cache/v1/auth", dst = "abns@token-cache", headers = headers, timeout = 4000 }
end

local function ask(txn)
  local answer = core.httpclient():get(question(txn.http:req_get_headers()))
  local function header(name)
    return answer.headers and answer.headers[name] and answer.headers[name][0]
  end

  txn:set_var("txn.sso_challenge", header("www-authenticate") or "Bearer")
  if header("retry-after") then
    txn:set_var("txn.sso_retry_after", header("retry-after"))
  end
  for _, name in ipairs(told) do
    if header(name) then
      txn.http:req_set_header(name, header(name))
    end
  end
  txn:set_var("txn.sso_status", answer.status)
end

core.register_action("sso", { "http-req" }, ask)
