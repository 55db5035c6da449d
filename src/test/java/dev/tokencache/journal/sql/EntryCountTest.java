package dev.tokencache.journal.sql;

import dev.tokencache.testing.VirtualTime;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Counts that overlap with changes of this process. */
class EntryCountTest {

    private static final String INSERT = """
            insert into journal_entry (entry_key, kind, at_millis, ends_at, version, written_at, taken_until)
            values (?, 'T', 0, 0, 0, 0, 0)""";

    private final VirtualTime time = new VirtualTime();
    private final EntryCount count = new EntryCount(time);
    private final InMemoryDatabase database = new InMemoryDatabase();
    private int keys;

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void shouldDiscardACountThatAWriteHasOvertaken() {
        database.afterSlowRead = () -> write(2);
        assertThat(count.refresh(database)).isFalse();
        assertThat(count.entries()).isEqualTo(2);
    }

    @Test
    void shouldNotCountACommittedWriteTwice() {
        count.changeStarted();
        insert(2);
        assertThat(count.refresh(database)).isFalse();
        count.changeEnded(2);
        assertThat(count.entries()).isEqualTo(2);
    }

    @Test
    void shouldCountAgainImmediatelyAfterADiscardedCount() {
        insert(3);
        database.afterSlowRead = () -> write(2);
        count.refresh(database);
        database.afterSlowRead = () -> {};
        assertThat(count.refresh(database)).isTrue();
        assertThat(count.entries()).isEqualTo(5);
    }

    @Test
    void shouldCountOncePerSecond() {
        assertThat(count.refresh(database)).isTrue();
        insert(1);
        time.advance(Duration.ofMillis(999));
        assertThat(count.refresh(database)).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(count.refresh(database)).isTrue();
        assertThat(count.entries()).isEqualTo(1);
    }

    @Test
    void shouldSpendAtMostATwentiethOfTheTimeOnCounting() {
        database.afterSlowRead = () -> time.stall(Duration.ofSeconds(1));
        assertThat(count.refresh(database)).isTrue();
        time.advance(Duration.ofMillis(19_999));
        assertThat(count.refresh(database)).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(count.refresh(database)).isTrue();
    }

    @Test
    void shouldAcceptAnOvertakenCountAfterTenSecondsWithoutAnother() {
        insert(3);
        database.afterSlowRead = count::changeStarted;
        assertThat(count.refresh(database)).isFalse();
        time.advance(Duration.ofSeconds(10));
        assertThat(count.refresh(database)).isTrue();
        assertThat(count.entries()).isEqualTo(3);
    }

    @Test
    void shouldCountForADecisionDuringAChange() throws SQLException {
        insert(3);
        count.changeStarted();
        count.refreshIfCheap(database.connection);
        assertThat(count.entries()).isEqualTo(3);
    }

    @Test
    void shouldIgnoreAnEmptyReadThatAWriteHasOvertaken() {
        long before = count.changeCount();
        write(2);
        count.readEmpty(before);
        assertThat(count.entries()).isEqualTo(2);
        count.readEmpty(count.changeCount());
        assertThat(count.entries()).isZero();
    }

    /** Writes as this process does. */
    private void write(int entries) {
        count.changeStarted();
        insert(entries);
        count.changeEnded(entries);
    }

    /** Writes as another process does. */
    private void insert(int entries) {
        try {
            for (int i = 0; i < entries; i++) {
                String key = Integer.toString(++keys);
                Sql.update(database.connection, INSERT, statement -> statement.setString(1, key));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
