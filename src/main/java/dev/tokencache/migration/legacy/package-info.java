/**
 * The old Redis, from which tokens migrate to the cluster. The entry type is
 * {@link dev.tokencache.migration.legacy.LegacyConnection}.
 *
 * <p>In {@link dev.tokencache.migration.legacy.RedisLegacyStore} the keys belong to other programs. The configured
 * {@link dev.tokencache.migration.legacy.KeyPattern} and {@link dev.tokencache.migration.legacy.LegacyFormat} describe
 * them. Additional data is stored in our own keys ({@link dev.tokencache.migration.legacy.SidecarRecord}). Nothing here
 * lists or deletes keys outside the pattern, and nothing blocks the server.
 *
 * <p>{@link dev.tokencache.migration.legacy.OwnLegacyStore} is another token-cache, which needs neither pattern nor
 * format.
 */
@NullMarked
package dev.tokencache.migration.legacy;

import org.jspecify.annotations.NullMarked;
