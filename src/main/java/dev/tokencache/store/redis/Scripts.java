package dev.tokencache.store.redis;

/**
 * The Lua scripts: one atomic script per state change. All are idempotent, because a command whose reply was lost may have
 * run. docs/adr/0014 explains why none does harm if it arrives late or twice.
 *
 * <p>A subject's hash has one 18-byte field per token, with a record of {@link dev.tokencache.token.TokenCodec}, and also:
 *
 * <ul>
 *   <li>{@code m}: the not-before time, in milliseconds. Tokens issued at or before it are inactive.
 *   <li>{@code l}: in large hashes, the latest time of issue, in milliseconds on the issuer's clock. "Expire all that exist
 *       now" must reach every token, even if a clock is ahead.
 *   <li>{@code c}: in large hashes, the cursor of the trimming.
 * </ul>
 *
 * <p>An expired token's record is replaced with its expiry for some minutes, or with a journal until the token could no longer
 * be active. A create that arrives later finds the expiry and is rejected. Such a field contains a zero byte (not a record
 * version), the time of the expiry, and the time until which it must be stored; both are milliseconds in six bytes, at the
 * positions of a record's issue and expiry.
 *
 * <p>A script that changes or ends a record also publishes the revocation, if the last two arguments are a channel and a
 * message. A missing permission to publish does not fail the script.
 *
 * <p>The hash's TTL covers its longest token and is only ever extended. Single fields have no TTL (Redis 7.4 introduced
 * that): the service checks the expiry itself, and every write trims dead fields.
 */
final class Scripts {

    /** The functions that all scripts on a subject's hash share. */
    private static final String SUBJECT = """
            local key = KEYS[1]
            local field_bytes = 18
            local small = 64

            local function number(bytes, at, width)
              local value = 0
              for i = at, at + width - 1 do value = value * 256 + (string.byte(bytes, i) or 0) end
              return value
            end

            local function publish(channel, message)
              if channel then redis.pcall('PUBLISH', channel, message) end
            end

            local function is_expiry(value)
              return string.byte(value, 1) == 0
            end

            local function is_live(record, not_before, now)
              return not is_expiry(record) and number(record, 2, 6) > not_before and number(record, 8, 6) > now
            end

            local function is_dead(value, not_before, now)
              if is_expiry(value) then return number(value, 8, 6) <= now end
              -- With an idle timeout, a validation that Redis did not take may still arrive.
              return not is_live(value, not_before, now - (string.byte(value, 1) or 0) % 2 * 600000)
            end

            local function millis(field)
              return tonumber(redis.call('HGET', key, field) or '-1') or -1
            end

            local function extend(ttl)
              if redis.call('PTTL', key) < tonumber(ttl) then redis.call('PEXPIRE', key, ttl) end
            end

            -- Redis refuses a command that may need memory, unless the script has written something before. A revocation must
            -- need none, so it first deletes a field that no hash has.
            local function allow_without_memory()
              redis.call('HDEL', key, '')
            end

            local function latest_of_all()
              local latest, all = -1, redis.call('HGETALL', key)
              for i = 1, #all, 2 do
                if #all[i] == field_bytes and not is_expiry(all[i + 1]) then
                  latest = math.max(latest, number(all[i + 1], 2, 6))
                end
              end
              return latest
            end

            local function latest_issue()
              local noted = millis('l')
              return noted >= 0 and noted or latest_of_all()
            end

            -- A small hash does not store its latest issue, since its records contain it. Most subjects have one token, so
            -- this saves memory.
            local function note_issue(issued)
              local noted = millis('l')
              if noted < 0 then
                if redis.call('HLEN', key) <= small then return end
                issued = math.max(issued, latest_of_all())
              end
              if issued > noted then redis.call('HSET', key, 'l', string.format('%.0f', issued)) end
            end

            -- Trims a small hash completely, and a part of a large one. A write stays cheap for any number of tokens, and
            -- dead fields are deleted faster than new ones are added. Calls visit, if given, with each live record.
            local function trim(not_before, now, visit)
              local page
              if redis.call('HLEN', key) <= small then
                page = redis.call('HGETALL', key)
              else
                local scanned = redis.call('HSCAN', key, redis.call('HGET', key, 'c') or '0', 'COUNT', small)
                redis.call('HSET', key, 'c', scanned[1])
                page = scanned[2]
              end
              for i = 1, #page, 2 do
                if #page[i] == field_bytes then
                  if is_dead(page[i + 1], not_before, now) then
                    redis.call('HDEL', key, page[i])
                  elseif visit and is_live(page[i + 1], not_before, now) then
                    visit(page[i], page[i + 1])
                  end
                end
              end
            end
            """;

    /** The functions that replace a record with its expiry. */
    private static final String TRACE = """
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
            """;

    /**
     * The functions of the index: a sorted set next to a hash that has more fields than its subject may have tokens. Each token
     * has two members: {@code i} and its field, scored with its issue, and {@code e} and its field, scored with its end plus
     * an offset. It finds the oldest tokens and counts the live ones without reading the records.
     *
     * <p>The index only saves work. If a command on it fails, because the slot is moving or the user may not run the command,
     * it is ignored.
     */
    private static final String INDEX = """
            local index, ends = key .. 'i', 2251799813685248

            local function indexed(...)
              local reply = redis.pcall(...)
              if type(reply) == 'table' and reply.err then return nil end
              return reply
            end

            local function score(value)
              return string.format('%.0f', value)
            end

            local function forget(field)
              return indexed('ZREM', index, 'i' .. field, 'e' .. field)
            end

            -- Corrects the entry of a token, if it has one.
            local function reindex(field, record)
              indexed('ZADD', index, 'XX', score(number(record, 2, 6)), 'i' .. field,
                  score(ends + number(record, 8, 6)), 'e' .. field)
            end
            """;

    /**
     * Expires the oldest tokens of a subject that has more than it may have. The work per call is bounded for any number of
     * tokens: a hash with far too many shrinks with each call.
     */
    private static final String EVICTION = """
            local function note(field, record)
              return indexed('ZADD', index, score(number(record, 2, 6)), 'i' .. field,
                  score(ends + number(record, 8, 6)), 'e' .. field)
            end

            local function build_index(not_before, now)
              local cursor, seen = '0', 0
              repeat
                local scanned = redis.call('HSCAN', key, cursor, 'COUNT', 256)
                cursor = scanned[1]
                for i = 1, #scanned[2], 2 do
                  local field, value = scanned[2][i], scanned[2][i + 1]
                  if #field == field_bytes and is_live(value, not_before, now) then note(field, value) end
                end
                seen = seen + #scanned[2] / 2
              until cursor == '0' or seen > 2048
            end

            -- The index has the end of a token as of its last change here; a validation may have moved it since.
            local function settle_ends(not_before, now)
              local passed = indexed('ZRANGEBYSCORE', index, score(ends), score(ends + now), 'LIMIT', 0, 1024)
              if not passed then return false end
              for _, member in ipairs(passed) do
                local field = string.sub(member, 2)
                local record = redis.call('HGET', key, field)
                if record and is_live(record, not_before, now) then note(field, record) else forget(field) end
              end
              return #passed < 1024
            end

            -- The oldest live tokens beyond the cap, at most 128. Fills the index with what trimming visits.
            local function oldest_in_index(own, record, cap, not_before, now)
              local is_new = indexed('EXISTS', index) ~= 1
              if not note(own, record) then return {} end
              if is_new then build_index(not_before, now) end
              trim(not_before, now, note)
              if not settle_ends(not_before, now) then return {} end
              local oldest, excess = {}, (indexed('ZCOUNT', index, '(' .. score(ends + now), '+inf') or 0) - cap
              if excess > 0 then
                for _, member in ipairs(indexed('ZRANGEBYSCORE', index, '-inf', '(' .. score(ends), 'LIMIT', 0,
                    math.min(excess, 128) + 1) or {}) do
                  local field = string.sub(member, 2)
                  if excess > 0 and field ~= own then
                    local value = redis.call('HGET', key, field)
                    if value and is_live(value, not_before, now) then
                      table.insert(oldest, field)
                    else
                      forget(field)
                    end
                    excess = excess - 1
                  end
                end
              end
              indexed('PEXPIRE', index, redis.call('PTTL', key))
              return oldest
            end

            local function oldest_of_all(own, cap, not_before, now)
              local live, all = {}, redis.call('HGETALL', key)
              for i = 1, #all, 2 do
                if #all[i] == field_bytes and all[i] ~= own and is_live(all[i + 1], not_before, now) then
                  table.insert(live, {field = all[i], issued = number(all[i + 1], 2, 6), at = i})
                end
              end
              -- A hash without large records has its fields in the order of their creation.
              table.sort(live, function(a, b)
                if a.issued ~= b.issued then return a.issued < b.issued end
                return a.at < b.at
              end)
              local oldest = {}
              for i = 1, #live + 1 - cap do oldest[i] = live[i].field end
              return oldest
            end

            local function base64url(bytes)
              local digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
              local text = ''
              for i = 1, #bytes, 3 do
                local group = number(bytes, i, 3)
                for unit = 3, 0, -1 do
                  local digit = math.floor(group / 64 ^ unit) % 64 + 1
                  text = text .. string.sub(digits, digit, digit)
                end
              end
              return text
            end

            -- Ends the oldest tokens beyond the cap, except the field just written. Returns their fields.
            local function evict(own, record, cap, not_before, now, stored, channel)
              local fields = redis.call('HLEN', key)
              if fields <= cap or fields <= small then
                trim(not_before, now)
                if fields > small or fields > cap then indexed('DEL', index) end
                if fields <= cap then return {} end
              end
              local oldest = fields > small and oldest_in_index(own, record, cap, not_before, now)
                  or oldest_of_all(own, cap, not_before, now)
              for _, field in ipairs(oldest) do
                local value = redis.call('HGET', key, field)
                local stored_until = math.min(renewable_until(value), now + stored)
                leave_trace(field, math.max(now, number(value, 2, 6)), stored_until, now)
                extend(stored_until - now)
                forget(field)
                publish(channel, 't' .. base64url(field) .. score(now))
              end
              return oldest
            end
            """;

    /**
     * Stores a new record, and expires the oldest tokens beyond the maximum number. Arguments: field, record, issued at (ms),
     * TTL (ms), now (ms), 1 if the token can be issued again after an expiry, else 0, the maximum number of live tokens, how
     * long to store their expiries (ms), and, if revocations are published, their channel. Returns 0 if stored, or the fields of the tokens that it expired; -1 if the
     * field has another active record; else the not-before time or expiry that is at or after the issue.
     */
    static final Script CREATE = new Script(SUBJECT + TRACE + INDEX + EVICTION + """
            local field, record, issued, now = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[5])
            local not_before = millis('m')
            if issued <= not_before then return not_before end
            local present = redis.call('HGET', key, field)
            if present and is_expiry(present) then
              local expired = number(present, 2, 6)
              if ARGV[6] == '0' or issued <= expired then return expired end
            end
            if present and present ~= record and is_live(present, not_before, now) then return -1 end
            -- Before the trimming: a Redis that refuses writes must refuse all of this script.
            redis.call('HSET', key, field, record)
            note_issue(issued)
            extend(ARGV[4])
            local evicted = evict(field, record, tonumber(ARGV[7]), not_before, now, tonumber(ARGV[8]), ARGV[9])
            return #evicted > 0 and evicted or 0
            """);

    /**
     * Replaces a record that did not change since it was read. Arguments: field, the record as read, the new record, TTL
     * (ms). Returns 1 if the new record is stored, 0 if the old one was changed, deleted or expired meanwhile.
     */
    static final Script REPLACE = new Script(SUBJECT + INDEX + """
            local field, read, record = ARGV[1], ARGV[2], ARGV[3]
            local present = redis.call('HGET', key, field)
            if number(record, 2, 6) <= millis('m') then return 0 end
            if present == read then
              redis.call('HSET', key, field, record)
              extend(ARGV[4])
              if number(record, 8, 6) < number(read, 8, 6) and redis.call('HLEN', key) > small then
                reindex(field, record)
              end
            elseif present ~= record then
              return 0
            end
            publish(ARGV[5], ARGV[6])
            return 1
            """);

    /**
     * Replaces a record with its expiry. Arguments: field, expired at (ms), now (ms), how long to store the expiry if there
     * is no record (ms), 1 to store it for no longer than that if there is one, else 0, 1 to keep a record that was issued
     * later, else 0.
     */
    static final Script EXPIRE = new Script(SUBJECT + TRACE + INDEX + """
            local field, at, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

            local present, enough = redis.call('HGET', key, field), now + tonumber(ARGV[4])
            local stored_until = enough
            if ARGV[6] == '1' and present and not is_expiry(present) and number(present, 2, 6) > at then return 0 end
            if present and is_expiry(present) then
              at, stored_until = math.max(at, number(present, 2, 6)), number(present, 8, 6)
            elseif present then
              at, stored_until = math.max(at, number(present, 2, 6)), renewable_until(present)
              if ARGV[5] == '1' then stored_until = math.min(stored_until, enough) end
            end
            allow_without_memory()
            leave_trace(field, at, stored_until, now)
            if redis.call('HLEN', key) > small then forget(field) end
            local ttl = math.max(1, stored_until - now)
            if redis.call('HLEN', key) <= 1 + redis.call('HEXISTS', key, 'l') + redis.call('HEXISTS', key, 'c')
                and redis.call('HEXISTS', key, 'm') == 0 then
              redis.call('PEXPIRE', key, string.format('%.0f', ttl))
            else
              extend(ttl)
            end
            publish(ARGV[7], ARGV[8])
            return 0
            """);

    /**
     * Sets the not-before time, unless it is later already. The caller chooses the time, so that a repeated or late call
     * reaches no token that was issued after it. Arguments: not-before time (ms), TTL (ms), now (ms). Returns the not-before
     * time afterwards and the latest issue of all tokens.
     */
    static final Script EXPIRE_SUBJECT = new Script(SUBJECT + """
            local not_before, latest = math.max(millis('m'), tonumber(ARGV[1])), latest_issue()
            allow_without_memory()
            redis.call('HSET', key, 'm', string.format('%.0f', not_before))
            extend(ARGV[2])
            if redis.call('HLEN', key) <= small then trim(not_before, tonumber(ARGV[3])) end
            publish(ARGV[4], ARGV[5])
            return {not_before, latest}
            """);

    /**
     * Sets the not-before time, and replaces one record with its new issue after that time. Arguments: not-before time (ms),
     * TTL (ms), now (ms), the field of the record, the record as read, the new record. Returns as {@link #EXPIRE_SUBJECT}, with
     * the latest issue before the change; or a negative not-before time, without a change, if the record changed meanwhile.
     */
    static final Script EXPIRE_OTHERS = new Script(SUBJECT + INDEX + """
            local field, read, record = ARGV[4], ARGV[5], ARGV[6]
            local not_before, latest = math.max(millis('m'), tonumber(ARGV[1])), latest_issue()
            local present, issued = redis.call('HGET', key, field), number(record, 2, 6)
            if (present ~= read and present ~= record) or issued <= not_before then return {-1, -1} end
            redis.call('HSET', key, 'm', string.format('%.0f', not_before))
            redis.call('HSET', key, field, record)
            note_issue(issued)
            extend(ARGV[2])
            if redis.call('HLEN', key) <= small then
              trim(not_before, tonumber(ARGV[3]))
            else
              reindex(field, record)
            end
            publish(ARGV[7], ARGV[8])
            return {not_before, latest}
            """);

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

    private Scripts() {}
}
