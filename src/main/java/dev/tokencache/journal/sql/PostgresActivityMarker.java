package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * The gate of a journal that several processes share: a row that each of them looks for now and then.
 *
 * <p>Who writes holds the row until the commit, so that it can not vanish behind the writer's back; who removes it has
 * locked it first, and looks for entries after that. So while there is an entry there is the row, and a process that saw
 * it vanish knows that every entry it has not heard of yet will be answered only after it looked again.
 */
final class PostgresActivityMarker implements ActivityMarker {

    /** Whoever looks may do so a little late. */
    private static final int LOOKS = 3;

    private static final int ATTEMPTS = 3;

    private static final String HOLD = "select cast(extract(epoch from clock_timestamp() - opened_at) * 1000 as bigint)"
            + " from journal_gate for key share";

    private static final String OPEN =
            "insert into journal_gate (id, opened_at) values (1, clock_timestamp())" + " on conflict do nothing";

    private static final String LOOK = "select exists (select 1 from journal_gate)";

    private static final String LOCK = "select id from journal_gate for update skip locked";

    private static final String CLOSE = "delete from journal_gate where not exists (select 1 from journal_entry)";

    private final Duration noticed;

    /** @param poll how often every process looks */
    PostgresActivityMarker(Duration poll) {
        this.noticed = poll.multipliedBy(LOOKS);
    }

    @Override
    public Duration open(Connection transaction) throws SQLException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<Long> ageMillis = Sql.query(transaction, HOLD, Sql.Parameters.NONE, row -> row.getLong(1));
            if (!ageMillis.isEmpty()) {
                Duration left = noticed.minusMillis(Math.max(0, ageMillis.get(0)));
                return left.isNegative() ? Duration.ZERO : left;
            }
            Sql.update(transaction, OPEN, Sql.Parameters.NONE);
            // At once, so that it is seen from about the time that it names.
            transaction.commit();
        }
        throw new SQLException("the gate is closed again and again");
    }

    @Override
    public boolean isOpen(Connection connection) throws SQLException {
        return Sql.query(connection, LOOK, Sql.Parameters.NONE, row -> row.getBoolean(1))
                .get(0);
    }

    @Override
    public void close(Connection transaction) throws SQLException {
        if (!Sql.query(transaction, LOCK, Sql.Parameters.NONE, row -> row.getInt(1))
                .isEmpty()) {
            Sql.update(transaction, CLOSE, Sql.Parameters.NONE);
        }
    }
}
