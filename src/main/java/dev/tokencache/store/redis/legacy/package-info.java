/**
 * The old Redis, from which tokens move to the cluster. The entry is {@link
 * dev.tokencache.store.redis.legacy.RedisLegacyStore}.
 *
 * <p>Its keys are other programs': {@link dev.tokencache.store.redis.legacy.KeyPattern} names them and a {@link
 * dev.tokencache.store.redis.legacy.LegacyFormat} spells what is in them, both by configuration. What those have no room for lies
 * beside, in keys of our own ({@link dev.tokencache.store.redis.legacy.Beside}). Nothing here lists or deletes keys that are not
 * of the pattern, and nothing blocks the server.
 *
 * <p>Or it is another token-cache: {@link dev.tokencache.store.redis.legacy.OwnLegacyStore}, which has neither pattern nor format.
 */
@NullMarked
package dev.tokencache.store.redis.legacy;

import org.jspecify.annotations.NullMarked;
