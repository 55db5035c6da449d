-- Stores a request. Arguments: nonce, expected run, status and limit, fields, values. Returns 0 if they differ.
if has('b.nonce', ARGV[1]) then return 1 end
local run = redis.call('HGET', key, 'b.run') or '0'
local status = redis.call('HGET', key, 'b.status') or 'IDLE'
local limit = redis.call('HGET', key, 'b.limit') or '0'
if run ~= ARGV[2] or status ~= ARGV[3] or limit ~= ARGV[4] then return 0 end
local wanted = run
for i = 5, #ARGV, 2 do
  if ARGV[i] == 'b.run' then wanted = ARGV[i + 1] end
end
if wanted ~= run then drop('b.') end
redis.call('HSET', key, 'b.nonce', ARGV[1])
set(5)
return 1
