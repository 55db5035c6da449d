package dev.tokencache.store.redis;

/**
 * Every change of what Redis keeps, one atomic script each. All of them can be repeated without harm: a command whose
 * answer was lost may have been run.
 *
 * <p>A subject's hash has, per token, an 18-byte field with a record of {@link dev.tokencache.token.TokenCodec}, and besides:
 *
 * <ul>
 *   <li>{@code m}: the mark, in milliseconds; what was issued up to it is inactive;
 *   <li>{@code l}: where there are many records, the latest issue, in milliseconds on the clock of whoever issued it, so
 *       that "expire all that exist now" reaches every token whatever the clocks said;
 *   <li>{@code c}: where the trimming of a large hash goes on.
 * </ul>
 *
 * Where there is a journal, the record of an expired token gives way to its expiry, until the token could not be good
 * any more: a create or renewal of it that is replayed later finds that, and is refused. Such a field holds a zero byte
 * (no version of a record), when the token was expired, and until when that must be known; both in milliseconds, in six
 * bytes each, where a record has its issue and its end.
 *
 * What makes a token's record another one, or ends it, is published in the same step if the caller names a channel and a
 * message as the last two arguments. That nobody may publish there is no reason to refuse what was asked.
 *
 * The hash's own TTL reaches to the end of its longest token and is only ever extended. Single records have no TTL in
 * Redis (that came with version 7.4): the service compares their end itself, and dead ones are trimmed on every write.
 */
final class Scripts {

    /** What all scripts on a subject's hash share. */
    private static final String SUBJECT = """
            if redis.replicate_commands then redis.replicate_commands() end
            local key = KEYS[1]
            local field_bytes = 18
            local small = 64

            local function number(bytes, at, width)
              local value = 0
              for i = at, at + width - 1 do value = value * 256 + string.byte(bytes, i) end
              return value
            end

            local function publish(channel, message)
              if channel then redis.pcall('PUBLISH', channel, message) end
            end

            local function is_expiry(value)
              return string.byte(value, 1) == 0
            end

            local function is_live(record, mark, now)
              return not is_expiry(record) and number(record, 2, 6) > mark and number(record, 8, 6) > now
            end

            local function is_dead(value, mark, now)
              if is_expiry(value) then return number(value, 8, 6) <= now end
              return not is_live(value, mark, now)
            end

            local function millis(field)
              return tonumber(redis.call('HGET', key, field) or '-1')
            end

            local function extend(ttl)
              if redis.call('PTTL', key) < tonumber(ttl) then redis.call('PEXPIRE', key, ttl) end
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

            -- A small hash need not be told its latest issue: its records say it. Most subjects have one token, whose
            -- memory this is.
            local function note_issue(issued)
              local noted = millis('l')
              if noted < 0 then
                if redis.call('HLEN', key) <= small then return end
                issued = math.max(issued, latest_of_all())
              end
              if issued > noted then redis.call('HSET', key, 'l', string.format('%.0f', issued)) end
            end

            -- A small hash is trimmed as a whole, of a large one a part each time: a write stays cheap however many
            -- tokens a subject has, and more dead ones go than new ones come.
            local function trim(mark, now)
              local page
              if redis.call('HLEN', key) <= small then
                page = redis.call('HGETALL', key)
              else
                local scanned = redis.call('HSCAN', key, redis.call('HGET', key, 'c') or '0', 'COUNT', small)
                redis.call('HSET', key, 'c', scanned[1])
                page = scanned[2]
              end
              for i = 1, #page, 2 do
                if #page[i] == field_bytes and is_dead(page[i + 1], mark, now) then
                  redis.call('HDEL', key, page[i])
                end
              end
            end
            """;

    /**
     * Keeps a new record. Arguments: field, record, issued at (ms), TTL (ms), now (ms), 1 if the token can be issued
     * again after it was expired or else 0. Answers 0 if it is kept, -1 if the field holds another live record, or else
     * the mark, or the expiry, that is not before its issue.
     */
    static final Script CREATE = new Script(SUBJECT + """
            local field, record, issued, now = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[5])
            local mark = millis('m')
            if issued <= mark then return mark end
            local present = redis.call('HGET', key, field)
            if present and is_expiry(present) then
              local expired = number(present, 2, 6)
              if ARGV[6] == '0' or issued <= expired then return expired end
            end
            if present and present ~= record and is_live(present, mark, now) then return -1 end
            trim(mark, now)
            redis.call('HSET', key, field, record)
            note_issue(issued)
            extend(ARGV[4])
            return 0
            """);

    /**
     * Replaces a record that is still as it was read. Arguments: field, the record as read, the new one, TTL (ms).
     * Answers 1 if the new record is there, 0 if the old one was changed, deleted or marked meanwhile.
     */
    static final Script REPLACE = new Script(SUBJECT + """
            local field, read, record = ARGV[1], ARGV[2], ARGV[3]
            local present = redis.call('HGET', key, field)
            if number(record, 2, 6) <= millis('m') then return 0 end
            if present == read then
              redis.call('HSET', key, field, record)
              extend(ARGV[4])
            elseif present ~= record then
              return 0
            end
            publish(ARGV[5], ARGV[6])
            return 1
            """);

    /** Deletes a record. Argument: field. What is left of a subject without tokens and mark goes with it. */
    static final Script EXPIRE = new Script(SUBJECT + """
            redis.call('HDEL', key, ARGV[1])
            if redis.call('HLEN', key) == redis.call('HEXISTS', key, 'l') then redis.call('DEL', key) end
            publish(ARGV[2], ARGV[3])
            return 0
            """);

    /**
     * Replaces a record by its expiry. Arguments: field, expired at (ms), now (ms), how long a token can live of which
     * there is no record (ms), 1 if a record that was issued later stays or else 0.
     */
    static final Script EXPIRE_FOR_GOOD = new Script(SUBJECT + """
            local field, at, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

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
                byte = string.byte(bytes, from)
                value = value + byte % 128 * unit
                unit, from = unit * 128, from + 1
              until byte < 128
              return value, from
            end

            -- How far renewals could move the end: the first number behind the two times is the token's lifetime, and
            -- the next its longest one, if the head says that this is another.
            local function latest_end(record)
              local lifetime, next = varint(record, 14)
              if math.floor(string.byte(record, 1) / 2) % 2 == 1 then lifetime = varint(record, next) end
              return number(record, 2, 6) + lifetime * 1000
            end

            local present, known_until = redis.call('HGET', key, field), now + tonumber(ARGV[4])
            if ARGV[5] == '1' and present and not is_expiry(present) and number(present, 2, 6) > at then return 0 end
            if present and is_expiry(present) then
              at, known_until = math.max(at, number(present, 2, 6)), number(present, 8, 6)
            elseif present then
              at, known_until = math.max(at, number(present, 2, 6)), latest_end(present)
            end
            if known_until > now then
              redis.call('HSET', key, field, string.char(0) .. six_bytes(at) .. six_bytes(known_until))
              extend(known_until - now)
            else
              redis.call('HDEL', key, field)
            end
            publish(ARGV[6], ARGV[7])
            return 0
            """);

    /**
     * Sets the mark. Arguments: mark (ms), 1 if it must reach all tokens that exist or else 0, TTL (ms), now (ms).
     * Answers the mark there is afterwards.
     */
    static final Script EXPIRE_SUBJECT = new Script(SUBJECT + """
            local present, mark = millis('m'), tonumber(ARGV[1])
            if ARGV[2] == '1' then mark = math.max(mark, latest_issue()) end
            if mark > present then
              redis.call('HSET', key, 'm', string.format('%.0f', mark))
            else
              mark = present
            end
            extend(ARGV[3])
            if redis.call('HLEN', key) <= small then trim(mark, tonumber(ARGV[4])) end
            publish(ARGV[5], ARGV[6])
            return mark
            """);

    /**
     * Takes a foreign token for a creation, for the time it takes to write the record. A pointer is {@code p} (being
     * created) or {@code c} (committed), the routing tag, and the nonce of the creation; or {@code x} and when a token
     * was expired (ms) of which nobody knew whose it is. Arguments: tag, nonce, TTL of the claim (ms), the pointer of a
     * dead token that may be replaced, or nothing; issued at (ms). Answers nil if the token is this creation's, or else
     * the pointer that is there.
     */
    static final Script CLAIM_POINTER = new Script("""
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
     * Makes a claim last. Arguments: tag, nonce, TTL (ms). Answers 1, or, if another creation has the token meanwhile, 2 if it is
     * for the same subject or else 0, as after an expiry. The TTL of what is committed already is only ever extended.
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
     * Makes a claim of somebody else last. Arguments: the claim as it was read, TTL (ms). Answers 1, or 0 if it is no longer there:
     * what ran out may have been expired since, and does not come back.
     */
    static final Script FINISH_POINTER = new Script("""
            local present, committed = redis.call('GET', KEYS[1]), 'c' .. string.sub(ARGV[1], 2)
            if present == ARGV[1] then
              redis.call('SET', KEYS[1], committed, 'PX', ARGV[2])
              return 1
            end
            return present == committed and 1 or 0
            """);

    /** Gives up a claim. Arguments: tag, nonce. */
    static final Script RELEASE_POINTER = new Script("""
            if redis.call('GET', KEYS[1]) == 'p' .. ARGV[1] .. ARGV[2] then redis.call('DEL', KEYS[1]) end
            return 0
            """);

    /**
     * Notes the expiry of a token of which nobody knows whose it is. Arguments: expired at (ms), TTL (ms). Answers nil, or
     * the pointer that is there meanwhile: then it has to be expired where that leads.
     */
    static final Script EXPIRE_POINTER = new Script("""
            local present = redis.call('GET', KEYS[1])
            if present and string.sub(present, 1, 1) ~= 'x' then return present end
            if present and tonumber(string.sub(present, 2)) >= tonumber(ARGV[1]) then return false end
            redis.call('SET', KEYS[1], 'x' .. ARGV[1], 'PX', ARGV[2])
            if ARGV[3] then redis.pcall('PUBLISH', ARGV[3], ARGV[4]) end
            return false
            """);

    private Scripts() {}
}
