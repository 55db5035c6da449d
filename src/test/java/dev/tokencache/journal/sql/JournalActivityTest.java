package dev.tokencache.journal.sql;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JournalActivityTest {

    private final JournalActivity activity = new JournalActivity();

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
}
