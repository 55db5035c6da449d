-- Saves progress. Arguments: fencing token, run, status, fields, values. Returns 0 if lease or request changed.
if not has('l.token', ARGV[1]) or not has('b.run', ARGV[2]) then return 0 end
if not has('b.status', 'RUNNING') and not has('b.status', ARGV[3]) then return 0 end
redis.call('HSET', key, 'b.status', ARGV[3])
set(4)
return 1
