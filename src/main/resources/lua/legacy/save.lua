-- Stores the sidecar record of a token, unless the token was expired. Arguments: record, issued at (ms; 0 if the token cannot
-- be issued again), TTL (ms). Returns -1, or the moment of the expiry.
local present = redis.call('GET', KEYS[1])
local expired = present and string.sub(present, 1, 1) == 'x' and tonumber(string.sub(present, 2))
if expired and expired >= tonumber(ARGV[2]) then return expired end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return -1
