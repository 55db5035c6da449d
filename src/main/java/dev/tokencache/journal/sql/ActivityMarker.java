package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * How every process comes to know that there is something in the journal. While it is closed nobody asks the journal, and
 * there is nothing in it.
 */
interface ActivityMarker {

    /**
     * Opens it, if it is not open, and keeps it open until the end of this transaction, which may then put something into
     * the journal.
     *
     * @return how long after the commit there may still be a process that has not noticed; a write is to be answered later
     */
    Duration open(Connection transaction) throws SQLException;

    /** Whether it is open, and everybody has to ask the journal. */
    boolean isOpen(Connection connection) throws SQLException;

    /** Closes it, if there is nothing behind it and nobody is about to put something there. */
    void close(Connection transaction) throws SQLException;
}
