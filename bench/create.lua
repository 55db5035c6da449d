-- For wrk: creates a token for a new subject with each request. CALLER is the base64 of "id:secret"; BODY holds %s where
-- the subject belongs; SEED tells the subjects of one run from those of another.
local caller, body, seed = os.getenv("CALLER"), os.getenv("BODY"), os.getenv("SEED") or "0"
local n = 0
function request()
  n = n + 1
  return wrk.format("POST", "/v1/tokens",
    { ["Content-Type"] = "application/json", ["Authorization"] = "Basic " .. caller },
    string.format(body, string.format("user-%s-%06d", seed, n)))
end
