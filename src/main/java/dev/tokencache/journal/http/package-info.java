/** The admin API of the journal, under {@code /v1/admin/journal}. */
@NullMarked
package dev.tokencache.journal.http;

import org.jspecify.annotations.NullMarked;
