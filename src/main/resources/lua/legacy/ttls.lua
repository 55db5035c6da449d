-- Returns the TTLs of all keys, as PTTL does. Read-only; takes as long as that many PTTL.
local ttls = {}
for i, key in ipairs(KEYS) do ttls[i] = redis.call('PTTL', key) end
return ttls
