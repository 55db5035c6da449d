/** The journal's readiness check. The entry type is {@link dev.tokencache.journal.health.JournalReadiness}. */
@NullMarked
package dev.tokencache.journal.health;

import org.jspecify.annotations.NullMarked;
