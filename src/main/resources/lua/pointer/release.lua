-- Deletes a reservation. Arguments: tag, nonce.
if bare(redis.call('GET', KEYS[1])) == 'p' .. ARGV[1] .. bare(ARGV[2]) then redis.call('DEL', KEYS[1]) end
return 0
