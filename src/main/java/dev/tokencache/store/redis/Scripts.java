package dev.tokencache.store.redis;

import static dev.tokencache.store.redis.EvictionFunctions.EVICTION;
import static dev.tokencache.store.redis.EvictionFunctions.INDEX;
import static dev.tokencache.store.redis.SubjectFunctions.SUBJECT;
import static dev.tokencache.store.redis.SubjectFunctions.TRACE;

/**
 * The Lua scripts on the hash of a subject: one atomic script per state change. All are idempotent, because a command whose reply was lost may have
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

    /**
     * Stores a new record, and expires the oldest tokens beyond the maximum number. Arguments: field, record, issued at (ms),
     * TTL (ms), now (ms), 1 if the token can be issued again after an expiry, else 0, the maximum number of live tokens, how
     * long to store their expiries (ms), and, if revocations are published, their channel. Returns 0 if stored, or the fields of
     * the tokens that it expired; -1 if the field has another active record; else the not-before time or expiry that is at or
     * after the issue.
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
            if redis.call('HEXISTS', key, field) == 1
                and redis.call('HLEN', key) <= 1 + redis.call('HEXISTS', key, 'l') + redis.call('HEXISTS', key, 'c')
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

    private Scripts() {}
}
