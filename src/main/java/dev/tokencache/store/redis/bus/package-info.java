/**
 * {@link dev.tokencache.store.redis.bus.RedisRevocationBus} brings revocations by Redis' pub/sub, and knows when it could have
 * missed one.
 */
@NullMarked
package dev.tokencache.store.redis.bus;

import org.jspecify.annotations.NullMarked;
