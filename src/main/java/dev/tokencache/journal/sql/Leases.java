package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Until when an entry belongs to the process that took it: {@code taken_until}, milliseconds since the epoch. */
final class Leases {

    /** How long a process has to bring to Redis what it took. If it dies, another takes it then. */
    static final Duration TAKEN = Duration.ofSeconds(30);

    /** What Redis did not take now. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    /** For a record of a later version of this service: perhaps that one comes back, and understands it. */
    static final Duration UNREADABLE = Duration.ofMinutes(10);

    private static final String SET = "update journal_entry set taken_until = ? where entry_key = ? and kind = ?";

    private Leases() {}

    /** @return how many of the entries are still there */
    static int set(Connection transaction, long untilMillis, List<EntryKey> keys) throws SQLException {
        return Sql.sum(Sql.batch(transaction, SET, keys, (statement, key) -> {
            statement.setLong(1, untilMillis);
            statement.setString(2, key.text());
            statement.setString(3, key.kind().letter());
        }));
    }
}
