package dev.tokencache.simulation;

import dev.tokencache.testing.MutableClock;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStoreContract;

/** The contract of {@code TokenStore}, on a simulated cluster. */
class SimulatedTokenStoreTest extends TokenStoreContract {

    private static final SimulatedStore SIMULATED = new SimulatedStore();

    private final MutableClock clock = SIMULATED.clock();
    private final TokenStore store = SIMULATED.of(clock, false);

    @Override
    protected TokenStore store() {
        return store;
    }

    @Override
    protected MutableClock clock() {
        return clock;
    }
}
