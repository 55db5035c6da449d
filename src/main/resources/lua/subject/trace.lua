-- The functions that replace a record with its expiry.
local function six_bytes(value)
  local bytes = ''
  for _ = 1, 6 do
    bytes = string.char(value % 256) .. bytes
    value = math.floor(value / 256)
  end
  return bytes
end

local function varint(bytes, from)
  local value, unit, byte = 0, 1
  repeat
    byte = string.byte(bytes, from) or 0
    value = value + byte % 128 * unit
    unit, from = unit * 128, from + 1
  until byte < 128
  return value, from
end

-- The maximum expiry: the first varint after the two times is the lifetime. The next is the maximum lifetime,
-- if the flag for it is set.
local function renewable_until(record)
  local lifetime, next = varint(record, 14)
  if math.floor((string.byte(record, 1) or 0) / 2) % 2 == 1 then lifetime = varint(record, next) end
  return number(record, 2, 6) + lifetime * 1000
end

local function leave_trace(field, at, stored_until, now)
  if stored_until > now then
    redis.call('HSET', key, field, string.char(0) .. six_bytes(at) .. six_bytes(stored_until))
  else
    redis.call('HDEL', key, field)
  end
end
