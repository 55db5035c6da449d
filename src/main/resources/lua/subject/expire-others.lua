-- Sets the not-before time, and replaces one record with its new issue after that time. Arguments: not-before time (ms), TTL
-- (ms), now (ms), the field of the record, the record as read, the new record. Returns as expire-all does, with the latest
-- issue before the change; or a negative not-before time, without a change, if the record changed or was expired meanwhile.
local field, read, record = ARGV[4], ARGV[5], ARGV[6]
local not_before, latest = math.max(millis('m'), tonumber(ARGV[1])), latest_issue()
local present, issued = redis.call('HGET', key, field), number(record, 2, 6)
local is_changed = present ~= read or number(read, 2, 6) <= millis('m')
if (is_changed and present ~= record) or issued <= not_before then return {-1, -1} end
redis.call('HSET', key, 'm', string.format('%.0f', not_before))
redis.call('HSET', key, field, record)
note_issue(issued)
extend(ARGV[2])
if redis.call('HLEN', key) <= small then
  trim(not_before, tonumber(ARGV[3]))
else
  reindex(field, record)
end
publish(ARGV[7], ARGV[8])
return {not_before, latest}
