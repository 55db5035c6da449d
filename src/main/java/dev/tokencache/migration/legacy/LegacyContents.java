package dev.tokencache.migration.legacy;

import dev.tokencache.migration.Refusal;
import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.token.StoreUnavailableException;

/** What a key of another program contains. */
sealed interface LegacyContents permits LegacyContents.Nothing, LegacyContents.Refused, LegacyRecord {

    LegacyContents NOTHING = new Nothing();

    record Nothing() implements LegacyContents {}

    record Refused(Refusal reason) implements LegacyContents {}

    static LegacyContents refused(Refusal reason) {
        return new Refused(reason);
    }

    /** The contents of a key that could not be read; fails with the cause unless the key has another type. */
    static LegacyContents ofFailure(Throwable failure) {
        // The router reports the code of an error, and the client of a scan its message.
        String error =
                failure instanceof RedisErrorException reply ? reply.code() : String.valueOf(failure.getMessage());
        if (error.startsWith("WRONGTYPE")) {
            return refused(Refusal.WRONG_TYPE);
        }
        throw failure instanceof StoreUnavailableException known
                ? known
                : new StoreUnavailableException("the old store is unavailable", failure);
    }
}
