package dev.tokencache.journal.sql;

import dev.tokencache.testing.MutableClock;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a count is worth while this process changes what is counted. */
class EntryCountTest {

    private static final Runnable NOTHING = () -> {};

    private static final String INSERT = """
            insert into journal_entry (entry_key, kind, at_millis, ends_at, version, written_at, taken_until)
            values (?, 'T', 0, 0, 0, 0, 0)""";

    private final Clock clock = new MutableClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final EntryCount count = new EntryCount(clock);
    private Connection connection;
    private int keys;

    @BeforeEach
    void open() throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        SqliteSchema.bringUpToDate(connection);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void shouldNotForgetWhatWasWrittenWhileItCounted() {
        assertThat(count.refresh(new Counted(connection, () -> write(2)))).isFalse();
        assertThat(count.entries()).isEqualTo(2);
    }

    @Test
    void shouldNotCountTwiceWhatWasCommittedAndNotYetTold() {
        count.changing();
        insert(2);
        assertThat(count.refresh(new Counted(connection, NOTHING))).isFalse();
        count.changed(2);
        assertThat(count.entries()).isEqualTo(2);
    }

    @Test
    void shouldCountAgainAfterACountThatWasOvertaken() {
        insert(3);
        count.refresh(new Counted(connection, () -> write(2)));
        Awaitility.await()
                .atMost(JournalContract.PATIENCE)
                .until(() -> count.refresh(new Counted(connection, NOTHING)));
        assertThat(count.entries()).isEqualTo(5);
    }

    @Test
    void shouldLearnOfOthersThoughEveryCountIsOvertaken() {
        EntryCount impatient = new EntryCount(clock, Duration.ZERO);
        insert(3);
        assertThat(impatient.refresh(new Counted(connection, impatient::changing)))
                .isTrue();
        assertThat(impatient.entries()).isEqualTo(3);
    }

    @Test
    void shouldCountForADecisionThoughAChangeIsUnderWay() throws SQLException {
        insert(3);
        count.changing();
        count.refreshIfCheap(connection);
        assertThat(count.entries()).isEqualTo(3);
    }

    @Test
    void shouldNotForgetWhatWasWrittenSinceSomebodySawNone() {
        long moment = count.moment();
        write(2);
        count.none(moment);
        assertThat(count.entries()).isEqualTo(2);
        count.none(count.moment());
        assertThat(count.entries()).isZero();
    }

    /** As this process writes. */
    private void write(int entries) {
        count.changing();
        insert(entries);
        count.changed(entries);
    }

    /** As another process writes. */
    private void insert(int entries) {
        try {
            for (int i = 0; i < entries; i++) {
                int key = ++keys;
                Sql.update(connection, INSERT, statement -> statement.setString(1, Integer.toString(key)));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A database in memory, where something happens between a count and its answer. */
    private record Counted(Connection connection, Runnable meanwhile) implements Database {

        @Override
        public <T> T readAtLeisure(Work<T> work) throws SQLException {
            T seen = work.on(connection);
            meanwhile.run();
            return seen;
        }

        @Override
        public SqlDialect dialect() {
            return SqlDialect.SQLITE;
        }

        @Override
        public ActivityMarker gate() {
            return LocalActivityMarker.INSTANCE;
        }

        @Override
        public void open() {}

        @Override
        public <T> T read(Work<T> work) throws SQLException {
            return work.on(connection);
        }

        @Override
        public <T> T write(Work<T> work) throws SQLException {
            return Transaction.in(connection, work);
        }

        @Override
        public String explain(Throwable failure) {
            return failure.toString();
        }

        @Override
        public void close() {}
    }
}
