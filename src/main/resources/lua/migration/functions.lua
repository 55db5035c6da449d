-- The functions that all scripts on the shared state of a migration share.
local key = KEYS[1]
local year = 365 * 86400 * 1000

local function extend_ttl()
  if redis.call('EXISTS', key) == 1 and redis.call('PTTL', key) < year / 2 then
    redis.call('PEXPIRE', key, string.format('%.0f', year))
  end
end

local function has(field, value)
  return (redis.call('HGET', key, field) or '') == value
end

local function set(from)
  for i = from, #ARGV, 2 do redis.call('HSET', key, ARGV[i], ARGV[i + 1]) end
  extend_ttl()
end

local function drop(prefix)
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if string.sub(field, 1, #prefix) == prefix then redis.call('HDEL', key, field) end
  end
end

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
