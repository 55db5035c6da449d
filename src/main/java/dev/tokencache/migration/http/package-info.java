/** The admin API of a migration, under {@code /v1/admin/migration}. */
@NullMarked
package dev.tokencache.migration.http;

import org.jspecify.annotations.NullMarked;
