-- Stores a revocation at the later of two moments, with the longer TTL. Arguments: moment (ms), TTL (ms), a prefix.
-- Redis refuses a command that may need memory only while a script has not written anything. So a revocation first deletes,
-- which needs no memory, and is stored also if the server has none left.
local present, at, ttl = redis.call('GET', KEYS[1]) or '', tonumber(ARGV[1]), tonumber(ARGV[2])
local revoked = string.sub(present, 1, #ARGV[3]) == ARGV[3] and tonumber(string.sub(present, #ARGV[3] + 1))
if revoked then
  at, ttl = math.max(at, revoked), math.max(ttl, redis.call('PTTL', KEYS[1]))
end
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], ARGV[3] .. string.format('%.0f', at), 'PX', string.format('%.0f', ttl))
return 0
