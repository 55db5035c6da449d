-- Deletes a sidecar record if it is unchanged. Argument: its expected value.
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) return 1 end
return 0
