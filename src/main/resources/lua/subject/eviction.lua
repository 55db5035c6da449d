-- Expires the oldest tokens of a subject that has more than it may have. The work per call is bounded for any number of tokens:
-- a hash with far too many shrinks with each call.
local function note(field, record)
  return indexed('ZADD', index, score(number(record, 2, 6)), 'i' .. field,
      score(ends + number(record, 8, 6)), 'e' .. field)
end

local function build_index(not_before, now)
  local cursor, seen = '0', 0
  repeat
    local scanned = redis.call('HSCAN', key, cursor, 'COUNT', 256)
    cursor = scanned[1]
    for i = 1, #scanned[2], 2 do
      local field, value = scanned[2][i], scanned[2][i + 1]
      if #field == field_bytes and is_live(value, not_before, now) then note(field, value) end
    end
    seen = seen + #scanned[2] / 2
  until cursor == '0' or seen > 2048
end

-- The index has the end of a token as of its last change here; a validation may have moved it since.
local function settle_ends(not_before, now)
  local passed = indexed('ZRANGEBYSCORE', index, score(ends), score(ends + now), 'LIMIT', 0, 1024)
  if not passed then return false end
  for _, member in ipairs(passed) do
    local field = string.sub(member, 2)
    local record = redis.call('HGET', key, field)
    if record and is_live(record, not_before, now) then note(field, record) else forget(field) end
  end
  return #passed < 1024
end

-- The oldest live tokens beyond the cap, at most 128. Fills the index with what trimming visits.
local function oldest_in_index(own, record, cap, not_before, now)
  local is_new = indexed('EXISTS', index) ~= 1
  if not note(own, record) then return {} end
  if is_new then build_index(not_before, now) end
  trim(not_before, now, note)
  if not settle_ends(not_before, now) then return {} end
  local oldest, excess = {}, (indexed('ZCOUNT', index, '(' .. score(ends + now), '+inf') or 0) - cap
  if excess > 0 then
    for _, member in ipairs(indexed('ZRANGEBYSCORE', index, '-inf', '(' .. score(ends), 'LIMIT', 0,
        math.min(excess, 128) + 1) or {}) do
      local field = string.sub(member, 2)
      if excess > 0 and field ~= own then
        local value = redis.call('HGET', key, field)
        if value and is_live(value, not_before, now) then
          table.insert(oldest, field)
        else
          forget(field)
        end
        excess = excess - 1
      end
    end
  end
  indexed('PEXPIRE', index, redis.call('PTTL', key))
  return oldest
end

local function oldest_of_all(own, cap, not_before, now)
  local live, all = {}, redis.call('HGETALL', key)
  for i = 1, #all, 2 do
    if #all[i] == field_bytes and all[i] ~= own and is_live(all[i + 1], not_before, now) then
      table.insert(live, {field = all[i], issued = number(all[i + 1], 2, 6), at = i})
    end
  end
  -- A hash without large records has its fields in the order of their creation.
  table.sort(live, function(a, b)
    if a.issued ~= b.issued then return a.issued < b.issued end
    return a.at < b.at
  end)
  local oldest = {}
  for i = 1, #live + 1 - cap do oldest[i] = live[i].field end
  return oldest
end

local function base64url(bytes)
  local digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  local text = ''
  for i = 1, #bytes, 3 do
    local group = number(bytes, i, 3)
    for unit = 3, 0, -1 do
      local digit = math.floor(group / 64 ^ unit) % 64 + 1
      text = text .. string.sub(digits, digit, digit)
    end
  end
  return text
end

-- Ends the oldest tokens beyond the cap, except the field just written. Returns their fields.
local function evict(own, record, cap, not_before, now, stored, channel)
  local fields = redis.call('HLEN', key)
  if fields <= cap or fields <= small then
    trim(not_before, now)
    if fields > small or fields > cap then indexed('DEL', index) end
    if fields <= cap then return {} end
  end
  local oldest = fields > small and oldest_in_index(own, record, cap, not_before, now)
      or oldest_of_all(own, cap, not_before, now)
  for _, field in ipairs(oldest) do
    local value = redis.call('HGET', key, field)
    local stored_until = math.min(renewable_until(value), now + stored)
    leave_trace(field, math.max(now, number(value, 2, 6)), stored_until, now)
    extend(stored_until - now)
    forget(field)
    publish(channel, 't' .. base64url(field) .. score(now))
  end
  return oldest
end
