-- Reserves a foreign token while a creation writes the record. A pointer is p (reserved) or c (committed), the routing tag and
-- the nonce of the creation, perhaps with a dot and a MAC; or x and the expiry (ms) of a token without an owner. Arguments:
-- tag, nonce with its MAC, TTL of the reservation (ms), the pointer of an inactive token that may be replaced or an empty
-- string, issued at (ms). Returns nil on success, else the existing pointer, which may be that of this creation, committed.
local present = redis.call('GET', KEYS[1])
local own = ARGV[1] .. ARGV[2]
if present and string.sub(present, 1, 1) == 'x' and tonumber(string.sub(present, 2)) < tonumber(ARGV[5]) then
  present = false
end
if not present or present == ARGV[4] or bare(present) == 'p' .. bare(own) then
  redis.call('SET', KEYS[1], 'p' .. own, 'PX', ARGV[3])
  return false
end
return present
