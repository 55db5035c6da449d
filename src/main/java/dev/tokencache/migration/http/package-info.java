/** The admin API of a migration, {@link dev.tokencache.migration.http.MigrationResource}, and its readiness check. */
@NullMarked
package dev.tokencache.migration.http;

import org.jspecify.annotations.NullMarked;
