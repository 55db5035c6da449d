package dev.tokencache.store.nearcache;

import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.VirtualTime;
import dev.tokencache.token.RestoringTokenStoreContract;
import dev.tokencache.token.TokenStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;

/** The contract of {@code TokenStore}, behind a near cache with a long maximum age. */
class NearCachedTokenStoreContractTest extends RestoringTokenStoreContract {

    private final VirtualTime time = new VirtualTime(Instant.now(), 1);
    private final MutableClock clock = (MutableClock) time.clock();
    private final TokenStore store = NearCachedTokenStore.wrap(
            new InMemoryTokenStore(clock),
            new FakeBus(),
            Settings.usual().maxAge(Duration.ofHours(1)),
            true,
            Duration.ofSeconds(2),
            time,
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
