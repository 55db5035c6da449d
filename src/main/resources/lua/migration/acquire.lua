-- Takes or extends the lease. Arguments: runner, duration (ms). Returns its fencing token; 0 if another has it.
local is_held = tonumber(redis.call('HGET', key, 'l.until') or '0') > now()
local is_own = has('l.runner', ARGV[1])
if is_held and not is_own then return 0 end
if not is_held then redis.call('HINCRBY', key, 'l.token', 1) end
redis.call('HSET', key, 'l.runner', ARGV[1])
redis.call('HSET', key, 'l.until', string.format('%.0f', now() + tonumber(ARGV[2])))
extend_ttl()
return tonumber(redis.call('HGET', key, 'l.token'))
