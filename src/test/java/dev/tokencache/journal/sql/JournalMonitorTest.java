package dev.tokencache.journal.sql;

import dev.tokencache.journal.JournalConfig.Kind;
import dev.tokencache.testing.VirtualTime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JournalMonitorTest {

    private static final Duration PERIOD = Duration.ofMillis(100);

    private final VirtualTime time = new VirtualTime();
    private final InMemoryDatabase database = new InMemoryDatabase();
    private final JournalActivity activity = new JournalActivity(time, false);
    private final EntryCount count = new EntryCount(time);
    private final JournalState state = new JournalState(Kind.SHARED, 100);
    private int probes;
    private final JournalMonitor monitor =
            new JournalMonitor(database, activity, count, state, PERIOD, time::schedule, () -> probes++);

    @AfterEach
    void close() {
        database.close();
    }

    private void start() {
        monitor.start(Duration.ZERO);
        time.advance(Duration.ofMillis(1));
    }

    @Test
    void shouldBeBrokenUntilTheFirstCheck() {
        assertThat(state.isBroken()).isTrue();

        start();

        assertThat(state.isBroken()).isFalse();
        assertThat(activity.isEmpty()).isTrue();
    }

    @Test
    void shouldCheckOncePerPeriod() {
        start();
        assertThat(database.reads).isEqualTo(1);

        time.advance(PERIOD.minusMillis(1));
        assertThat(database.reads).isEqualTo(1);
        time.advance(Duration.ofMillis(1));
        assertThat(database.reads).isEqualTo(2);
        time.advance(PERIOD.multipliedBy(10));
        assertThat(database.reads).isEqualTo(12);
        assertThat(database.opens).isEqualTo(1);
    }

    @Test
    void shouldSeeTheWriteOfAnotherProcessWithinAPeriod() {
        start();
        database.marker.isSet = true;

        time.advance(PERIOD);

        assertThat(activity.isEmpty()).isFalse();
    }

    @Test
    void shouldRetryOpeningUntilItSucceeds() {
        database.failure = new SQLException("down");
        start();
        assertThat(state.isReachable()).isFalse();
        assertThat(database.opens).isEqualTo(1);

        database.failure = null;
        time.advance(JournalMonitor.RETRY.minusMillis(1));
        assertThat(state.isReachable()).isFalse();
        time.advance(Duration.ofMillis(1));

        assertThat(state.isReachable()).isTrue();
        assertThat(database.opens).isEqualTo(2);
    }

    @Test
    void shouldBeBrokenWhileTheDatabaseIsUnreachableAndKeepWhatItKnewOfEntries() {
        database.marker.isSet = true;
        start();
        database.failure = new SQLException("down");

        time.advance(PERIOD);
        assertThat(state.isBroken()).isTrue();
        assertThat(activity.isEmpty()).isFalse();

        database.failure = null;
        time.advance(JournalMonitor.RETRY);
        assertThat(state.isBroken()).isFalse();
        assertThat(database.opens).isEqualTo(1);
    }

    @Test
    void shouldProbeAfterAFailedWriteUntilOneSucceeds() {
        start();
        state.writeFailed("full disk");

        time.advance(PERIOD);
        assertThat(probes).isEqualTo(1);
        time.advance(JournalMonitor.RETRY);
        assertThat(probes).isEqualTo(2);
        assertThat(state.isBroken()).isTrue();

        state.writeSucceeded();
        time.advance(JournalMonitor.RETRY);
        assertThat(probes).isEqualTo(2);
        assertThat(state.isBroken()).isFalse();
    }

    @Test
    void shouldClearTheMarkerAfterTwoCountsWithoutEntries() {
        database.marker.isSet = true;
        start();
        time.advance(Duration.ofMillis(900));
        assertThat(database.marker.isSet).isTrue();

        time.advance(PERIOD.multipliedBy(2));
        assertThat(database.marker.isSet).isFalse();

        time.advance(PERIOD);
        assertThat(activity.isEmpty()).isTrue();
    }

    @Test
    void shouldCompleteCallersAfterTheDelay() {
        List<String> completed = new ArrayList<>();
        monitor.completeAfter(Duration.ZERO, List.of(() -> completed.add("immediately")));
        assertThat(completed).containsExactly("immediately");

        monitor.completeAfter(Duration.ofMillis(300), List.of(() -> completed.add("later")));
        time.advance(Duration.ofMillis(299));
        assertThat(completed).hasSize(1);
        time.advance(Duration.ofMillis(1));
        assertThat(completed).containsExactly("immediately", "later");
    }
}
