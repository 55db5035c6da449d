/** The journal's admin API, {@link dev.tokencache.journal.http.JournalResource}, and its readiness check. */
@NullMarked
package dev.tokencache.journal.http;

import org.jspecify.annotations.NullMarked;
