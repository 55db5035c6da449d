package dev.tokencache.token;

import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.testing.MutableClock;
import java.time.Instant;

/** The in-memory store of other tests fulfills the contract of {@link TokenStore}. */
class InMemoryTokenStoreTest extends RestoringTokenStoreContract {

    private final MutableClock clock = new MutableClock(Instant.now());
    private final TokenStore store = new InMemoryTokenStore(clock);

    @Override
    protected TokenStore store() {
        return store;
    }

    @Override
    protected MutableClock clock() {
        return clock;
    }
}
