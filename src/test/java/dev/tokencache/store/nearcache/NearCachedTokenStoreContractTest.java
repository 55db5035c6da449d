package dev.tokencache.store.nearcache;

import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.token.RestoringTokenStoreContract;
import dev.tokencache.token.TokenStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;

/** That a memory which is asked first, and for long, breaks no promise of the store behind it. */
class NearCachedTokenStoreContractTest extends RestoringTokenStoreContract {

    private final MutableClock clock = new MutableClock(Instant.now());
    private final TokenStore store = NearCachedTokenStore.wrap(
            new InMemoryTokenStore(clock),
            new FakeBus(),
            Settings.usual().maxAge(Duration.ofHours(1)).negativeMaxAge(Duration.ofHours(1)),
            true,
            clock,
            () -> clock.millis() * 1_000_000,
            new SimpleMeterRegistry());

    @Override
    protected TokenStore store() {
        return store;
    }

    @Override
    protected MutableClock clock() {
        return clock;
    }
}
