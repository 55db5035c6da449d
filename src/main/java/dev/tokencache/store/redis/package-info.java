/**
 * Tokens in a Redis Cluster. The entry is {@link dev.tokencache.store.redis.RedisTokenStore}.
 *
 * <p>Everything kept for a subject is one Redis hash, so that record and mark are read by one command from one node:
 * {@link dev.tokencache.store.redis.RedisKeys} names it, {@link dev.tokencache.token.TokenCodec} spells the
 * records in it, {@link dev.tokencache.store.redis.Scripts} changes it atomically, and {@link
 * dev.tokencache.store.redis.router} brings each command to its node. Only commands of Redis 3.2 are used.
 */
@NullMarked
package dev.tokencache.store.redis;

import org.jspecify.annotations.NullMarked;
