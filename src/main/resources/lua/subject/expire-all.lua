-- Sets the not-before time, unless it is later already. The caller chooses the time, so that a repeated or late call reaches no
-- token that was issued after it. Arguments: not-before time (ms), TTL (ms), now (ms). Returns the not-before time afterwards
-- and the latest issue of all tokens.
local not_before, latest = math.max(millis('m'), tonumber(ARGV[1])), latest_issue()
allow_without_memory()
redis.call('HSET', key, 'm', string.format('%.0f', not_before))
extend(ARGV[2])
if redis.call('HLEN', key) <= small then trim(not_before, tonumber(ARGV[3])) end
publish(ARGV[4], ARGV[5])
return {not_before, latest}
