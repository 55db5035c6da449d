package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** Notifies every process that the journal may have entries. While the marker is not set, the journal is empty. */
interface ActivityMarker {

    /**
     * Sets the marker until the end of the transaction, which may then add entries. Returns how long after the commit
     * another process may not have seen it; the write is answered after that.
     */
    Duration set(Connection transaction) throws SQLException;

    /** Whether the marker is set, so that every process must read the journal. */
    boolean isSet(Connection connection) throws SQLException;

    /** Clears the marker, unless there is an entry or a transaction that may add one. */
    void clear(Connection transaction) throws SQLException;
}
