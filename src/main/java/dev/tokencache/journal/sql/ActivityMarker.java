package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Notifies every process that the journal may have entries. While the marker is not set, the journal is empty. By default that
 * of a journal with one process, which knows its own writes.
 */
@FunctionalInterface
interface ActivityMarker {

    /** The marker of a journal with one process: set while there are entries. */
    ActivityMarker LOCAL = connection -> !Sql.query(
                    connection, "select 1 from journal_entry limit 1", Sql.Parameters.NONE, row -> true)
            .isEmpty();

    /**
     * Sets the marker until the end of the transaction, which may then add entries. Returns how long after the commit
     * another process may not have seen it; the write is answered after that.
     */
    default Duration set(Connection transaction) throws SQLException {
        return Duration.ZERO;
    }

    /** Whether the marker is set, so that every process must read the journal. */
    boolean isSet(Connection connection) throws SQLException;

    /** Clears the marker, unless there is an entry or a transaction that may add one. */
    default void clear(Connection transaction) throws SQLException {}
}
