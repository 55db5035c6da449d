package dev.tokencache.store.redis;

/**
 * The Lua scripts on the hash of a subject and on the pointer of a foreign token: one atomic script per state change. All are
 * idempotent, because a command whose reply was lost may have run. docs/adr/0014 explains why none does harm if it arrives late
 * or twice. The first lines of each file name its arguments and its result. {@link ForeignPointers} explains the pointers.
 *
 * <p>A subject's hash has one 18-byte field per token, with a record of {@link dev.tokencache.token.TokenCodec}, and also:
 *
 * <ul>
 *   <li>{@code m}: the not-before time, in milliseconds, perhaps with a dot and its MAC. Tokens issued at or before it are
 *       inactive.
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

    private static final String FUNCTIONS = "subject/functions";
    private static final String TRACE = "subject/trace";
    private static final String INDEX = "subject/index";
    private static final String POINTER = "pointer/functions";

    /** Stores a new record, and expires the oldest tokens beyond the maximum number: see docs/adr/0016. */
    static final Script CREATE = Script.of(FUNCTIONS, TRACE, INDEX, "subject/eviction", "subject/create");

    /** Replaces a record that did not change since it was read. */
    static final Script REPLACE = Script.of(FUNCTIONS, INDEX, "subject/replace");

    /** Replaces a record with its expiry. */
    static final Script EXPIRE = Script.of(FUNCTIONS, TRACE, INDEX, "subject/expire");

    /** Sets the not-before time, unless it is later already. */
    static final Script EXPIRE_SUBJECT = Script.of(FUNCTIONS, "subject/expire-all");

    /** Sets the not-before time, and replaces one record with its new issue after that time. */
    static final Script EXPIRE_OTHERS = Script.of(FUNCTIONS, INDEX, "subject/expire-others");

    /** Reserves a foreign token while a creation writes the record. */
    static final Script RESERVE_POINTER = Script.of(POINTER, "pointer/reserve");

    /** Commits a reservation. */
    static final Script COMMIT_POINTER = Script.of(POINTER, "pointer/commit");

    /** Commits the reservation of another creation. */
    static final Script FINISH_POINTER = Script.of("pointer/finish");

    /** Deletes a reservation. */
    static final Script RELEASE_POINTER = Script.of(POINTER, "pointer/release");

    /** Stores the expiry of a token without an owner. */
    static final Script EXPIRE_POINTER = Script.of("pointer/expire");

    private Scripts() {}
}
