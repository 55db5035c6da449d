/**
 * The token store during a migration, which uses the old store and the cluster. The entry type is {@link
 * dev.tokencache.migration.store.MigratingTokenStore}; {@link dev.tokencache.migration.store.TokenCopier} copies one
 * token. ADR 10 explains why no login and no logout is lost.
 */
@NullMarked
package dev.tokencache.migration.store;

import org.jspecify.annotations.NullMarked;
