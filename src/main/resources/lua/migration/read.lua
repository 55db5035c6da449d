-- Returns all fields, and extends the lifetime of the key.
extend_ttl()
return redis.call('HGETALL', key)
