-- The nginx peer. It uses one plain Redis, because Debian has no cluster client for nginx.
local redis = require "nginx.redis"
local sha256 = require "nginx.sha256"
local text = require "nginx.string"
local json = require "cjson.safe"

local POOL_SIZE = 64
local IDLE_MILLIS = 60000
local port, password = tonumber(os.getenv("PLAIN_REDIS_PORT")), os.getenv("REDIS_PASSWORD")

local function hash(token)
  local digest = sha256:new()
  digest:update(token)
  return text.to_hex(digest:final())
end

local function fail(message)
  ngx.log(ngx.ERR, message)
  return ngx.exit(503)
end

ngx.header["Cache-Control"] = "no-store"
local header = ngx.var.http_authorization
local token = header and header:match("^Bearer (.+)$")
if not token then return ngx.exit(401) end

local client = redis:new()
client:set_timeout(2000)
local connected, problem = client:connect("127.0.0.1", port)
if not connected then return fail(problem) end
if client:get_reused_times() == 0 then
  local admitted, refusal = client:auth(password)
  if not admitted then return fail(refusal) end
end
local record, failure = client:get("session:" .. hash(token))
if not record then return fail(failure) end
client:set_keepalive(IDLE_MILLIS, POOL_SIZE)

if record == ngx.null then return ngx.exit(401) end
ngx.header["X-Auth-Subject"] = ngx.escape_uri(json.decode(record).sub)
return ngx.exit(200)
