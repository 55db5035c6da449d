/**
 * The admin API of a migration, under {@code /v1/admin/migration}. The entry type is
 * {@link dev.tokencache.migration.http.MigrationResource}.
 */
@NullMarked
package dev.tokencache.migration.http;

import org.jspecify.annotations.NullMarked;
