/**
 * Two stores as one, while tokens move from the old one to the cluster. The entry is {@link
 * dev.tokencache.store.migration.MigratingTokenStore}; {@link dev.tokencache.store.migration.Copy} takes one token over. ADR 10 says
 * why no login and no logout gets lost.
 */
@NullMarked
package dev.tokencache.store.migration;

import org.jspecify.annotations.NullMarked;
