-- Sets the not-before time, unless it is later already. The caller chooses the time, so that a repeated or late call reaches no
-- token that was issued after it. Arguments: not-before time (as stored), TTL (ms), now (ms). Returns the not-before time as
-- stored afterwards and the latest issue of all tokens.
local stored, latest = later_not_before(ARGV[1]), latest_issue()
local not_before = time(stored)
allow_without_memory()
redis.call('HSET', key, 'm', stored)
extend(ARGV[2])
if redis.call('HLEN', key) <= small then trim(not_before, tonumber(ARGV[3])) end
publish(ARGV[4], ARGV[5])
return {stored, latest}
