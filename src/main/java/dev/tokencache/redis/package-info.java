/**
 * A Redis Cluster client that knows nothing of tokens. {@link dev.tokencache.redis.command.RedisRouter} is the entry; this
 * package holds what its parts share: addresses, slots, deadlines, configuration and events.
 */
@NullMarked
package dev.tokencache.redis;

import org.jspecify.annotations.NullMarked;
