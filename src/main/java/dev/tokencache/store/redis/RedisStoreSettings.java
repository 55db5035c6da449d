package dev.tokencache.store.redis;

import java.time.Duration;

/**
 * What a {@link RedisTokenStore} is told.
 *
 * @param keyPrefix what the name of each key starts with
 * @param timeout the longest that a call may take, retries included
 * @param maxTtl the longest that a token can live, and so how long a mark must be kept
 * @param keepsExpiries whether it is remembered that a token was expired for as long as it could be good: needed where
 *     writes can come late, since a journal kept them
 * @param publishesRevocations whether what revokes tokens is published, for those who keep verdicts in memory
 */
public record RedisStoreSettings(
        String keyPrefix, Duration timeout, Duration maxTtl, boolean keepsExpiries, boolean publishesRevocations) {

    /** @throws IllegalArgumentException naming the property, if the key prefix can not be used */
    public RedisStoreSettings {
        RedisKeys.check(keyPrefix);
    }

    RedisKeys keys() {
        return new RedisKeys(keyPrefix);
    }
}
