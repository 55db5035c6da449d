-- Sets the not-before time, and replaces one record with its new issue after that time. Arguments: not-before time (as stored), TTL
-- (ms), now (ms), the field of the record, the record as read, the new record. Returns as expire-all does, with the latest
-- issue before the change; or nil, without a change, if the record changed or was expired meanwhile.
local field, read, record = ARGV[4], ARGV[5], ARGV[6]
local stored, latest = later_not_before(ARGV[1]), latest_issue()
local not_before = time(stored)
local present, issued = redis.call('HGET', key, field), number(record, 2, 6)
local is_changed = present ~= read or number(read, 2, 6) <= millis('m')
if (is_changed and present ~= record) or issued <= not_before then return false end
redis.call('HSET', key, 'm', stored)
redis.call('HSET', key, field, record)
note_issue(issued)
extend(ARGV[2])
if redis.call('HLEN', key) <= small then
  trim(not_before, tonumber(ARGV[3]))
else
  reindex(field, record)
end
publish(ARGV[7], ARGV[8])
return {stored, latest}
