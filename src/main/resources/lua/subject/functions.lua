-- The functions that all scripts on a subject's hash share.
local key = KEYS[1]
local field_bytes = 18
local small = 64

local function number(bytes, at, width)
  local value = 0
  for i = at, at + width - 1 do value = value * 256 + (string.byte(bytes, i) or 0) end
  return value
end

local function publish(channel, message)
  if channel then redis.pcall('PUBLISH', channel, message) end
end

local function is_expiry(value)
  return string.byte(value, 1) == 0
end

local function is_live(record, not_before, now)
  return not is_expiry(record) and number(record, 2, 6) > not_before and number(record, 8, 6) > now
end

local function is_dead(value, not_before, now)
  if is_expiry(value) then return number(value, 8, 6) <= now end
  -- With an idle timeout, a validation that Redis did not take may still arrive.
  return not is_live(value, not_before, now - (string.byte(value, 1) or 0) % 2 * 600000)
end

-- A not-before time may have a MAC after a dot.
local function time(value)
  return tonumber(string.match(value or '', '^-?%d+') or '-1')
end

local function millis(field)
  return time(redis.call('HGET', key, field) or '')
end

-- Of this not-before time and the present one, the one to store.
local function later_not_before(wanted)
  local present = redis.call('HGET', key, 'm')
  return present and time(present) > time(wanted) and present or wanted
end

local function extend(ttl)
  if redis.call('PTTL', key) < tonumber(ttl) then redis.call('PEXPIRE', key, ttl) end
end

-- Redis refuses a command that may need memory, unless the script has written something before. A revocation must
-- need none, so it first deletes a field that no hash has.
local function allow_without_memory()
  redis.call('HDEL', key, '')
end

local function latest_of_all()
  local latest, all = -1, redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    if #all[i] == field_bytes and not is_expiry(all[i + 1]) then
      latest = math.max(latest, number(all[i + 1], 2, 6))
    end
  end
  return latest
end

local function latest_issue()
  local noted = millis('l')
  return noted >= 0 and noted or latest_of_all()
end

-- A small hash does not store its latest issue, since its records contain it. Most subjects have one token, so
-- this saves memory.
local function note_issue(issued)
  local noted = millis('l')
  if noted < 0 then
    if redis.call('HLEN', key) <= small then return end
    issued = math.max(issued, latest_of_all())
  end
  if issued > noted then redis.call('HSET', key, 'l', string.format('%.0f', issued)) end
end

-- Trims a small hash completely, and a part of a large one. A write stays cheap for any number of tokens, and
-- dead fields are deleted faster than new ones are added. Calls visit, if given, with each live record.
local function trim(not_before, now, visit)
  local page
  if redis.call('HLEN', key) <= small then
    page = redis.call('HGETALL', key)
  else
    local scanned = redis.call('HSCAN', key, redis.call('HGET', key, 'c') or '0', 'COUNT', small)
    redis.call('HSET', key, 'c', scanned[1])
    page = scanned[2]
  end
  for i = 1, #page, 2 do
    if #page[i] == field_bytes then
      if is_dead(page[i + 1], not_before, now) then
        redis.call('HDEL', key, page[i])
      elseif visit and is_live(page[i + 1], not_before, now) then
        visit(page[i], page[i + 1])
      end
    end
  end
end
