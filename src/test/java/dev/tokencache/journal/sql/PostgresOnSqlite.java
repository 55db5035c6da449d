package dev.tokencache.journal.sql;

import io.agroal.api.AgroalDataSource;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Collectors;

import static dev.tokencache.journal.sql.CachedStatements.call;
import static dev.tokencache.journal.sql.CachedStatements.proxy;

/**
 * Connections that run the journal's SQL for PostgreSQL on SQLite. Locks of rows need no translation, because transactions do
 * not overlap.
 */
final class PostgresOnSqlite {

    private PostgresOnSqlite() {}

    static AgroalDataSource pool(SimulatedDatabase database, Conditions conditions) {
        return proxy(AgroalDataSource.class, (pool, method, arguments) -> switch (method.getName()) {
            case "getConnection" -> connect(database, conditions);
            case "flush" -> null;
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    /** The schema exists already; checking it takes a round trip. */
    static void migrate(Conditions conditions) {
        try {
            conditions.request();
            conditions.reply();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Connection connect(SimulatedDatabase database, Conditions conditions) throws SQLException {
        conditions.request();
        return proxy(Connection.class, new OpenConnection(database, conditions, database.take()));
    }

    private record OpenConnection(SimulatedDatabase database, Conditions conditions, Connection connection)
            implements InvocationHandler {

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            return switch (method.getName()) {
                case "setNetworkTimeout" -> null;
                case "createArrayOf" -> array((Object[]) arguments[1]);
                case "prepareStatement" -> statement(connection.prepareStatement(translated((String) arguments[0])));
                case "commit" -> commit();
                case "close" -> close();
                default -> call(connection, method, arguments);
            };
        }

        private Object commit() throws SQLException {
            conditions.beforeCommit();
            connection.commit();
            conditions.reply();
            return null;
        }

        private Object close() {
            database.giveBack(connection);
            return null;
        }

        private String translated(String sql) {
            if (sql.startsWith("set local")) {
                return "delete from journal_entry where false";
            }
            String now = Long.toString(database.clock().millis());
            return sql.replace(" for update skip locked", "")
                    .replace(" for key share", "")
                    .replace(
                            "cast(extract(epoch from clock_timestamp() - opened_at) * 1000 as bigint)",
                            now + " - opened_at")
                    .replace("clock_timestamp()", now)
                    .replace("= any (?)", "in (select value from json_each(?))");
        }
    }

    private static PreparedStatement statement(PreparedStatement prepared) {
        return proxy(PreparedStatement.class, (statement, method, arguments) -> {
            if (method.getName().equals("setArray")) {
                prepared.setString((int) arguments[0], arguments[1].toString());
                return null;
            }
            return call(prepared, method, arguments);
        });
    }

    /** An array whose text is JSON. The elements are base64url, and need no escaping. */
    private static Array array(Object[] elements) {
        String json = Arrays.stream(elements)
                .map(element -> "\"" + element + "\"")
                .collect(Collectors.joining(",", "[", "]"));
        return proxy(Array.class, (array, method, arguments) -> json);
    }
}
