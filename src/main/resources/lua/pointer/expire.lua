-- Stores the expiry of a token without an owner. Arguments: expired at (ms), TTL (ms). Returns nil, or the pointer that
-- appeared meanwhile: then the caller must expire the record of its subject. Time and TTL are only ever extended. Writes
-- always, so that replicas confirm a repeated call, too.
local present = redis.call('GET', KEYS[1])
if present and string.sub(present, 1, 1) ~= 'x' then return present end
local at, ttl = ARGV[1], tonumber(ARGV[2])
if present then
  if tonumber(string.sub(present, 2)) >= tonumber(at) then at = string.sub(present, 2) end
  ttl = math.max(ttl, redis.call('PTTL', KEYS[1]))
end
-- Needs no memory then: see allow_without_memory in subject/functions.lua.
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], 'x' .. at, 'PX', string.format('%.0f', ttl))
if ARGV[3] then redis.pcall('PUBLISH', ARGV[3], ARGV[4]) end
return false
