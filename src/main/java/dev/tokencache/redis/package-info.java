/**
 * A Redis Cluster client that knows nothing of tokens. {@link dev.tokencache.redis.command.RedisRouter} is the entry. This
 * package holds what the sub-packages share: addresses, slots, time, deadlines, configuration and events.
 */
@NullMarked
package dev.tokencache.redis;

import org.jspecify.annotations.NullMarked;
