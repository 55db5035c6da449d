-- Asks token-cache about a request, with HAProxy's own HTTP client, and sets the identity headers for the application. It stores
-- the status of the response in txn.sso_status: 200 or 401; anything else, or none, is unknown. token-cache.cfg acts on it.

local credential_headers = { "authorization", "cookie" }

local function auth_request(headers_in)
  local headers = {}
  for _, name in ipairs(credential_headers) do
    local values = headers_in[name]
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
  local response = core.httpclient():get(auth_request(txn.http:req_get_headers()))
  local function header(name)
    return response.headers and response.headers[name] and response.headers[name][0]
  end

  txn:set_var("txn.sso_challenge", header("www-authenticate") or "Bearer")
  if header("retry-after") then
    txn:set_var("txn.sso_retry_after", header("retry-after"))
  end
  for name in pairs(response.headers or {}) do
    if name:find("^x%-auth%-") then
      txn.http:req_set_header(name, header(name))
    end
  end
  txn:set_var("txn.sso_status", response.status)
end

core.register_action("sso", { "http-req" }, ask)

-- Replies to a request that does not reach the application. HAProxy 2.6 closes a connection whose request it has not read,
-- and the client may then lose the reply; so a body is read first, up to max_body bytes.
local max_body = 10 * 1024 * 1024

local function refuse(applet)
  local left = max_body
  while left > 0 do
    local part = applet:receive(math.min(left, 16384))
    if not part or #part == 0 then break end
    left = left - #part
  end
  local login = applet:get_var("txn.sso_login")
  local status = applet:get_var("txn.sso_status")
  if login then
    applet:set_status(302)
    applet:add_header("Location", login)
  elseif status == 401 then
    applet:set_status(401)
    applet:add_header("WWW-Authenticate", applet:get_var("txn.sso_challenge"))
  elseif status == 400 or status == 431 then
    applet:set_status(status)
  else
    applet:set_status(503)
    applet:add_header("Retry-After", applet:get_var("txn.sso_retry_after"))
  end
  applet:add_header("Cache-Control", "no-store")
  applet:add_header("Content-Length", "0")
  applet:start_response()
end

core.register_service("sso_refuse", "http", refuse)
