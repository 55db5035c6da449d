package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;

/** The database that stores the journal. Thread-safe. Calls block: only the journal's own threads make them. */
interface Database extends AutoCloseable {

    SqlDialect dialect();

    ActivityMarker marker();

    /** Connects and migrates the schema, until it succeeds. A failure is logged: its message has no address. */
    void open() throws SQLException;

    /** Runs read-only statements, each in its own transaction. */
    <T> T read(Work<T> work) throws SQLException;

    /** As {@link #read}, for statements that may take seconds because no caller waits for them. */
    <T> T readSlowly(Work<T> work) throws SQLException;

    /** Runs one transaction, which is durable when this returns. */
    <T> T write(Work<T> work) throws SQLException;

    /** The cause of a failure for the log: never an address, a parameter or a secret. */
    String explain(Throwable failure);

    @Override
    void close();

    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }
}
