/** The readiness check of a migration. The entry type is {@link dev.tokencache.migration.health.MigrationReadiness}. */
@NullMarked
package dev.tokencache.migration.health;

import org.jspecify.annotations.NullMarked;
