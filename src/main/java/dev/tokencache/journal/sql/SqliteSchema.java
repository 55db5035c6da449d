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
 * The schema of a journal in a file. Derived from PostgreSQL's migration, the single source: its table {@code journal_entry}
 * and that table's indexes, with SQLite's types. The version is stored in SQLite's {@code user_version}.
 */
final class SqliteSchema {

    private static final String SOURCE = "/db/journal/V1__journal.sql";
    private static final int VERSION = 1;

    private SqliteSchema() {}

    /** @throws SQLException if a later version of this service has written the file */
    static void migrate(Connection connection) throws SQLException {
        int found = Sql.query(connection, "pragma user_version", Sql.Parameters.NONE, row -> row.getInt(1))
                .get(0);
        if (found > VERSION) {
            throw new SQLException("a later version of this service has written the journal");
        }
        if (found < VERSION) {
            Transaction.in(connection, SqliteSchema::create);
        }
    }

    private static int create(Connection transaction) throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            for (String sql : statements()) {
                statement.executeUpdate(sql);
            }
            return statement.executeUpdate("pragma user_version = " + VERSION);
        }
    }

    /** The statements that create the table and its indexes. */
    static List<String> statements() {
        return Stream.of(source().replaceAll("--.*", "").split(";"))
                .map(String::strip)
                .filter(sql -> sql.startsWith("create") && sql.contains("journal_entry"))
                .map(SqliteSchema::withSqliteTypes)
                .toList();
    }

    private static String withSqliteTypes(String sql) {
        return sql.replaceAll("varchar(\\(\\d+\\))?", "text")
                .replace("bigint", "integer")
                .replace("bytea", "blob")
                .replace("collate \"C\"", "");
    }

    private static String source() {
        try (InputStream file = SqliteSchema.class.getResourceAsStream(SOURCE)) {
            if (file == null) {
                throw new IllegalStateException("the service was built without " + SOURCE);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
