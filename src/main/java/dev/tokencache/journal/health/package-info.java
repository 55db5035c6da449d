/** What readiness reports about the journal. */
@NullMarked
package dev.tokencache.journal.health;

import org.jspecify.annotations.NullMarked;
