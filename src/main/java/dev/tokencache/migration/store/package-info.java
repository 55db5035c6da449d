/**
 * Two stores as one, while tokens move from the old one to the cluster. The entry is {@link
 * dev.tokencache.migration.store.MigratingTokenStore}; {@link dev.tokencache.migration.store.TokenCopier} takes one token over. ADR 10 says
 * why no login and no logout gets lost.
 */
@NullMarked
package dev.tokencache.migration.store;

import org.jspecify.annotations.NullMarked;
