/**
 * Tokens in a Redis Cluster. {@link dev.tokencache.store.redis.RedisTokenStore} is the entry point.
 *
 * <p>All data of a subject is one Redis hash, so one command to one node reads a record and the not-before time. {@link
 * dev.tokencache.store.redis.RedisKeys} names the hash, {@link dev.tokencache.token.TokenCodec} encodes its records, and {@link
 * dev.tokencache.store.redis.Scripts} changes it atomically. Only commands of Redis 3.2 are used.
 */
@NullMarked
package dev.tokencache.store.redis;

import org.jspecify.annotations.NullMarked;
