package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** An SQLite database in memory that counts calls and fails on demand. */
final class InMemoryDatabase implements Database {

    final Connection connection;
    final Marker marker = new Marker();
    final Deque<SQLException> writeFailures = new ArrayDeque<>();

    @Nullable
    SQLException failure;

    Runnable afterSlowRead = () -> {};
    int opens;
    int reads;
    int transactions;

    InMemoryDatabase() {
        try {
            connection = DriverManager.getConnection("jdbc:sqlite::memory:");
            SqliteSchema.migrate(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A marker that a test can set as another process would. */
    static final class Marker implements ActivityMarker {
        boolean isSet;
        Duration delay = Duration.ZERO;

        @Override
        public Duration set(Connection transaction) {
            isSet = true;
            return delay;
        }

        @Override
        public boolean isSet(Connection connection) {
            return isSet;
        }

        @Override
        public void clear(Connection transaction) {
            isSet = false;
        }
    }

    @Override
    public SqlDialect dialect() {
        return SqlDialect.SQLITE;
    }

    @Override
    public ActivityMarker marker() {
        return marker;
    }

    @Override
    public void open() throws SQLException {
        opens++;
        failIfDown();
    }

    private void failIfDown() throws SQLException {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public <T> T read(Work<T> work) throws SQLException {
        reads++;
        failIfDown();
        return work.on(connection);
    }

    @Override
    public <T> T readSlowly(Work<T> work) throws SQLException {
        failIfDown();
        T result = work.on(connection);
        afterSlowRead.run();
        return result;
    }

    @Override
    public <T> T write(Work<T> work) throws SQLException {
        transactions++;
        failIfDown();
        SQLException next = writeFailures.poll();
        if (next != null) {
            throw next;
        }
        return Sql.transaction(connection, work);
    }

    @Override
    public String explain(Throwable failure) {
        return "made to fail by a test";
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
