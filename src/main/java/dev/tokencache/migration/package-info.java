/**
 * Moving from an old store to the cluster: the phases, when they may change, and the ports behind which their state and the
 * old store are. The entry is {@link dev.tokencache.migration.MigrationDial}.
 *
 * <p>A domain of its own beside {@code token}: it knows neither Redis nor HTTP. See ADR 10 for why it is correct.
 */
@NullMarked
package dev.tokencache.migration;

import org.jspecify.annotations.NullMarked;
