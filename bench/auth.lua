-- For wrk: asks /v1/auth about the tokens of a file in turn, or about none if there is no TOKENS. TOKENS names the file.
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
