package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;

enum SqlDialect {
    /** {@link #bind} passes a list as JSON, because a list of parameters would need a statement for each length. */
    SQLITE(" in (select value from json_each(?))", "") {
        @Override
        void bind(Connection connection, PreparedStatement statement, int index, Collection<String> texts)
                throws SQLException {
            // The texts are base64url: JSON needs no escaping.
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

    /** A condition that is true if the column equals a text in the list, which is one parameter. */
    String isOneOf(String column) {
        return column + isOneOf;
    }

    /** The end of a query that locks its rows for a change, and skips rows locked by other transactions. */
    String skippingLocked() {
        return skippingLocked;
    }

    abstract void bind(Connection connection, PreparedStatement statement, int index, Collection<String> texts)
            throws SQLException;
}
