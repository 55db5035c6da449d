package dev.tokencache.migration;

import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RenewalUntilTest {

    private static final long NOW = 1_800_000_000L;

    private final MutableClock clock = new MutableClock(Instant.ofEpochSecond(NOW));
    private final TokenStore store = new InMemoryTokenStore(clock);
    private final NewToken token =
            TokenDraft.of("alice", clock.millis()).lifetime(100, 200).ours();
    private final TokenLocator locator = new TokenLocator.ById(token.token().id());

    private long renewedUntil(Clock caller, long expiresAt) {
        store.create(token).await().indefinitely();
        Renewal renewal = new RenewalUntil(store, caller)
                .renew(locator, expiresAt)
                .await()
                .indefinitely();
        assertThat(renewal).isInstanceOf(Renewal.Renewed.class);
        return ((Renewal.Renewed) renewal).token().expiresAt();
    }

    @Test
    void shouldRenewUntilThatSecondAlthoughANewOneStartsBeforeTheStoreRenews() {
        assertThat(renewedUntil(new Readings(NOW - 1, NOW), NOW + 50)).isEqualTo(NOW + 50);
    }

    @Test
    void shouldRenewUntilTheMaximumExpiryAtTheLatest() {
        assertThat(renewedUntil(clock, NOW + 300)).isEqualTo(NOW + 200);
    }

    @Test
    void shouldReachTheMaximumExpiryAlthoughANewSecondStarts() {
        assertThat(renewedUntil(new Readings(NOW - 1, NOW), NOW + 200)).isEqualTo(NOW + 200);
    }

    @Test
    void shouldEndATokenWithinASecondIfThatSecondIsPast() {
        assertThat(renewedUntil(clock, NOW - 1)).isEqualTo(NOW + 1);
    }

    @Test
    void shouldFindNoTokenThatHasEnded() {
        clock.advance(Duration.ofHours(1));

        assertThat(new RenewalUntil(store, clock)
                        .renew(locator, NOW + 7200)
                        .await()
                        .indefinitely())
                .isEqualTo(Renewal.NOT_ACTIVE);
    }

    /** A clock of the caller that shows these seconds in turn. */
    private static final class Readings extends Clock {
        private final Queue<Long> seconds;

        Readings(Long... seconds) {
            this.seconds = new ArrayDeque<>(List.of(seconds));
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(seconds.remove());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}
