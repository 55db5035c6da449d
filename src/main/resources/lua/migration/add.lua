-- Adds to the counts. Arguments: window, source, sequence, fields and numbers.
local source = 'a.' .. ARGV[2]
if (redis.call('HGET', key, 's.window') or '0') ~= ARGV[1] then return 0 end
if tonumber(redis.call('HGET', key, source) or '0') >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', key, source, ARGV[3])
for i = 4, #ARGV, 2 do redis.call('HINCRBY', key, ARGV[i], ARGV[i + 1]) end
extend_ttl()
return 0
