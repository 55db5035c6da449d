package dev.tokencache.store.redis;

/** The Lua scripts on the pointers of foreign tokens. {@link ForeignPointers} explains them. All are idempotent. */
final class PointerScripts {

    /**
     * Reserves a foreign token while a creation writes the record. A pointer is {@code p} (reserved) or {@code c}
     * (committed), the routing tag and the nonce of the creation; or {@code x} and the expiry (ms) of a token without an
     * owner. Arguments: tag, nonce, TTL of the reservation (ms), the pointer of an inactive token that may be replaced or an
     * empty string, issued at (ms). Returns nil on success, else the existing pointer.
     */
    static final Script RESERVE_POINTER = new Script("""
            local present = redis.call('GET', KEYS[1])
            local own = ARGV[1] .. ARGV[2]
            if present == 'c' .. own then return false end
            if present and string.sub(present, 1, 1) == 'x' and tonumber(string.sub(present, 2)) < tonumber(ARGV[5]) then
              present = false
            end
            if not present or present == ARGV[4] or present == 'p' .. own then
              redis.call('SET', KEYS[1], 'p' .. own, 'PX', ARGV[3])
              return false
            end
            return present
            """);

    /**
     * Commits a reservation. Arguments: tag, nonce, TTL (ms). Returns 1 on success; 2 if another creation for the same
     * subject has the token; 0 if another subject has it or it was expired. The TTL of a committed pointer is only ever
     * extended.
     */
    static final Script COMMIT_POINTER = new Script("""
            local present, ttl = redis.call('GET', KEYS[1]), tonumber(ARGV[3])
            local own = ARGV[1] .. ARGV[2]
            if present and string.sub(present, 2) ~= own then
              return string.sub(present, 2, 1 + #ARGV[1]) == ARGV[1] and 2 or 0
            end
            if present == 'c' .. own then ttl = math.max(ttl, redis.call('PTTL', KEYS[1])) end
            redis.call('SET', KEYS[1], 'c' .. own, 'PX', string.format('%.0f', ttl))
            return 1
            """);

    /**
     * Commits the reservation of another creation. Arguments: the pointer as read, TTL (ms). Returns 1, or 0 if the pointer
     * is no longer there: the token may have been expired since, and must not come back.
     */
    static final Script FINISH_POINTER = new Script("""
            local present, committed = redis.call('GET', KEYS[1]), 'c' .. string.sub(ARGV[1], 2)
            if present == ARGV[1] then
              redis.call('SET', KEYS[1], committed, 'PX', ARGV[2])
              return 1
            end
            return present == committed and 1 or 0
            """);

    /** Deletes a reservation. Arguments: tag, nonce. */
    static final Script RELEASE_POINTER = new Script("""
            if redis.call('GET', KEYS[1]) == 'p' .. ARGV[1] .. ARGV[2] then redis.call('DEL', KEYS[1]) end
            return 0
            """);

    /**
     * Stores the expiry of a token without an owner. Arguments: expired at (ms), TTL (ms). Returns nil, or the pointer that
     * appeared meanwhile: then the caller must expire the record of its subject. Time and TTL are only ever extended. Writes
     * always, so that replicas confirm a repeated call, too.
     */
    static final Script EXPIRE_POINTER = new Script("""
            local present = redis.call('GET', KEYS[1])
            if present and string.sub(present, 1, 1) ~= 'x' then return present end
            local at, ttl = ARGV[1], tonumber(ARGV[2])
            if present then
              if tonumber(string.sub(present, 2)) >= tonumber(at) then at = string.sub(present, 2) end
              ttl = math.max(ttl, redis.call('PTTL', KEYS[1]))
            end
            -- Needs no memory then, see above.
            redis.call('DEL', KEYS[1])
            redis.call('SET', KEYS[1], 'x' .. at, 'PX', string.format('%.0f', ttl))
            if ARGV[3] then redis.pcall('PUBLISH', ARGV[3], ARGV[4]) end
            return false
            """);

    private PointerScripts() {}
}
