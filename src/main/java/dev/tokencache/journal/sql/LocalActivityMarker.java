package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** The marker of a journal with one process, which knows its own writes: set while there are entries. */
enum LocalActivityMarker implements ActivityMarker {
    INSTANCE;

    private static final String EXISTS = "select exists (select 1 from journal_entry)";

    @Override
    public Duration set(Connection transaction) {
        return Duration.ZERO;
    }

    @Override
    public boolean isSet(Connection connection) throws SQLException {
        return Sql.query(connection, EXISTS, Sql.Parameters.NONE, row -> row.getBoolean(1))
                .get(0);
    }

    @Override
    public void clear(Connection transaction) {
        // Nothing is stored.
    }
}
