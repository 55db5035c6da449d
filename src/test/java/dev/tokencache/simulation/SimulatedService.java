package dev.tokencache.simulation;

import dev.tokencache.journal.JournaledRevocationBus;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.connection.EventLoops;
import dev.tokencache.redis.connection.LogLabels;
import dev.tokencache.redis.connection.NodeLink;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.seal.SealSettings;
import dev.tokencache.store.nearcache.NearCacheConfig;
import dev.tokencache.store.nearcache.NearCachedTokenStore;
import dev.tokencache.store.revocation.RedisRevocationBus;
import dev.tokencache.store.revocation.RevocationBus;
import dev.tokencache.store.revocation.RevocationChannel;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.TokenSettings;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.TokenStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Promise;
import io.vertx.redis.client.RedisOptions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One run of a service instance, made of the classes of production, with one event loop. */
final class SimulatedService {

    private final SimulatedProcess process;
    private final RedisRouter router;
    private final Stores.Chain chain;
    private final TokenStore store;
    private final TokenService tokens;
    private final NearCacheConfig nearCache;
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final @Nullable RedisRevocationBus bus;

    /** @param host the name of its host in the network */
    SimulatedService(
            SimulatedNetwork network,
            SimulatedCluster cluster,
            SimulatedProcess process,
            String host,
            RedisSettings settings) {
        this(network, cluster, process, host, settings, Stores::redisOnly, NearCacheSettings.OFF);
    }

    /**
     * @param stores makes the chain of stores
     * @param nearCache the settings of its near cache, which may be off
     */
    SimulatedService(
            SimulatedNetwork network,
            SimulatedCluster cluster,
            SimulatedProcess process,
            String host,
            RedisSettings settings,
            Stores stores,
            NearCacheConfig nearCache) {
        this.process = process;
        this.nearCache = nearCache;
        List<String> seeds = cluster.nodes().stream()
                .map(node -> "redis://" + node.endpoint())
                .toList();
        RedisConnector connector = new RedisConnector(new RedisOptions().setEndpoints(seeds), settings, LogLabels.OWN);
        EventLoops loops = new OneLoop(network, cluster, process, host);
        this.router =
                new RedisRouter(loops, process, connector, settings, RouterEvents.NONE, Duration.ofSeconds(15), false);
        this.bus = new RedisRevocationBus(
                loops,
                process,
                router,
                connector,
                new RevocationChannel(
                        settings.keyPrefix(), SealSettings.openingOnly().seal()));
        this.chain = stores.chain(router, process, settings);
        this.store = NearCachedTokenStore.wrap(
                chain.store(),
                new JournaledRevocationBus(bus, chain.isJournalEmpty()),
                nearCache,
                true,
                settings.timeout(),
                process,
                meters);
        this.tokens = new TokenService(
                store,
                TokenSettings.usual(),
                process.clock(),
                new SeededRandom(process.random()),
                verdict -> {},
                false);
        router.start();
        if (nearCache.isOn()) {
            bus.start();
        }
    }

    /** A service whose store is another one. */
    SimulatedService(SimulatedProcess process, RedisRouter router, TokenStore store, TokenService tokens) {
        this.process = process;
        this.router = router;
        this.chain = new Stores.Chain(store, () -> true, () -> true);
        this.store = store;
        this.tokens = tokens;
        this.nearCache = NearCacheSettings.OFF;
        this.bus = null;
    }

    /** Whether the start is over. */
    boolean isReady() {
        return chain.isReady().getAsBoolean();
    }

    SimulatedProcess process() {
        return process;
    }

    RedisRouter router() {
        return router;
    }

    /** Calls a handler for each revocation that another instance announces. */
    void onRevocation(RevocationBus.Listener listener) {
        Objects.requireNonNull(bus).subscribe(listener);
    }

    MeterRegistry meters() {
        return meters;
    }

    NearCacheConfig nearCache() {
        return nearCache;
    }

    TokenStore store() {
        return store;
    }

    TokenService tokens() {
        return tokens;
    }

    /** The event loop of a process, and its connections to the nodes of a cluster. */
    record OneLoop(SimulatedNetwork network, SimulatedCluster cluster, SimulatedProcess process, String host)
            implements EventLoops {

        @Override
        public List<Executor> executors() {
            return List.of(process);
        }

        @Override
        public NodeLink link(Endpoint endpoint) {
            return new SimulatedLink(network, process, host, cluster.node(endpoint));
        }

        @Override
        public <T> Promise<T> promise() {
            return Promise.promise();
        }
    }

    /** Token strings are part of the history, too. */
    static final class SeededRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final transient RandomGenerator random;

        SeededRandom(RandomGenerator random) {
            this.random = random;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            random.nextBytes(bytes);
        }
    }
}
