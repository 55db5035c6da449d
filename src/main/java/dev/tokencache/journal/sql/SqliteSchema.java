package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables in a file. Their version is SQLite's own {@code user_version}. That of PostgreSQL is in db/journal. */
final class SqliteSchema {

    private static final List<String> VERSION_1 = List.of(
            """
            create table journal_entry (
              entry_key text not null,
              kind text not null,
              subject_tag text,
              at_millis integer not null,
              ends_at integer not null,
              record blob,
              foreign_nonce text,
              version integer not null,
              written_at integer not null,
              taken_until integer not null,
              primary key (entry_key, kind)
            )""",
            "create index journal_entry_subject on journal_entry (subject_tag)",
            "create index journal_entry_first on journal_entry (taken_until, written_at) where kind in ('E', 'M')",
            "create index journal_entry_records on journal_entry (taken_until, written_at) where kind = 'T'",
            "create index journal_entry_written on journal_entry (written_at)",
            "create index journal_entry_ends on journal_entry (ends_at)");

    private static final int VERSION = 1;

    private SqliteSchema() {}

    /** @throws SQLException if the file is of a later version of this service */
    static void bringUpToDate(Connection connection) throws SQLException {
        int found = Sql.query(connection, "pragma user_version", Sql.Parameters.NONE, row -> row.getInt(1))
                .get(0);
        if (found > VERSION) {
            throw new SQLException("the journal was written by a later version of this service");
        }
        if (found < VERSION) {
            Transaction.in(connection, SqliteSchema::create);
        }
    }

    private static int create(Connection transaction) throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            for (String sql : VERSION_1) {
                statement.executeUpdate(sql);
            }
            return statement.executeUpdate("pragma user_version = " + VERSION);
        }
    }
}
