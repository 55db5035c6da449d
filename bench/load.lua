-- For wrk: sends the tokens of a file in turn, and prints one line of numbers for bench/measure at the end.
-- CALL is auth, introspect, validate or batch. TOKENS names the file; without it, requests have no token. CALLER is the base64
-- of "id:secret".
local call, caller = os.getenv("CALL") or "auth", os.getenv("CALLER")
local BATCH = 100
local tokens = {}
local file = os.getenv("TOKENS")
if file and file ~= "" then
  for line in io.lines(file) do tokens[#tokens + 1] = line end
end
-- Requests are formatted once, so that the load generator uses little CPU.
local requests = {}
local basic = { ["Authorization"] = "Basic " .. (caller or "") }

local function with(type)
  return { ["Authorization"] = basic["Authorization"], ["Content-Type"] = type }
end

local function auth(token)
  return wrk.format("GET", "/v1/auth", { ["Authorization"] = "Bearer " .. token })
end

local function introspect(token)
  return wrk.format("POST", "/oauth2/introspect", with("application/x-www-form-urlencoded"), "token=" .. token)
end

local function validate(token)
  return wrk.format("POST", "/v1/tokens/validate", with("application/json"), '{"token":"' .. token .. '"}')
end

local function batch(first)
  local some = {}
  for i = 0, BATCH - 1 do some[#some + 1] = '"' .. tokens[(first + i - 1) % #tokens + 1] .. '"' end
  return wrk.format("POST", "/v1/tokens/validate", with("application/json"),
    '{"tokens":[' .. table.concat(some, ",") .. ']}')
end

local n

function init()
  local format = ({ auth = auth, introspect = introspect, validate = validate })[call]
  if #tokens == 0 then
    requests[1] = wrk.format("GET", "/v1/auth")
  elseif call == "batch" then
    for first = 1, #tokens, BATCH do requests[#requests + 1] = batch(first) end
  else
    for i, token in ipairs(tokens) do requests[i] = format(token) end
  end
  math.randomseed(os.time())
  n = math.random(0, #requests)
end

function request()
  n = n + 1
  return requests[n % #requests + 1]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT\t%d\t%d\t%d\t%d\t%d\t%d\n", summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.timeout, errors.status,
    latency:percentile(50), latency:percentile(99)))
end
