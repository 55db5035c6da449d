-- Replaces a record that did not change since it was read. Arguments: field, the record as read, the new record, TTL (ms).
-- Returns 1 if the new record is stored, 0 if the old one was changed, deleted or expired meanwhile.
local field, read, record = ARGV[1], ARGV[2], ARGV[3]
local present = redis.call('HGET', key, field)
if number(record, 2, 6) <= millis('m') then return 0 end
if present == read then
  redis.call('HSET', key, field, record)
  note_issue(number(record, 2, 6))
  extend(ARGV[4])
  if number(record, 8, 6) < number(read, 8, 6) and redis.call('HLEN', key) > small then
    reindex(field, record)
  end
elseif present ~= record then
  return 0
end
publish(ARGV[5], ARGV[6])
return 1
