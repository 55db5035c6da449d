package dev.tokencache.journal.sql;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSource.FlushMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** A journal in PostgreSQL, for all processes of the service. Connections come from a pool, which is not closed here. */
final class PostgresDatabase implements Database {

    /**
     * The longest to wait for an answer. Statements end themselves before ({@code statement_timeout}); this is for a server
     * that is silent. The driver's own setting knows whole seconds only.
     */
    static final Duration SILENCE = Duration.ofMillis(500);

    private static final int LEISURE_MILLIS = 3000;

    /** Undoes for one transaction what {@code new-connection-sql} says in {@code application.properties}. */
    private static final String AT_LEISURE = "set local statement_timeout = " + LEISURE_MILLIS
            + "; set local enable_seqscan = on; set local enable_bitmapscan = on";

    private final AgroalDataSource pool;
    private final Runnable migration;
    private final PostgresActivityMarker gate;
    private final int silenceMillis;

    /**
     * @param migration brings the schema up to date; fails if that can not be done now
     * @param poll how often every process looks whether there is something in the journal
     */
    PostgresDatabase(AgroalDataSource pool, Runnable migration, Duration poll) {
        this(pool, migration, poll, SILENCE);
    }

    /** @param silence the longest to wait for an answer */
    PostgresDatabase(AgroalDataSource pool, Runnable migration, Duration poll, Duration silence) {
        this.pool = pool;
        this.migration = migration;
        this.gate = new PostgresActivityMarker(poll);
        this.silenceMillis = Math.toIntExact(silence.toMillis());
    }

    @Override
    public SqlDialect dialect() {
        return SqlDialect.POSTGRESQL;
    }

    @Override
    public ActivityMarker gate() {
        return gate;
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
    public <T> T readAtLeisure(Work<T> work) throws SQLException {
        return with(connection -> {
            connection.setNetworkTimeout(Runnable::run, LEISURE_MILLIS + silenceMillis);
            return Transaction.in(connection, transaction -> {
                Sql.update(transaction, AT_LEISURE, Sql.Parameters.NONE);
                return work.on(transaction);
            });
        });
    }

    @Override
    public <T> T write(Work<T> work) throws SQLException {
        return with(connection -> Transaction.in(connection, work));
    }

    private <T> T with(Work<T> work) throws SQLException {
        try (Connection connection = connect()) {
            return work.on(connection);
        } catch (SQLException e) {
            if (isConnectionLost(e)) {
                // The others that wait in the pool are of no more use.
                pool.flush(FlushMode.IDLE);
            }
            throw e;
        }
    }

    /** The classes "connection exception" and "operator intervention", for example a shutdown. */
    private static boolean isConnectionLost(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P"));
    }

    private Connection connect() throws SQLException {
        Connection connection = pool.getConnection();
        try {
            connection.setNetworkTimeout(Runnable::run, silenceMillis);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Messages can hold an address, a user's name or parameters: the code of the first failure says enough. */
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
        // The pool is the framework's.
    }
}
