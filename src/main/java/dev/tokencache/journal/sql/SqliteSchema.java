package dev.tokencache.journal.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/**
 * The schema of a journal in a file. Derived from PostgreSQL's migrations, the single source: their table {@code
 * journal_entry} and that table's indexes, with SQLite's types. The version is stored in SQLite's {@code user_version}.
 */
final class SqliteSchema {

    private static final List<String> SOURCES =
            List.of("/db/journal/V1__journal.sql", "/db/journal/V2__confirmation.sql");

    private static final int VERSION = SOURCES.size();

    private SqliteSchema() {}

    /** @throws SQLException if a later version of this service has written the file */
    static void migrate(Connection connection) throws SQLException {
        int found = Sql.query(connection, "pragma user_version", Sql.Parameters.NONE, row -> row.getInt(1))
                .get(0);
        if (found > VERSION) {
            throw new SQLException("a later version of this service has written the journal");
        }
        if (found < VERSION) {
            Sql.transaction(connection, transaction -> migrate(transaction, found));
        }
    }

    private static int migrate(Connection transaction, int found) throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            for (String source : SOURCES.subList(found, VERSION)) {
                for (String sql : statements(source)) {
                    statement.executeUpdate(sql);
                }
            }
            return statement.executeUpdate("pragma user_version = " + VERSION);
        }
    }

    /** The statements of a migration that change the table and its indexes. */
    private static List<String> statements(String source) {
        return Stream.of(text(source).replaceAll("--.*", "").split(";"))
                .map(String::strip)
                // Storage parameters are PostgreSQL's.
                .filter(sql -> sql.contains("journal_entry") && !sql.startsWith("alter table journal_entry set"))
                .map(SqliteSchema::withSqliteTypes)
                .toList();
    }

    private static String withSqliteTypes(String sql) {
        return sql.replaceAll("varchar(\\(\\d+\\))?", "text")
                .replace("bigint", "integer")
                .replace("bytea", "blob")
                .replace("collate \"C\"", "");
    }

    private static String text(String source) {
        try (InputStream file = SqliteSchema.class.getResourceAsStream(source)) {
            if (file == null) {
                throw new IllegalStateException("the service was built without " + source);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
