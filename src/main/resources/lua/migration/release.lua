-- Ends the lease. Argument: its fencing token.
if has('l.token', ARGV[1]) then redis.call('HDEL', key, 'l.until', 'l.runner') end
return 0
