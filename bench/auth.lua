-- For wrk: sends the tokens of the file TOKENS to /v1/auth in turn, or requests without a token if TOKENS is not set.
local tokens = {}
local file = os.getenv("TOKENS")
if file and file ~= "" then
  for line in io.lines(file) do tokens[#tokens + 1] = line end
end
local n = math.random(0, 1000)
function request()
  if #tokens == 0 then return wrk.format("GET", "/v1/auth") end
  n = n + 1
  return wrk.format("GET", "/v1/auth", { ["Authorization"] = "Bearer " .. tokens[n % #tokens + 1] })
end
