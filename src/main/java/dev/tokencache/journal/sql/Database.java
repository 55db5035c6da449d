package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The database that holds the journal. Its calls block, most of them for a second at the worst, and so belong on the
 * journal's own threads; on which of them does not matter.
 */
interface Database extends AutoCloseable {

    /** Where the SQL of this database differs from that of the other. */
    SqlDialect dialect();

    /** How processes learn that there is something in the journal. */
    ActivityMarker gate();

    /**
     * Connects, and brings the schema up to date. Is called again and again until it succeeds.
     *
     * @throws SQLException if it can not be done now; its message is for the log and holds no address
     */
    void open() throws SQLException;

    /** Does something that changes nothing, each statement for itself. */
    <T> T read(Work<T> work) throws SQLException;

    /** As {@link #read}, for what may take some seconds: it is nobody's answer. */
    <T> T readAtLeisure(Work<T> work) throws SQLException;

    /** Does something in one transaction; if this returns, it is durable. */
    <T> T write(Work<T> work) throws SQLException;

    /** What is wrong, for the log: never an address, a parameter or a secret. */
    String explain(Throwable failure);

    @Override
    void close();

    /** What is done with a connection. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }
}
