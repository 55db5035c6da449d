-- What becomes of a request that mod_auth_openidc refused. It does not say why, so token-cache is asked again, and these
-- three functions of mod_lua see to it that its answer gets to the client: 401 only for "no", and 503 for all that is not known.

local retry_after = "5"

-- Before the question: forgets the 401. Apache would stick to it, whatever comes of the question. The question has no body: that of the
-- request is not read by anybody, so its connection ends with the answer. Apache would take the body for the next request.
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

-- Filters the answer: "no" sends browsers to the login page, and programs get the 401. If the answer is "yes" by now, the
-- first one was lost, and the client should simply try again.
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

-- The answer if there is none.
function unknown(r)
  r.err_headers_out["WWW-Authenticate"] = nil
  try_later(r)
  r.content_type = "text/plain"
  r:puts("Whether you are logged in is not known at the moment. Try again.\n")
  return apache2.OK
end
