package dev.tokencache.migration.state;

import dev.tokencache.store.redis.Script;

/**
 * Every change of what the processes share while tokens move: one hash, in which {@code s.} are the fields of the state,
 * {@code c.} the counts of its window, {@code a.} who has added how often to them, {@code b.} those of the backfill and {@code l.} its
 * lease. All of them can be repeated without harm. The key lives on for as long as anybody reads it.
 */
final class MigrationScripts {

    private static final String SHARED = """
            if redis.replicate_commands then redis.replicate_commands() end
            local key = KEYS[1]
            local year = 365 * 86400 * 1000

            local function live_on()
              if redis.call('EXISTS', key) == 1 and redis.call('PTTL', key) < year / 2 then
                redis.call('PEXPIRE', key, string.format('%.0f', year))
              end
            end

            local function has(field, value)
              return (redis.call('HGET', key, field) or '') == value
            end

            local function set(from)
              for i = from, #ARGV, 2 do redis.call('HSET', key, ARGV[i], ARGV[i + 1]) end
              live_on()
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

    /** All fields and their values, in turn. */
    static final Script READ = new Script(SHARED + """
            live_on()
            return redis.call('HGETALL', key)
            """);

    /** Sets the state. Arguments: the version that it must have, a nonce of this change, fields and values. Answers 1 or 0. */
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
            live_on()
            return 0
            """);

    /** Takes or prolongs the lease. Arguments: runner, duration (ms). Answers its fencing token, or 0. */
    static final Script ACQUIRE = new Script(SHARED + """
            local is_held = tonumber(redis.call('HGET', key, 'l.until') or '0') > now()
            local is_own = has('l.runner', ARGV[1])
            if is_held and not is_own then return 0 end
            if not is_held then redis.call('HINCRBY', key, 'l.token', 1) end
            redis.call('HSET', key, 'l.runner', ARGV[1])
            redis.call('HSET', key, 'l.until', string.format('%.0f', now() + tonumber(ARGV[2])))
            live_on()
            return tonumber(redis.call('HGET', key, 'l.token'))
            """);

    /** Ends the lease. Argument: its fencing token. */
    static final Script RELEASE = new Script(SHARED + """
            if has('l.token', ARGV[1]) then redis.call('HDEL', key, 'l.until', 'l.runner') end
            return 0
            """);

    /** Notes progress. Arguments: fencing token, run, status afterwards, fields and values. Answers 1 or 0. */
    static final Script ADVANCE = new Script(SHARED + """
            if not has('l.token', ARGV[1]) or not has('b.run', ARGV[2]) then return 0 end
            if not has('b.status', 'RUNNING') and not has('b.status', ARGV[3]) then return 0 end
            redis.call('HSET', key, 'b.status', ARGV[3])
            set(4)
            return 1
            """);

    /**
     * Asks something of the backfill. Arguments: a nonce of this wish, the run, status and limit that it was made for, fields
     * and values. Answers 1 or 0.
     */
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
