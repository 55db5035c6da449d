/** What readiness reports about a migration. */
@NullMarked
package dev.tokencache.migration.health;

import org.jspecify.annotations.NullMarked;
