/**
 * Keeps the journal in a database: SQLite in a file, or PostgreSQL. The entry is
 * {@link dev.tokencache.journal.sql.SqlJournal}; {@link dev.tokencache.journal.sql.JournalLifecycle} makes the
 * one that is configured.
 *
 * <p>The promise: what was answered is committed, and no thread but the journal's own ever waits for a database. Calls
 * that wait share transactions and queries, so that it is the number of round trips that is bounded, not of calls.
 */
@NullMarked
package dev.tokencache.journal.sql;

import org.jspecify.annotations.NullMarked;
