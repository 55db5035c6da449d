package dev.tokencache.simulation;

import dev.tokencache.seal.Seal;
import dev.tokencache.store.redis.RedisStoreSettings;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.token.TokenStore;
import java.time.Clock;
import java.time.Duration;

/** A store on a simulated cluster, for the contracts of a store. */
final class SimulatedStore {

    private final World world = new World(1);
    private final SimulatedService service;

    SimulatedStore() {
        SimulatedNetwork network = new SimulatedNetwork(world);
        SimulatedCluster cluster = new SimulatedCluster(world, network, 3, 1);
        cluster.start();
        world.run(Duration.ofSeconds(5));
        this.service = new SimulatedService(
                network,
                cluster,
                new SimulatedProcess(world, "service", Duration.ZERO),
                "service",
                RedisSettings.defaults());
        world.run(Duration.ofSeconds(2));
    }

    /** A clock that starts at the present time of the world. */
    MutableClock clock() {
        return new MutableClock(world.time().clock().instant());
    }

    /** The store; each call advances the time until it has a result. */
    TokenStore of(Clock clock, boolean keepsExpiries) {
        return of(clock, keepsExpiries, Seal.off());
    }

    TokenStore of(Clock clock, boolean keepsExpiries, Seal seal) {
        return AdvancingStore.wrap(
                world,
                new RedisTokenStore(
                        service.router(),
                        new RedisStoreSettings("tc:", Duration.ofSeconds(2), Duration.ofDays(30), keepsExpiries, true)
                                .with(seal),
                        clock,
                        verdict -> {}));
    }
}
