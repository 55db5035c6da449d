-- Sets the state. Arguments: expected version, nonce, fields and values. Returns 1; 0 if the version differs.
if has('s.nonce', ARGV[2]) then return 1 end
if (redis.call('HGET', key, 's.version') or '0') ~= ARGV[1] then return 0 end
drop('c.')
drop('a.')
redis.call('HSET', key, 's.nonce', ARGV[2])
set(3)
return 1
