-- The functions of the index: a sorted set next to a hash that has more fields than its subject may have tokens. Each token has
-- two members: i and its field, scored with its issue, and e and its field, scored with its end plus an offset. It finds the
-- oldest tokens and counts the live ones without reading the records.
-- The index only saves work. If a command on it fails, because the slot is moving or the user may not run the command, it is
-- ignored.
local index, ends = key .. 'i', 2251799813685248

local function indexed(...)
  local reply = redis.pcall(...)
  if type(reply) == 'table' and reply.err then return nil end
  return reply
end

local function score(value)
  return string.format('%.0f', value)
end

local function forget(field)
  return indexed('ZREM', index, 'i' .. field, 'e' .. field)
end

-- Corrects the entry of a token, if it has one.
local function reindex(field, record)
  indexed('ZADD', index, 'XX', score(number(record, 2, 6)), 'i' .. field,
      score(ends + number(record, 8, 6)), 'e' .. field)
end
