package dev.tokencache.store.nearcache;

import dev.tokencache.store.nearcache.VerdictCache.Lookup;
import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class VerdictCacheTest {

    private static final Duration MILLISECOND = Duration.ofMillis(1);

    private final VirtualTime time = new VirtualTime();
    private final FakeBus bus = new FakeBus();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Token token = TokenDraft.of("alice", time.clock().millis()).token();
    private final TokenLocator locator = new TokenLocator.ById(token.id());
    private final Verdict active = new Verdict.Active(token);

    private VerdictCache cache(NearCacheConfig config) {
        return new VerdictCache(config, true, bus, time, new NearCacheMetrics(meters));
    }

    @Test
    void shouldReturnAnActiveVerdictUntilItsMaximumAge() {
        VerdictCache cache = cache(Settings.usual());
        cache.put(cache.lookup(locator), active);

        time.advance(Duration.ofSeconds(10).minus(MILLISECOND));
        assertThat(cache.find(locator)).extracting(CachedVerdict::verdict).isEqualTo(active);
        time.advance(MILLISECOND);
        assertThat(cache.find(locator)).isNull();
    }

    @Test
    void shouldCountTheAgeFromTheStartOfTheLookup() {
        VerdictCache cache = cache(Settings.usual());
        Lookup lookup = cache.lookup(locator);
        time.advance(Duration.ofSeconds(4));
        cache.put(lookup, active);

        time.advance(Duration.ofSeconds(6));
        assertThat(cache.find(locator)).isNull();
    }

    @Test
    void shouldReturnAnInactiveVerdictForItsShorterMaximumAge() {
        VerdictCache cache = cache(Settings.usual());
        cache.put(cache.lookup(locator), Verdict.INACTIVE);

        time.advance(VerdictCache.NEGATIVE_MAX_AGE.minus(MILLISECOND));
        assertThat(cache.find(locator)).extracting(CachedVerdict::verdict).isEqualTo(Verdict.INACTIVE);
        time.advance(MILLISECOND);
        assertThat(cache.find(locator)).isNull();
    }

    @Test
    void shouldNotReturnInactiveVerdictsLongerThanMaxAge() {
        VerdictCache cache = cache(Settings.usual().maxAge(Duration.ofMillis(100)));
        cache.put(cache.lookup(locator), Verdict.INACTIVE);

        time.advance(Duration.ofMillis(100));
        assertThat(cache.find(locator)).isNull();
    }

    @Test
    void shouldReturnAStaleVerdictOnlyWithinStaleIfErrorAndNotOnceRevoked() {
        VerdictCache cache = cache(Settings.usual().staleIfError(Duration.ofSeconds(60)));
        cache.put(cache.lookup(locator), active);

        time.advance(Duration.ofSeconds(60).minus(MILLISECOND));
        assertThat(cache.find(locator)).isNull();
        assertThat(cache.stale(locator)).isEqualTo(new Verdict.Active(token, Verdict.Basis.STALE));
        time.advance(MILLISECOND);
        assertThat(cache.stale(locator)).isNull();

        cache.put(cache.lookup(locator), active);
        cache.revoke(new Revocation.OfSubject(token.id().tag()));
        assertThat(cache.stale(locator)).isNull();
    }

    @Test
    void shouldNotReturnStaleVerdictsByDefault() {
        VerdictCache cache = cache(Settings.usual());
        cache.put(cache.lookup(locator), active);

        assertThat(cache.stale(locator)).isNull();
    }

    @Test
    void shouldDropAResultThatWasRevokedDuringItsLookup() {
        VerdictCache cache = cache(Settings.usual());
        Lookup lookup = cache.lookup(locator);
        cache.revoke(new Revocation.OfToken(token.id().hash()));
        cache.put(lookup, active);

        assertThat(cache.find(locator)).isNull();
    }

    @Test
    void shouldEvictBySizeAndByAge() {
        VerdictCache cache = cache(Settings.usual().maxEntries(10));
        for (int i = 0; i < 100; i++) {
            Token other = TokenDraft.of("user-" + i, time.clock().millis()).token();
            cache.put(cache.lookup(new TokenLocator.ById(other.id())), new Verdict.Active(other));
        }
        assertThat(cache.entries()).isLessThanOrEqualTo(10);
        assertThat(evictions("size")).isGreaterThanOrEqualTo(90);

        time.advance(Duration.ofMinutes(1));
        cache.put(cache.lookup(locator), active);
        assertThat(evictions("age")).isPositive();
    }

    private double evictions(String cause) {
        return meters.get("tokencache.near.cache.evictions")
                .tag("cause", cause)
                .counter()
                .count();
    }
}
