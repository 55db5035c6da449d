-- Commits a reservation. Arguments: tag, nonce with its MAC, TTL (ms). Returns 1 on success; 2 if another creation for the same subject has
-- the token; 0 if another subject has it or it was expired. The TTL of a committed pointer is only ever extended.
local present, ttl = redis.call('GET', KEYS[1]), tonumber(ARGV[3])
local own = ARGV[1] .. ARGV[2]
if present and bare(string.sub(present, 2)) ~= bare(own) then
  return string.sub(present, 2, 1 + #ARGV[1]) == ARGV[1] and 2 or 0
end
if present and string.sub(present, 1, 1) == 'c' then ttl = math.max(ttl, redis.call('PTTL', KEYS[1])) end
redis.call('SET', KEYS[1], 'c' .. own, 'PX', string.format('%.0f', ttl))
return 1
