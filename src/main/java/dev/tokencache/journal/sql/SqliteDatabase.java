package dev.tokencache.journal.sql;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteException;

/**
 * A journal in a file, for one process. A commit is on the disk when it returns (write-ahead log, {@code
 * synchronous=FULL}), and survives a kill or a power failure. Reads do not wait for writes.
 */
final class SqliteDatabase implements Database {

    private static final int BUSY_MILLIS = 1000;

    private final LockedDirectory directory;
    private volatile @Nullable SoleConnection reading;
    private volatile @Nullable SoleConnection writing;

    SqliteDatabase(Path directory) {
        this.directory = new LockedDirectory(directory);
    }

    /** A connection used by one thread at a time. */
    private record SoleConnection(Connection connection) {

        <T> T with(Work<T> work) throws SQLException {
            synchronized (connection) {
                return work.on(connection);
            }
        }
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
        try {
            Path file = directory.lock();
            Connection writer = connect(file);
            writing = new SoleConnection(writer);
            SqliteSchema.migrate(writer);
            reading = new SoleConnection(connect(file));
        } catch (IOException | SQLException | LinkageError e) {
            close();
            throw e instanceof SQLException known ? known : unusable(e);
        }
    }

    private static SQLException unusable(Throwable cause) {
        String what = cause instanceof IOException ? "the directory cannot be used: " : "SQLite cannot be loaded: ";
        return new SQLException(what + cause.getClass().getSimpleName(), cause);
    }

    private static Connection connect(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.setBusyTimeout(BUSY_MILLIS);
        return config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
    }

    @Override
    public <T> T read(Work<T> work) throws SQLException {
        return opened(reading).with(work);
    }

    @Override
    public <T> T readSlowly(Work<T> work) throws SQLException {
        return read(work);
    }

    @Override
    public <T> T write(Work<T> work) throws SQLException {
        return opened(writing).with(connection -> Sql.transaction(connection, work));
    }

    private static SoleConnection opened(@Nullable SoleConnection connection) throws SQLException {
        if (connection == null) {
            throw new SQLException("the file is not open");
        }
        return connection;
    }

    /** The code of an SQLite error, because its message may contain the path and parts of a statement. */
    @Override
    public String explain(Throwable failure) {
        if (failure instanceof SQLiteException sqlite) {
            return sqlite.getResultCode().name();
        }
        return failure instanceof SQLException
                ? String.valueOf(failure.getMessage())
                : failure.getClass().getSimpleName();
    }

    @Override
    public void close() {
        closeQuietly(reading);
        reading = null;
        closeQuietly(writing);
        writing = null;
        directory.unlock();
    }

    private static void closeQuietly(@Nullable SoleConnection connection) {
        if (connection == null) {
            return;
        }
        try {
            connection.with(open -> {
                open.close();
                return connection;
            });
        } catch (SQLException e) {
            // All commits are on the disk already.
        }
    }
}
