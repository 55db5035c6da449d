package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** The leases of claimed entries: column {@code taken_until}, milliseconds since the epoch. */
final class Leases {

    /** How long a process may take to replay a claimed entry. If it dies, another process can claim the entry then. */
    static final Duration CLAIMED = Duration.ofSeconds(30);

    /** How long an entry that Redis did not accept waits. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    /** How long an unreadable entry waits. A later version of this service may have written it and may come back. */
    static final Duration UNREADABLE = Duration.ofMinutes(10);

    private static final String SET = "update journal_entry set taken_until = ? where entry_key = ? and kind = ?";

    private Leases() {}

    static int set(Connection transaction, long untilMillis, List<EntryKey> keys) throws SQLException {
        return Sql.sum(Sql.batch(transaction, SET, keys, (statement, key) -> {
            statement.setLong(1, untilMillis);
            statement.setString(2, key.text());
            statement.setString(3, key.kind().letter());
        }));
    }
}
