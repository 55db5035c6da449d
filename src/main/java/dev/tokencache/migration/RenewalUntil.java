package dev.tokencache.migration;

import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Renewal;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.OptionalLong;

/**
 * Renews a token until a given second. A store gets a lifetime and adds it to the second in which it renews the token,
 * which may be a later one: then the renewal is repeated.
 */
public record RenewalUntil(TokenStore store, Clock clock) {

    private static final int ATTEMPTS = 3;

    /**
     * Renews a token until {@code expiresAt} (seconds since the epoch), or until its maximum expiry if that is earlier. A
     * moment in the past ends it within a second.
     */
    public Uni<Renewal> renew(TokenLocator token, long expiresAt) {
        return renew(token, expiresAt, ATTEMPTS);
    }

    private Uni<Renewal> renew(TokenLocator token, long expiresAt, int attempts) {
        long lifetime = expiresAt - Math.floorDiv(clock.millis(), 1000L);
        return store.renew(token, OptionalLong.of(Math.max(1, lifetime))).chain(renewal -> {
            boolean isTooLate = renewal instanceof Renewal.Renewed renewed
                    && lifetime > 0
                    && renewed.token().expiresAt() > expiresAt;
            if (attempts > 1 && renewal instanceof Renewal.BeyondRenewableUntil beyond) {
                return renew(token, Math.min(expiresAt, beyond.renewableUntil()), attempts - 1);
            }
            return attempts > 1 && isTooLate
                    ? renew(token, expiresAt, attempts - 1)
                    : Uni.createFrom().item(renewal);
        });
    }
}
