/**
 * What the probes of Kubernetes and operators read. The entries are {@link dev.tokencache.health.RedisReadiness}, {@link
 * dev.tokencache.journal.health.JournalReadiness} and {@link dev.tokencache.migration.health.MigrationReadiness}. Liveness never looks at Redis: restarting
 * this service does not heal a cluster.
 */
@NullMarked
package dev.tokencache.health;

import org.jspecify.annotations.NullMarked;
