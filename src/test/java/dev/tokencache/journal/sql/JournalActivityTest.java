package dev.tokencache.journal.sql;

import dev.tokencache.testing.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JournalActivityTest {

    private final VirtualTime time = new VirtualTime();
    private final JournalActivity activity = new JournalActivity(time, true);

    @Test
    void shouldStayActiveWhenAWriteFailsDuringWhichTheMarkerWasSeen() {
        long before = activity.changeCount();
        activity.writeStarted();
        activity.markerRead(true, before);
        activity.writeFailed();

        assertThat(activity.isEmpty()).isFalse();
    }

    @Test
    void shouldBeEmptyAgainAfterTheFirstWriteFails() {
        activity.writeStarted();
        assertThat(activity.isEmpty()).isFalse();

        activity.writeFailed();

        assertThat(activity.isEmpty()).isTrue();
    }

    @Test
    void shouldIgnoreAnEmptyReadThatAWriteHasOvertaken() {
        long before = activity.changeCount();
        activity.writeStarted();
        long during = activity.changeCount();
        activity.writeSucceeded();

        activity.markerRead(false, before);
        activity.markerRead(false, during);
        assertThat(activity.isEmpty()).isFalse();

        activity.markerRead(false, activity.changeCount());
        assertThat(activity.isEmpty()).isTrue();
    }

    @Test
    void shouldTrustAnEmptyJournalWhileTheProcessRuns() {
        activity.start();

        time.advance(Duration.ofMinutes(1));

        assertThat(activity.isEmpty()).isTrue();
    }

    @Test
    void shouldNotTrustAnEmptyJournalAfterAStandstillUntilItIsReadAgain() {
        activity.start();
        long before = activity.changeCount();
        time.stall(JournalActivity.MAX_STANDSTILL.plusMillis(1));
        assertThat(activity.isEmpty()).isFalse();

        time.advance(Duration.ofSeconds(1));
        activity.markerRead(false, before);
        assertThat(activity.isEmpty()).isFalse();

        activity.markerRead(false, activity.changeCount());
        assertThat(activity.isEmpty()).isTrue();
    }

    @Test
    void shouldNotTrustAnEmptyJournalBecauseAWriteFailsAfterAStandstill() {
        activity.start();
        activity.writeStarted();
        time.stall(JournalActivity.MAX_STANDSTILL.plusMillis(1));
        time.advance(Duration.ofSeconds(1));

        activity.writeFailed();

        assertThat(activity.isEmpty()).isFalse();
    }

    @Test
    void shouldTrustAJournalOfItsOwnAfterAStandstill() {
        JournalActivity own = new JournalActivity(time, false);
        own.start();

        time.stall(Duration.ofHours(1));

        assertThat(own.isEmpty()).isTrue();
    }
}
