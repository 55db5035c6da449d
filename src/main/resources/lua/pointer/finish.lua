-- Commits the reservation of another creation. Arguments: the pointer as read, TTL (ms). Returns 1, or 0 if the pointer is no
-- longer there: the token may have been expired since, and must not come back.
local present, committed = redis.call('GET', KEYS[1]), 'c' .. string.sub(ARGV[1], 2)
if present == ARGV[1] then
  redis.call('SET', KEYS[1], committed, 'PX', ARGV[2])
  return 1
end
return present == committed and 1 or 0
