package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyToken;
import dev.tokencache.migration.MigrationPhase;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.store.nearcache.NearCacheConfig;
import dev.tokencache.store.nearcache.NearCachedTokenStore;
import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.store.revocation.RevocationBus;
import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A migration with a near cache: no verdict that was cached before a token was copied hides the token afterwards. Time
 * does not pass, so every verdict that was cached is still in the cache.
 */
class NearCachedMigrationTest {

    private static final NearCacheConfig ONE_HOUR = new NearCacheConfig() {
        @Override
        public Duration maxAge() {
            return Duration.ofHours(1);
        }

        @Override
        public int maxEntries() {
            return 1000;
        }

        @Override
        public Duration staleIfError() {
            return Duration.ZERO;
        }

        @Override
        public boolean publish() {
            return true;
        }
    };

    /** A bus on which no instance revokes anything. */
    private static final RevocationBus QUIET = new RevocationBus() {
        @Override
        public long listeningEpoch() {
            return 1;
        }

        @Override
        public void subscribe(Listener listener) {}

        @Override
        public void announce(Revocation revocation) {}
    };

    private final VirtualTime time = new VirtualTime(Instant.parse("2026-11-22T00:00:00Z"), 1);
    private final InMemoryTokenStore cluster = new InMemoryTokenStore(time.clock());
    private final InMemoryLegacyStore legacy = new InMemoryLegacyStore(time.clock());
    private final EvidenceCollector evidence = new EvidenceCollector();
    private final KnownState known = new KnownState(time, state -> evidence.enter(state.window()));
    private final TokenString string = new TokenString("0123456789abcdef");
    private final Token token = TokenDraft.of("alice", time.clock().millis())
            .hash(string.hash())
            .lifetime(600)
            .token();
    private MigrationState state = MigrationState.INITIAL;

    /** As {@code Wiring} assembles it. */
    private final TokenStore store = new MigratingTokenStore(
            NearCachedTokenStore.wrap(
                    cluster, QUIET, ONE_HOUR, false, Duration.ofSeconds(2), time, new SimpleMeterRegistry()),
            legacy,
            known,
            evidence,
            new MigrationMetrics(new SimpleMeterRegistry(), known),
            new MigratingTokenStore.Settings(
                    Duration.ofSeconds(5), Duration.ZERO, new ExpiryLimit(Duration.ofDays(30), time.clock())),
            time);

    private void in(MigrationPhase phase) {
        state = state.to(phase, "tester", time.clock().millis());
        known.observe(state);
    }

    private Verdict validate(TokenLocator token) {
        TokenLocator presented = new TokenLocator.Presented(token, string);
        Verdict single = store.validate(presented).await().indefinitely();
        assertThat(store.validateAll(List.of(presented)).await().indefinitely()).containsExactly(single);
        return single;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldFindATokenThatItCopiedAfterItLookedItUp(boolean isForeign) {
        LegacyToken copied = new LegacyToken(token, isForeign);
        legacy.put(token);
        in(MigrationPhase.cluster(100));
        assertThat(validate(copied.locator())).isInstanceOf(Verdict.Active.class);

        in(MigrationPhase.DONE);

        assertThat(validate(copied.locator())).isInstanceOf(Verdict.Active.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldFindATokenThatAnotherInstanceCopiedAfterItLookedItUp(boolean isForeign) {
        LegacyToken copied = new LegacyToken(token, isForeign);
        in(MigrationPhase.cluster(100));
        assertThat(validate(copied.locator())).isInstanceOf(Verdict.Inactive.class);

        new TokenCopier(cluster).copy(copied).await().indefinitely();
        in(MigrationPhase.DONE);

        assertThat(validate(copied.locator())).isInstanceOf(Verdict.Active.class);
    }
}
