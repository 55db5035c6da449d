/**
 * Stores the journal in a database: SQLite in a file, or PostgreSQL. The entry type is {@link
 * dev.tokencache.journal.sql.SqlJournal}, which {@link dev.tokencache.journal.sql.JournalLifecycle} creates.
 *
 * <p>A write is committed before it is answered, and only the journal's own threads wait for the database. Concurrent calls
 * share transactions and queries, so the number of round trips is bounded, not the number of calls.
 */
@NullMarked
package dev.tokencache.journal.sql;

import org.jspecify.annotations.NullMarked;
