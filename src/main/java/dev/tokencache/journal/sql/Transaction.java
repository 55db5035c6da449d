package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;

/** All or nothing. */
final class Transaction {

    private Transaction() {}

    /** Does something, and commits it. */
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

    /** Must not hide what happened before. */
    private static void endQuietly(Connection connection) {
        try {
            connection.setAutoCommit(true);
        } catch (SQLException broken) {
            // The next transaction on it fails, or the pool throws it away.
        }
    }
}
