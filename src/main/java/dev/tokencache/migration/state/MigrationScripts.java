package dev.tokencache.migration.state;

import dev.tokencache.store.redis.Script;

/**
 * The scripts that change the shared state, each idempotent. It is one hash with these field prefixes: {@code s.} the
 * state, {@code c.} the counts of the evidence window, {@code a.} the last sequence number of each source, {@code b.}
 * the backfill, {@code l.} the lease. Each read extends the lifetime of the key.
 */
final class MigrationScripts {

    private static final String SHARED = """
        local key = KEYS[1]
        local year = 365 * 86400 * 1000

        local function extend_ttl()
          if redis.call('EXISTS', key) == 1 and redis.call('PTTL', key) < year / 2 then
            redis.call('PEXPIRE', key, string.format('%.0f', year))
          end
        end

        local function has(field, value)
          return (redis.call('HGET', key, field) or '') == value
        end

        local function set(from)
          for i = from, #ARGV, 2 do redis.call('HSET', key, ARGV[i], ARGV[i + 1]) end
          extend_ttl()
        end

        local function drop(prefix)
          for _, field in ipairs(redis.call('HKEYS', key)) do
            if string.sub(field, 1, #prefix) == prefix then redis.call('HDEL', key, field) end
          end
        end

        local function now()
          local time = redis.call('TIME')
          return time[1] * 1000 + math.floor(time[2] / 1000)
        end
        """;

    static final Script READ = new Script(SHARED + """
        extend_ttl()
        return redis.call('HGETALL', key)
        """);

    /** Sets the state. Arguments: expected version, nonce, fields and values. Returns 1; 0 if the version differs. */
    static final Script SET_STATE = new Script(SHARED + """
        if has('s.nonce', ARGV[2]) then return 1 end
        if (redis.call('HGET', key, 's.version') or '0') ~= ARGV[1] then return 0 end
        drop('c.')
        drop('a.')
        redis.call('HSET', key, 's.nonce', ARGV[2])
        set(3)
        return 1
        """);

    /** Adds to the counts. Arguments: window, source, sequence, fields and numbers. */
    static final Script ADD = new Script(SHARED + """
        local source = 'a.' .. ARGV[2]
        if (redis.call('HGET', key, 's.window') or '0') ~= ARGV[1] then return 0 end
        if tonumber(redis.call('HGET', key, source) or '0') >= tonumber(ARGV[3]) then return 0 end
        redis.call('HSET', key, source, ARGV[3])
        for i = 4, #ARGV, 2 do redis.call('HINCRBY', key, ARGV[i], ARGV[i + 1]) end
        extend_ttl()
        return 0
        """);

    /** Takes or extends the lease. Arguments: runner, duration (ms). Returns its fencing token; 0 if another has it. */
    static final Script ACQUIRE = new Script(SHARED + """
        local is_held = tonumber(redis.call('HGET', key, 'l.until') or '0') > now()
        local is_own = has('l.runner', ARGV[1])
        if is_held and not is_own then return 0 end
        if not is_held then redis.call('HINCRBY', key, 'l.token', 1) end
        redis.call('HSET', key, 'l.runner', ARGV[1])
        redis.call('HSET', key, 'l.until', string.format('%.0f', now() + tonumber(ARGV[2])))
        extend_ttl()
        return tonumber(redis.call('HGET', key, 'l.token'))
        """);

    /** Ends the lease. Argument: its fencing token. */
    static final Script RELEASE = new Script(SHARED + """
        if has('l.token', ARGV[1]) then redis.call('HDEL', key, 'l.until', 'l.runner') end
        return 0
        """);

    /** Saves progress. Arguments: fencing token, run, status, fields, values. Returns 0 if lease or request changed. */
    static final Script ADVANCE = new Script(SHARED + """
        if not has('l.token', ARGV[1]) or not has('b.run', ARGV[2]) then return 0 end
        if not has('b.status', 'RUNNING') and not has('b.status', ARGV[3]) then return 0 end
        redis.call('HSET', key, 'b.status', ARGV[3])
        set(4)
        return 1
        """);

    /** Stores a request. Arguments: nonce, expected run, status and limit, fields, values. Returns 0 if they differ. */
    static final Script REQUEST = new Script(SHARED + """
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
        """);

    private MigrationScripts() {}
}
