-- For wrk: creates a token for a new subject with each request. CALLER is the base64 of "id:secret"; BODY holds %s where
-- the subject belongs; SEED tells the subjects of one run from those of another. With SAMPLE, every fifth token is written
-- to a file of that name, the thread and the seed.
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
