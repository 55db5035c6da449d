package dev.tokencache.operator.doctor.live;

import dev.tokencache.operator.doctor.ClusterFacts;
import dev.tokencache.operator.doctor.Reading;
import dev.tokencache.operator.doctor.ServiceFacts;
import dev.tokencache.operator.doctor.facts.FactCollector;
import dev.tokencache.operator.nodes.ConfiguredLogin;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterState;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.token.StoreUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the facts of the cluster that this service uses. Calls during a run share it. Thread-safe. */
public final class LiveDoctor {

    /** Less than the timeout of the command. */
    private static final Duration LIMIT = Duration.ofSeconds(25);

    private final Vertx vertx;
    private final Time time;
    private final RedisConnector connector;
    private final RedisRouter router;
    private final DoctorConfig config;
    private final String keyPrefix;
    private final Supplier<Future<ServiceFacts>> service;
    private @Nullable Future<ClusterFacts> running;
    private volatile @Nullable ClusterFacts latest;

    /** @throws IllegalArgumentException naming the property, if a setting is invalid */
    public LiveDoctor(
            Vertx vertx,
            Time time,
            RedisConnector connector,
            RedisRouter router,
            DoctorConfig config,
            String keyPrefix,
            Supplier<Future<ServiceFacts>> service) {
        DoctorConfig.check(config);
        this.vertx = vertx;
        this.time = time;
        this.connector = connector;
        this.router = router;
        this.config = config;
        this.keyPrefix = keyPrefix;
        this.service = service;
    }

    /** Fails with {@link StoreUnavailableException} if the run takes too long. */
    public synchronized Future<ClusterFacts> facts() {
        if (running != null) {
            return running;
        }
        Promise<ClusterFacts> promise = Promise.promise();
        Future<ClusterFacts> started = promise.future();
        running = started;
        long timer = vertx.setTimer(
                LIMIT.toMillis(), late -> promise.tryFail(new StoreUnavailableException("doctor did not end in time")));
        started.onSuccess(facts -> latest = facts).onComplete(done -> end(timer));
        read().onSuccess(promise::tryComplete)
                .onFailure(failure -> promise.tryFail(new StoreUnavailableException("doctor failed", failure)));
        return started;
    }

    /** The facts of the last run of this instance; empty before the first. */
    public Optional<ClusterFacts> latest() {
        return Optional.ofNullable(latest);
    }

    private synchronized void end(long timer) {
        vertx.cancelTimer(timer);
        running = null;
    }

    private Future<ClusterFacts> read() {
        Future<Reading<ServiceFacts>> serviceFacts = service.get()
                .map(Reading::of)
                .otherwise(failure -> Reading.unknown("the service cannot read the heartbeats of its instances"));
        return vertx.executeBlocking(this::login, false)
                .compose(login ->
                        new FactCollector(vertx, login, keyPrefix, time.clock(), (done, total) -> {}).collect(nodes()))
                .compose(nodes ->
                        serviceFacts.map(facts -> new ClusterFacts(time.clock().instant(), nodes, facts)));
    }

    private RedisConnector login() {
        return ConfiguredLogin.read(DoctorConfig.PREFIX, config)
                .map(login -> login.connector(connector))
                .orElse(connector);
    }

    /** The nodes from which the others are found. Also those that the router knows: all seeds may be down. */
    public Set<Endpoint> nodes() {
        Set<Endpoint> nodes = new LinkedHashSet<>(connector.seeds());
        router.state().nodes().stream().map(RouterState.Node::endpoint).forEach(nodes::add);
        return nodes;
    }
}
