package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;

/** Checks that the database accepts writes: adds and removes a row in one transaction. */
final class Probe {

    private static final String INSERT = """
            insert into journal_entry (entry_key, kind, at_millis, ends_at, version, written_at, taken_until)
            values ('probe', 'P', 0, 0, 0, 0, 0)""";

    private static final String DELETE = "delete from journal_entry where entry_key = 'probe' and kind = 'P'";

    private Probe() {}

    /** @return the number of rows removed */
    static int write(Connection transaction) throws SQLException {
        Sql.update(transaction, INSERT, Sql.Parameters.NONE);
        return Sql.update(transaction, DELETE, Sql.Parameters.NONE);
    }
}
