package dev.tokencache.journal.sql;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSource.FlushMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** A journal in PostgreSQL, for all processes of the service. The caller owns the connection pool. */
final class PostgresDatabase implements Database {

    /** For a server that does not reply, in whole seconds; {@code statement_timeout} ends slow statements before. */
    static final Duration REPLY_TIMEOUT = Duration.ofMillis(500);

    private static final int SLOW_MILLIS = 3000;

    /** Overrides, for one transaction, the {@code new-connection-sql} of {@code application.properties}. */
    private static final String FOR_SLOW_READ = "set local statement_timeout = " + SLOW_MILLIS
            + "; set local enable_seqscan = on; set local enable_bitmapscan = on";

    private final AgroalDataSource pool;
    private final Runnable migration;
    private final PostgresActivityMarker marker;
    private final int replyTimeoutMillis;

    /**
     * @param migration migrates the schema; fails if the database is unavailable
     * @param replyTimeout the timeout for a server that does not reply
     */
    PostgresDatabase(AgroalDataSource pool, Runnable migration, Duration period, Duration replyTimeout) {
        this.pool = pool;
        this.migration = migration;
        this.marker = new PostgresActivityMarker(period);
        this.replyTimeoutMillis = Math.toIntExact(replyTimeout.toMillis());
    }

    @Override
    public SqlDialect dialect() {
        return SqlDialect.POSTGRESQL;
    }

    @Override
    public ActivityMarker marker() {
        return marker;
    }

    @Override
    public void open() {
        migration.run();
    }

    @Override
    public <T> T read(Work<T> work) throws SQLException {
        return with(work);
    }

    @Override
    public <T> T readSlowly(Work<T> work) throws SQLException {
        return with(connection -> {
            connection.setNetworkTimeout(Runnable::run, SLOW_MILLIS + replyTimeoutMillis);
            return Sql.transaction(connection, transaction -> {
                Sql.update(transaction, FOR_SLOW_READ, Sql.Parameters.NONE);
                return work.on(transaction);
            });
        });
    }

    @Override
    public <T> T write(Work<T> work) throws SQLException {
        return with(connection -> Sql.transaction(connection, work));
    }

    private <T> T with(Work<T> work) throws SQLException {
        try (Connection connection = connect()) {
            return work.on(connection);
        } catch (SQLException e) {
            if (isConnectionLost(e)) {
                // The idle connections of the pool are most likely lost, too.
                pool.flush(FlushMode.IDLE);
            }
            throw e;
        }
    }

    /** SQLSTATE classes 08 (connection exception) and 57P (operator intervention, for example a shutdown). */
    private static boolean isConnectionLost(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P"));
    }

    private Connection connect() throws SQLException {
        Connection connection = pool.getConnection();
        try {
            connection.setNetworkTimeout(Runnable::run, replyTimeoutMillis);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** The first SQLSTATE code, because messages may contain an address, a user name or parameters. */
    @Override
    public String explain(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return "SQLSTATE " + sql.getSQLState();
            }
        }
        return failure.getClass().getSimpleName();
    }

    @Override
    public void close() {
        // The framework closes the pool.
    }
}
