/**
 * The old Redis, from which tokens move to the cluster. The entry is {@link
 * dev.tokencache.migration.legacy.RedisLegacyStore}.
 *
 * <p>Its keys are other programs': {@link dev.tokencache.migration.legacy.KeyPattern} names them and a {@link
 * dev.tokencache.migration.legacy.LegacyFormat} spells what is in them, both by configuration. What those have no room for lies
 * beside, in keys of our own ({@link dev.tokencache.migration.legacy.SidecarRecord}). Nothing here lists or deletes keys that are not
 * of the pattern, and nothing blocks the server.
 *
 * <p>Or it is another token-cache: {@link dev.tokencache.migration.legacy.OwnLegacyStore}, which has neither pattern nor format.
 */
@NullMarked
package dev.tokencache.migration.legacy;

import org.jspecify.annotations.NullMarked;
