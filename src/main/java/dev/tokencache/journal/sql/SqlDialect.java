package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;

/** Where the SQL of the two databases differs. */
enum SqlDialect {
    /** {@link #bind} gives a list as JSON: a list of parameters would be another statement for each length. */
    SQLITE(" in (select value from json_each(?))", "") {
        @Override
        void bind(Connection connection, PreparedStatement statement, int index, Collection<String> texts)
                throws SQLException {
            // Only base64url and literals of ours: nothing that JSON would have to escape.
            statement.setString(index, texts.isEmpty() ? "[]" : "[\"" + String.join("\",\"", texts) + "\"]");
        }
    },

    POSTGRESQL(" = any (?)", " for update skip locked") {
        @Override
        void bind(Connection connection, PreparedStatement statement, int index, Collection<String> texts)
                throws SQLException {
            statement.setArray(index, connection.createArrayOf("varchar", texts.toArray()));
        }
    };

    private final String isOneOf;
    private final String skippingLocked;

    SqlDialect(String isOneOf, String skippingLocked) {
        this.isOneOf = isOneOf;
        this.skippingLocked = skippingLocked;
    }

    /** The condition that a column has one of the texts of a single parameter. */
    String isOneOf(String column) {
        return column + isOneOf;
    }

    /** The end of a query that takes rows to change them, and leaves out those that another transaction has taken. */
    String skippingLocked() {
        return skippingLocked;
    }

    /** Sets the parameter of {@link #isOneOf}. */
    abstract void bind(Connection connection, PreparedStatement statement, int index, Collection<String> texts)
            throws SQLException;
}
