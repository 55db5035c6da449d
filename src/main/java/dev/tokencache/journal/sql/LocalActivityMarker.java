package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** The gate of a journal that has one process: that knows what it writes, and needs none. */
enum LocalActivityMarker implements ActivityMarker {
    INSTANCE;

    private static final String LOOK = "select exists (select 1 from journal_entry)";

    @Override
    public Duration open(Connection transaction) {
        return Duration.ZERO;
    }

    @Override
    public boolean isOpen(Connection connection) throws SQLException {
        return Sql.query(connection, LOOK, Sql.Parameters.NONE, row -> row.getBoolean(1))
                .get(0);
    }

    @Override
    public void close(Connection transaction) {
        // It is closed whenever there is nothing.
    }
}
