package dev.tokencache.simulation;

import dev.tokencache.testing.MutableClock;
import dev.tokencache.token.RestoringTokenStoreContract;
import dev.tokencache.token.TokenStore;

/** The contract of a {@code TokenStore} behind a journal, on a simulated cluster. */
class SimulatedTokenStoreWithJournalTest extends RestoringTokenStoreContract {

    private static final SimulatedStore SIMULATED = new SimulatedStore();

    private final MutableClock clock = SIMULATED.clock();
    private final TokenStore store = SIMULATED.of(clock, true);

    @Override
    protected TokenStore store() {
        return store;
    }

    @Override
    protected MutableClock clock() {
        return clock;
    }
}
