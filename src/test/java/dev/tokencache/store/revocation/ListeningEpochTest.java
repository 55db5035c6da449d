package dev.tokencache.store.revocation;

import dev.tokencache.testing.VirtualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ListeningEpochTest {

    private static final Duration MAX_SILENCE = Duration.ofSeconds(1);
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    private final VirtualTime time = new VirtualTime();
    private final ListeningEpoch epoch = new ListeningEpoch(time, MAX_SILENCE);

    private record Source(boolean isLive, long confirmedNanos) implements ListeningEpoch.Source {}

    private Source live() {
        return new Source(true, time.nanoTime());
    }

    private Source lost() {
        return new Source(false, time.nanoTime());
    }

    @Test
    void shouldBeUntrustedUntilEverySubscriptionIsLive() {
        assertThat(epoch.current()).isEqualTo(RevocationBus.UNTRUSTED);
        assertThat(epoch.update(List.of())).isFalse();
        assertThat(epoch.update(List.of(live(), lost()))).isFalse();
        assertThat(epoch.current()).isEqualTo(RevocationBus.UNTRUSTED);

        assertThat(epoch.update(List.of(live(), live()))).isTrue();
        assertThat(epoch.current()).isEqualTo(1);
    }

    @Test
    void shouldBeUntrustedAfterMaxSilenceAndReturnToTheSameEpoch() {
        epoch.update(List.of(live()));
        time.advance(MAX_SILENCE.minus(MILLISECOND));
        assertThat(epoch.current()).isEqualTo(1);
        time.advance(MILLISECOND);
        assertThat(epoch.current()).isEqualTo(RevocationBus.UNTRUSTED);

        assertThat(epoch.update(List.of(live()))).isFalse();
        assertThat(epoch.current()).as("no message was lost").isEqualTo(1);
    }

    @Test
    void shouldTrustOnlyAsLongAsTheMostSilentSubscription() {
        Source silent = live();
        time.advance(Duration.ofMillis(700));
        epoch.update(List.of(silent, live()));

        time.advance(Duration.ofMillis(299));
        assertThat(epoch.current()).isEqualTo(1);
        time.advance(MILLISECOND);
        assertThat(epoch.current()).isEqualTo(RevocationBus.UNTRUSTED);
    }

    @Test
    void shouldBeginANewEpochAfterALostSubscription() {
        epoch.update(List.of(live()));
        assertThat(epoch.update(List.of(lost()))).isTrue();
        assertThat(epoch.current()).isEqualTo(RevocationBus.UNTRUSTED);
        assertThat(epoch.update(List.of(lost()))).as("already ended").isFalse();

        assertThat(epoch.update(List.of(live()))).isTrue();
        assertThat(epoch.current()).isEqualTo(2);
    }

    @Test
    void shouldBeginANewEpochAfterAnUnknownMessage() {
        epoch.restart();
        assertThat(epoch.current()).isEqualTo(RevocationBus.UNTRUSTED);

        epoch.update(List.of(live()));
        epoch.restart();
        assertThat(epoch.current()).isEqualTo(2);
    }
}
