-- Stores a new record, and expires the oldest tokens beyond the maximum number. Arguments: field, record, issued at (ms), TTL
-- (ms), now (ms), 1 if the token can be issued again after an expiry, else 0, the maximum number of live tokens, how long to
-- store their expiries (ms), and, if revocations are published, their channel. Returns 0 if stored, or the fields of the tokens
-- that it expired; -1 if the field has another active record; else the not-before time as stored, or the expiry, that is at or
-- after the issue.
local field, record, issued, now = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[5])
local not_before = millis('m')
if issued <= not_before then return redis.call('HGET', key, 'm') end
local present = redis.call('HGET', key, field)
if present and is_expiry(present) then
  local expired = number(present, 2, 6)
  if ARGV[6] == '0' or issued <= expired then return expired end
end
if present and present ~= record and is_live(present, not_before, now) then return -1 end
-- Before the trimming: a Redis that refuses writes must refuse all of this script.
redis.call('HSET', key, field, record)
note_issue(issued)
extend(ARGV[4])
local evicted = evict(field, record, tonumber(ARGV[7]), not_before, now, tonumber(ARGV[8]), ARGV[9])
return #evicted > 0 and evicted or 0
