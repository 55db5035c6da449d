-- Replaces a record with its expiry. Arguments: field, expired at (ms), now (ms), how long to store the expiry if there is no
-- record (ms), 1 to store it for no longer than that if there is one, else 0, 1 to keep a record that was issued later, else 0.
local field, at, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local present, enough = redis.call('HGET', key, field), now + tonumber(ARGV[4])
local stored_until = enough
if ARGV[6] == '1' and present and not is_expiry(present) and number(present, 2, 6) > at then return 0 end
if present and is_expiry(present) then
  at, stored_until = math.max(at, number(present, 2, 6)), number(present, 8, 6)
elseif present then
  at, stored_until = math.max(at, number(present, 2, 6)), renewable_until(present)
  if ARGV[5] == '1' then stored_until = math.min(stored_until, enough) end
end
allow_without_memory()
leave_trace(field, at, stored_until, now)
if redis.call('HLEN', key) > small then forget(field) end
local ttl = math.max(1, stored_until - now)
if redis.call('HEXISTS', key, field) == 1
    and redis.call('HLEN', key) <= 1 + redis.call('HEXISTS', key, 'l') + redis.call('HEXISTS', key, 'c')
    and redis.call('HEXISTS', key, 'm') == 0 then
  redis.call('PEXPIRE', key, string.format('%.0f', ttl))
else
  extend(ttl)
end
publish(ARGV[7], ARGV[8])
return 0
