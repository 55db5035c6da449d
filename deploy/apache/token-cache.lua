-- Handles a request that mod_auth_openidc refused. The module does not report why, so Apache asks token-cache again. These
-- three mod_lua functions pass the response to the client: 401 only for an inactive token, 503 for an unknown verdict.

local retry_after = "5"

-- Runs before the second request, and clears the 401: Apache would return it whatever token-cache replies. The second
-- request has no body. The body of the client's request stays unread, and Apache would parse it as the next request; so the
-- client's connection closes after the response.
function ask_again(r)
  r.status = 200
  if r.headers_in["Content-Length"] or r.headers_in["Transfer-Encoding"] then
    r.subprocess_env["nokeepalive"] = "1"
  end
  r.headers_in["Content-Length"] = nil
  r.headers_in["Transfer-Encoding"] = nil
  return apache2.DECLINED
end

local function wants_a_page(r)
  return (r.headers_in["Accept"] or ""):find("text/html", 1, true) ~= nil
end

local function address(r)
  local scheme = r.is_https and "https" or "http"
  local target = r.the_request:match("^%S+ (/%S*)") or "/"
  return scheme .. "://" .. (r.headers_in["Host"] or r.hostname) .. target
end

local function try_later(r)
  r.status = 503
  r.err_headers_out["Retry-After"] = retry_after
  r.err_headers_out["Cache-Control"] = "no-store"
end

-- Filters the response. For an inactive token, browsers are redirected to the login page and programs get the 401. If the
-- token is now reported active, the first response was lost, and the client should try again.
function verdict(r)
  r.err_headers_out["WWW-Authenticate"] = nil
  if r.status == 401 and wants_a_page(r) then
    r.status = 302
    r.headers_out["Location"] = r.subprocess_env["SSO_LOGIN"] .. r:escape(address(r))
  elseif r.status ~= 401 and r.status ~= 503 then
    try_later(r)
  end
  coroutine.yield()
  while bucket do
    coroutine.yield(bucket)
  end
end

-- The response if token-cache is unreachable or returns a server error.
function unknown(r)
  r.err_headers_out["WWW-Authenticate"] = nil
  try_later(r)
  r.content_type = "text/plain"
  r:puts("The login service is temporarily unavailable. Try again.\n")
  return apache2.OK
end
