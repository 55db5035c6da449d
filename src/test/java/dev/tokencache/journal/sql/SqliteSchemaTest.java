package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The schema of files, which must stay the same: deployed files have it. */
class SqliteSchemaTest {

    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite::memory:");
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    private List<String> query(String sql) throws SQLException {
        return Sql.query(connection, sql, Sql.Parameters.NONE, row -> row.getString(1));
    }

    @Test
    void shouldHaveTheColumnsAndIndexesOfDeployedFiles() throws SQLException {
        SqliteSchema.migrate(connection);

        assertThat(query("select name || ' ' || type || ' ' || \"notnull\" || ' ' || pk"
                        + " from pragma_table_info('journal_entry')"))
                .containsExactly(
                        "entry_key TEXT 1 1",
                        "kind TEXT 1 2",
                        "subject_tag TEXT 0 0",
                        "at_millis INTEGER 1 0",
                        "ends_at INTEGER 1 0",
                        "record BLOB 0 0",
                        "foreign_nonce TEXT 0 0",
                        "version INTEGER 1 0",
                        "written_at INTEGER 1 0",
                        "taken_until INTEGER 1 0",
                        "accepted_at INTEGER 1 0");
        assertThat(query("select sql from sqlite_master where type = 'index' and sql is not null"))
                .containsExactlyInAnyOrder(
                        "CREATE INDEX journal_entry_subject on journal_entry (subject_tag)",
                        "CREATE INDEX journal_entry_first on journal_entry (taken_until, written_at)"
                                + " where kind in ('E', 'M')",
                        "CREATE INDEX journal_entry_records on journal_entry (taken_until, written_at)"
                                + " where kind in ('T', 'V')",
                        "CREATE INDEX journal_entry_written on journal_entry (written_at)",
                        "CREATE INDEX journal_entry_ends on journal_entry (ends_at)");
        assertThat(query("select name from sqlite_master where type = 'table'")).containsExactly("journal_entry");
        assertThat(query("pragma user_version")).containsExactly("2");
    }

    /** A file of version 1, as a service left it. */
    @Test
    void shouldUpgradeAFileWithEntries() throws SQLException {
        for (String sql : List.of(
                "create table journal_entry (entry_key text not null, kind text not null, subject_tag text,"
                        + " at_millis integer not null, ends_at integer not null, record blob, foreign_nonce text,"
                        + " version integer not null, written_at integer not null, taken_until integer not null,"
                        + " primary key (entry_key, kind))",
                "create index journal_entry_records on journal_entry (taken_until, written_at) where kind = 'T'",
                "insert into journal_entry values ('key', 'E', null, 1, 2, null, null, 3, 4, 0)",
                "pragma user_version = 1")) {
            Sql.update(connection, sql, Sql.Parameters.NONE);
        }

        SqliteSchema.migrate(connection);

        assertThat(query("select entry_key || ' ' || version || ' ' || accepted_at from journal_entry"))
                .containsExactly("key 3 0");
        assertThat(query("pragma user_version")).containsExactly("2");
    }

    @Test
    void shouldNotCreateTheSchemaAgain() throws SQLException {
        SqliteSchema.migrate(connection);
        SqliteSchema.migrate(connection);

        assertThat(query("pragma user_version")).containsExactly("2");
    }

    @Test
    void shouldRefuseAFileOfALaterVersion() throws SQLException {
        Sql.update(connection, "pragma user_version = 3", Sql.Parameters.NONE);

        assertThatThrownBy(() -> SqliteSchema.migrate(connection)).isInstanceOf(SQLException.class);
    }
}
