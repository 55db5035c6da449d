/**
 * The migration from an old store to the cluster: its phases, the rules for changing them, and the ports to the old
 * store and to the shared state. The entry type is {@link dev.tokencache.migration.MigrationDial}.
 *
 * <p>Like {@code token}, this package knows neither Redis nor HTTP. ADR 10 explains why no login and no logout is lost.
 */
@NullMarked
package dev.tokencache.migration;

import org.jspecify.annotations.NullMarked;
