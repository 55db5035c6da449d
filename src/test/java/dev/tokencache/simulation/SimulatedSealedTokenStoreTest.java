package dev.tokencache.simulation;

import dev.tokencache.seal.SealSettings;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.token.RestoringTokenStoreContract;
import dev.tokencache.token.TokenStore;

/** The contract of a {@code TokenStore} with sealed records, on a simulated cluster. */
class SimulatedSealedTokenStoreTest extends RestoringTokenStoreContract {

    private static final SimulatedStore SIMULATED = new SimulatedStore();

    private final MutableClock clock = SIMULATED.clock();
    private final TokenStore store = SIMULATED.of(
            clock, true, SealSettings.sealingWith("a").required(true).seal());

    @Override
    protected TokenStore store() {
        return store;
    }

    @Override
    protected MutableClock clock() {
        return clock;
    }
}
