-- Removes the client's own identity headers before Apache uses the request, and refuses those of mod_auth_openidc. It also
-- refuses a Connection header that names one of either kind: Apache would remove that header before the application gets it.
function remove_forged_identity(r)
  -- The headers of an internal redirect or subrequest are Apache's own.
  if not r.is_initial_req then
    return apache2.DECLINED
  end
  local hop_by_hop = (r.headers_in["Connection"] or ""):lower()
  if hop_by_hop:find("x%Wauth") or hop_by_hop:find("oidc") then
    return 400
  end
  for name in pairs(r:headers_in_table()) do
    -- CGI, FastCGI and others turn every character but letters and digits into an underscore, or some of them.
    local variable = name:lower():gsub("%W", "_")
    if variable:find("^oidc_") then
      return 400
    elseif variable:find("^x_auth_") then
      r.headers_in[name] = nil
    end
  end
  return apache2.DECLINED
end

-- Handles a request that mod_auth_openidc refused. The module does not report why, so Apache asks token-cache again. These
-- three functions pass the response to the client: 401 only for an inactive token, 503 for an unknown verdict.

local retry_after = "5"

-- token-cache reads headers of 16 KiB at most. It closes the connection otherwise, and Apache could miss its response.
local max_length = 15000

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
  local length = 0
  for name, value in pairs(r:headers_in_table()) do
    length = length + #name + #value + 4
  end
  return length > max_length and 431 or apache2.DECLINED
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

-- Filters the response. For an inactive token, browsers are redirected to the login page and programs get the 401. A request
-- that token-cache cannot read, with a header of 20 KB for example, is the client's fault. If the token is now reported active,
-- the first response was lost, and the client should try again.
function verdict(r)
  r.err_headers_out["WWW-Authenticate"] = nil
  if r.status == 401 and wants_a_page(r) then
    r.status = 302
    r.headers_out["Location"] = r.subprocess_env["SSO_LOGIN"] .. r:escape(address(r))
  elseif r.status ~= 400 and r.status ~= 401 and r.status ~= 431 and r.status ~= 503 then
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
