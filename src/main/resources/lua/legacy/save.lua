-- Arguments: record, the record as read or an empty string, issued at (ms; 0 if the token cannot be issued again), TTL (ms).
-- Returns -1; -2 if the record changed; or the moment of the expiry (ms).
local present = redis.call('GET', KEYS[1]) or ''
local expired = string.sub(present, 1, 1) == 'x' and tonumber(string.sub(present, 2))
if expired and expired >= tonumber(ARGV[3]) then return expired end
if present ~= ARGV[2] and present ~= ARGV[1] then return -2 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[4])
return -1
