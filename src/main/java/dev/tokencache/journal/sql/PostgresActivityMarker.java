package dev.tokencache.journal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * The marker of a journal that several processes share: the row of {@code journal_gate}, which each process polls.
 *
 * <p>A writer locks the row until it commits, so that no one can delete it in between. A process that deletes the row locks
 * it first, and then checks that there are no entries. The row therefore exists as long as there is an entry. A writer that
 * has created the row is answered only after every process has polled again.
 */
final class PostgresActivityMarker implements ActivityMarker {

    /** How many periods a process may take to see the row: a poll may be late. */
    private static final int PERIODS = 3;

    private static final int ATTEMPTS = 3;

    private static final String HOLD = "select cast(extract(epoch from clock_timestamp() - opened_at) * 1000 as bigint)"
            + " from journal_gate for key share";

    private static final String CREATE =
            "insert into journal_gate (id, opened_at) values (1, clock_timestamp())" + " on conflict do nothing";

    private static final String EXISTS = "select exists (select 1 from journal_gate)";
    private static final String LOCK = "select id from journal_gate for update skip locked";
    private static final String DELETE = "delete from journal_gate where not exists (select 1 from journal_entry)";

    private final Duration visibleAfter;

    /** @param period how often each process polls the row */
    PostgresActivityMarker(Duration period) {
        this.visibleAfter = period.multipliedBy(PERIODS);
    }

    @Override
    public Duration set(Connection transaction) throws SQLException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<Long> ageMillis = Sql.query(transaction, HOLD, Sql.Parameters.NONE, row -> row.getLong(1));
            if (!ageMillis.isEmpty()) {
                Duration left = visibleAfter.minusMillis(Math.max(0, ageMillis.get(0)));
                return left.isNegative() ? Duration.ZERO : left;
            }
            Sql.update(transaction, CREATE, Sql.Parameters.NONE);
            // Committed immediately, so that other processes see the row from about the time that it holds.
            transaction.commit();
        }
        throw new SQLException("another process keeps deleting the marker");
    }

    @Override
    public boolean isSet(Connection connection) throws SQLException {
        return Sql.query(connection, EXISTS, Sql.Parameters.NONE, row -> row.getBoolean(1))
                .get(0);
    }

    @Override
    public void clear(Connection transaction) throws SQLException {
        if (!Sql.query(transaction, LOCK, Sql.Parameters.NONE, row -> row.getInt(1))
                .isEmpty()) {
            Sql.update(transaction, DELETE, Sql.Parameters.NONE);
        }
    }
}
