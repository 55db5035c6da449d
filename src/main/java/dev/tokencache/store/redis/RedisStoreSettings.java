package dev.tokencache.store.redis;

import dev.tokencache.seal.Seal;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The settings of a {@link RedisTokenStore}.
 *
 * @param timeout the maximum duration of a call, including retries
 * @param maxTtl the maximum lifetime of a token, and therefore of a not-before time
 * @param keepsExpiries whether to store that a token was expired for as long as it could be active, instead of some minutes.
 *     Needed if writes can come late from a journal or an old store
 * @param hasLateCreations whether a creation may arrive later than a delayed command does, because a journal or an old store
 *     may have it. Then the expiry of an unknown foreign token is stored for {@code maxTtl}, else for some minutes
 * @param publishesRevocations whether to publish revocations for near caches
 * @param seal seals what is written, and opens what is read
 */
public record RedisStoreSettings(
        String keyPrefix,
        Duration timeout,
        Duration maxTtl,
        boolean keepsExpiries,
        BooleanSupplier hasLateCreations,
        boolean publishesRevocations,
        Seal seal) {

    /** @throws IllegalArgumentException naming the property, if the key prefix cannot be used */
    public RedisStoreSettings {
        RedisKeys.check(keyPrefix);
    }

    /** Settings without a seal, with which a creation may be late whenever expiries are stored. */
    public RedisStoreSettings(
            String keyPrefix, Duration timeout, Duration maxTtl, boolean keepsExpiries, boolean publishesRevocations) {
        this(keyPrefix, timeout, maxTtl, keepsExpiries, () -> keepsExpiries, publishesRevocations, Seal.off());
    }

    public RedisStoreSettings with(Seal changed) {
        return new RedisStoreSettings(
                keyPrefix, timeout, maxTtl, keepsExpiries, hasLateCreations, publishesRevocations, changed);
    }

    RedisKeys keys() {
        return new RedisKeys(keyPrefix);
    }
}
