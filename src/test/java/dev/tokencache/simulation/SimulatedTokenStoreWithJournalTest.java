package dev.tokencache.simulation;

import dev.tokencache.store.redis.RedisStoreSettings;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.token.RestoringTokenStoreContract;
import dev.tokencache.token.TokenStore;
import java.time.Duration;

/** The contract of a {@code TokenStore} behind a journal, on a simulated cluster. */
class SimulatedTokenStoreWithJournalTest extends RestoringTokenStoreContract {

    private static final World WORLD = new World(1);
    private static final SimulatedService SERVICE = start();

    private final MutableClock clock = new MutableClock(WORLD.time().clock().instant());
    private final TokenStore store = AdvancingStore.wrap(
            WORLD,
            new RedisTokenStore(
                    SERVICE.router(),
                    new RedisStoreSettings("tc:", Duration.ofSeconds(2), Duration.ofDays(30), true, true),
                    clock,
                    verdict -> {}));

    private static SimulatedService start() {
        SimulatedNetwork network = new SimulatedNetwork(WORLD);
        SimulatedCluster cluster = new SimulatedCluster(WORLD, network, 3, 1);
        cluster.start();
        WORLD.run(Duration.ofSeconds(5));
        SimulatedService service = new SimulatedService(
                network,
                cluster,
                new SimulatedProcess(WORLD, "service", Duration.ZERO),
                "service",
                RedisSettings.defaults());
        WORLD.run(Duration.ofSeconds(2));
        return service;
    }

    @Override
    protected TokenStore store() {
        return store;
    }

    @Override
    protected MutableClock clock() {
        return clock;
    }
}
