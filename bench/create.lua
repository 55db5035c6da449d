-- For wrk: each request creates a token for a new subject. CALLER is the base64 of "id:secret". BODY has %s in the place of
-- the subject. SEED keeps the subjects of different runs apart. With SAMPLE, every fifth token is written to the file
-- SAMPLE.<thread>.<seed>.
local caller, body, seed = os.getenv("CALLER"), os.getenv("BODY"), os.getenv("SEED") or "0"
local sample = os.getenv("SAMPLE")
local threads = 0
local n, answers, file = 0, 0, nil

function setup(thread)
  threads = threads + 1
  thread:set("thread", threads)
end

function request()
  n = n + 1
  return wrk.format("POST", "/v1/tokens",
    { ["Content-Type"] = "application/json", ["Authorization"] = "Basic " .. caller },
    string.format(body, string.format("user-%s-%d-%06d", seed, thread, n)))
end

if sample then
  function response(_, _, answer)
    file = file or io.open(sample .. "." .. thread .. "." .. seed, "w")
    answers = answers + 1
    if answers % 5 == 0 then
      local token = answer:match('"token":"([^"]*)"')
      if token then file:write(token, "\n") file:flush() end
    end
  end
end
