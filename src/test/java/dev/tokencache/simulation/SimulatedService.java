package dev.tokencache.simulation;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterEvents;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.connection.EventLoops;
import dev.tokencache.redis.connection.LogLabels;
import dev.tokencache.redis.connection.NodeLink;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.store.redis.RedisStoreSettings;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.TokenSettings;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.TokenStore;
import io.vertx.core.Promise;
import io.vertx.redis.client.RedisOptions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** One run of a service instance, made of the classes of production, with one event loop. */
final class SimulatedService {

    private final SimulatedProcess process;
    private final RedisRouter router;
    private final TokenStore store;
    private final TokenService tokens;

    /** @param host the name of its host in the network */
    SimulatedService(
            SimulatedNetwork network,
            SimulatedCluster cluster,
            SimulatedProcess process,
            String host,
            RedisSettings settings) {
        this.process = process;
        List<String> seeds = cluster.nodes().stream()
                .map(node -> "redis://" + node.endpoint())
                .toList();
        RedisConnector connector = new RedisConnector(new RedisOptions().setEndpoints(seeds), settings, LogLabels.OWN);
        this.router = new RedisRouter(
                new OneLoop(network, cluster, process, host),
                process,
                connector,
                settings,
                RouterEvents.NONE,
                Duration.ofSeconds(15),
                false);
        this.store = new RedisTokenStore(
                router,
                new RedisStoreSettings(settings.keyPrefix(), settings.timeout(), Duration.ofDays(30), false, true),
                process.clock(),
                verdict -> {});
        this.tokens = new TokenService(
                store,
                TokenSettings.usual(),
                process.clock(),
                new SeededRandom(process.random()),
                verdict -> {},
                false);
        router.start();
    }

    SimulatedProcess process() {
        return process;
    }

    RedisRouter router() {
        return router;
    }

    TokenStore store() {
        return store;
    }

    TokenService tokens() {
        return tokens;
    }

    private record OneLoop(SimulatedNetwork network, SimulatedCluster cluster, SimulatedProcess process, String host)
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
    private static final class SeededRandom extends SecureRandom {
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
