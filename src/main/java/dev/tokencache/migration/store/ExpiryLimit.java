package dev.tokencache.migration.store;

import dev.tokencache.token.Token;
import java.time.Clock;
import java.time.Duration;

/**
 * The latest expiry that a token may have now, {@code maxTtl} from now. An old session that lives longer has this
 * expiry, which moves on until the session is copied, so its copy has an earlier one.
 */
public record ExpiryLimit(Duration maxTtl, Clock clock) {

    /** More than the time between two reads. */
    private static final long TOLERATED_SECONDS = 60;

    boolean isReachedBy(Token token) {
        return token.expiresAt() >= Math.floorDiv(clock.millis(), 1000L) + maxTtl.toSeconds() - TOLERATED_SECONDS;
    }
}
