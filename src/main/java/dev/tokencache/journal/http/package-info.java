/** The journal's admin API. The entry type is {@link dev.tokencache.journal.http.JournalResource}. */
@NullMarked
package dev.tokencache.journal.http;

import org.jspecify.annotations.NullMarked;
