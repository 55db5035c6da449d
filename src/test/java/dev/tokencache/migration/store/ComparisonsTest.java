package dev.tokencache.migration.store;

import dev.tokencache.migration.MigrationPhase;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.Mismatch;
import dev.tokencache.migration.Side;
import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ComparisonsTest {

    private static final Duration RECHECK_DELAY = Duration.ofSeconds(1);

    private final VirtualTime time = new VirtualTime();
    private final InMemoryTokenStore cluster = new InMemoryTokenStore(time.clock());
    private final InMemoryLegacyStore legacy = new InMemoryLegacyStore(time.clock());
    private final EvidenceCollector evidence = new EvidenceCollector();
    private final ExpiryLimit limit = new ExpiryLimit(Duration.ofDays(30), time.clock());
    private final Comparisons comparisons = new Comparisons(
            cluster,
            legacy,
            evidence,
            new MigrationMetrics(new SimpleMeterRegistry(), new KnownState(time, state -> {})),
            RECHECK_DELAY,
            limit,
            time);
    private final MigrationState state = MigrationState.INITIAL.to(MigrationPhase.mirror(100), "tester", 1000);
    private final NewToken created =
            TokenDraft.of("alice", time.clock().millis() - 1000).foreign();
    private final Token token = created.token();
    private final TokenLocator locator = new TokenLocator.Foreign(token.id().hash());

    private void compare() {
        evidence.enter(state.window());
        comparisons.offer(locator, state, Side.LEGACY, new Verdict.Active(token));
    }

    @Test
    void shouldCountAMismatchThatIsStillThereAfterTheDelay() {
        legacy.put(token);
        compare();
        assertThat(evidence.drain(state.window()).isNone()).isTrue();

        time.advance(RECHECK_DELAY);

        assertThat(evidence.drain(state.window()).mismatches(Mismatch.MISSING_IN_CLUSTER))
                .isEqualTo(1);
    }

    @Test
    void shouldNotCountAMismatchThatEndsWithinTheDelay() {
        legacy.put(token);
        compare();
        cluster.create(created).await().indefinitely();

        time.advance(RECHECK_DELAY);

        assertThat(evidence.drain(state.window()).comparisons()).isEqualTo(1);
        assertThat(evidence.drain(state.window()).allMismatches()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"2592000,false", "86400,true"})
    void shouldNotCountTheMovingExpiryOfAnEndlessSession(long lifetime, boolean isMismatch) {
        Token earlier = created.token();
        Token inLegacy = TokenDraft.of("alice", time.clock().millis())
                .hash(earlier.id().hash())
                .lifetime(lifetime)
                .token();
        Comparisons.Pair pair = new Comparisons.Pair(new Verdict.Active(inLegacy), new Verdict.Active(earlier), limit);

        assertThat(pair.mismatch().isPresent()).isEqualTo(isMismatch);
    }

    @Test
    void shouldSkipComparisonsBeyondTheMaximumInFlight() {
        legacy.put(token);
        for (int i = 0; i < 100; i++) {
            compare();
        }

        time.advance(RECHECK_DELAY);

        assertThat(evidence.drain(state.window()).comparisons()).isEqualTo(64);
    }
}
