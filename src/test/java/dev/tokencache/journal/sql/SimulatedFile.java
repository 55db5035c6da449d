package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;

/** The file of a local journal, as one run of a process uses it: {@link SqliteDatabase}, on a simulated disk. */
final class SimulatedFile implements Database {

    private final Connection connection;
    private final Conditions conditions;

    SimulatedFile(Connection connection, Conditions conditions) {
        this.connection = connection;
        this.conditions = conditions;
    }

    @Override
    public SqlDialect dialect() {
        return SqlDialect.SQLITE;
    }

    @Override
    public ActivityMarker marker() {
        return ActivityMarker.LOCAL;
    }

    @Override
    public void open() throws SQLException {
        conditions.request();
        SqliteSchema.migrate(connection);
        conditions.reply();
    }

    @Override
    public <T> T read(Work<T> work) throws SQLException {
        conditions.request();
        T result = work.on(connection);
        conditions.reply();
        return result;
    }

    @Override
    public <T> T readSlowly(Work<T> work) throws SQLException {
        return read(work);
    }

    @Override
    public <T> T write(Work<T> work) throws SQLException {
        conditions.request();
        T result = Sql.transaction(connection, transaction -> {
            T done = work.on(transaction);
            conditions.beforeCommit();
            return done;
        });
        conditions.reply();
        return result;
    }

    @Override
    public String explain(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }

    @Override
    public void close() {
        // The data stay.
    }
}
