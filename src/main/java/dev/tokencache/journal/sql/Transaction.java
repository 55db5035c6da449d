package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;

/** Runs work in a database transaction. */
final class Transaction {

    private Transaction() {}

    /** Commits the work, or rolls it back if it fails. */
    static <T> T in(Connection connection, Database.Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            T result = work.on(connection);
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException e) {
            rollBack(connection, e);
            throw e;
        } finally {
            endQuietly(connection);
        }
    }

    private static void rollBack(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException broken) {
            cause.addSuppressed(broken);
        }
    }

    /** Does not throw, which would hide the failure of the work. */
    private static void endQuietly(Connection connection) {
        try {
            connection.setAutoCommit(true);
        } catch (SQLException broken) {
            // The next transaction fails, or the pool discards the connection.
        }
    }
}
