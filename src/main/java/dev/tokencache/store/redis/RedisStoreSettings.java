package dev.tokencache.store.redis;

import java.time.Duration;

/**
 * The settings of a {@link RedisTokenStore}.
 *
 * @param keyPrefix the prefix of each key
 * @param timeout the maximum duration of a call, including retries
 * @param maxTtl the maximum lifetime of a token, and therefore of a not-before time
 * @param keepsExpiries whether to store that a token was expired for as long as it could be active, instead of some minutes.
 *     Needed if writes can come late from a journal or an old store
 * @param publishesRevocations whether to publish revocations for near caches
 */
public record RedisStoreSettings(
        String keyPrefix, Duration timeout, Duration maxTtl, boolean keepsExpiries, boolean publishesRevocations) {

    /** @throws IllegalArgumentException naming the property, if the key prefix cannot be used */
    public RedisStoreSettings {
        RedisKeys.check(keyPrefix);
    }

    RedisKeys keys() {
        return new RedisKeys(keyPrefix);
    }
}
