package dev.tokencache.store.redis;

import dev.tokencache.redis.Time;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.connection.LogLabels;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.redis.connection.VertxEventLoops;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Creates the router from {@code quarkus.redis.*}, starts it with the service and closes it at shutdown. */
final class RouterLifecycle {

    /** Without Redis, the service starts as well. */
    private static final Duration MAX_START_DELAY = Duration.ofSeconds(1);

    private static final int POLL_MILLIS = 5;

    /**
     * @param quarkusOwn unused; injecting it makes Quarkus create it, which captures its options
     * @throws IllegalArgumentException naming the property, if a setting is invalid
     */
    @Produces
    @Singleton
    RedisConnector connector(Redis quarkusOwn, RedisOptionsCapture quarkus, RedisConfig config) {
        RedisConfigRules.check(config);
        Optional<Path> file = config.passwordFile();
        RedisOptions options = RedisLogin.withPasswordOf(file, quarkus.options());
        return new RedisConnector(
                options,
                config,
                file.isPresent() ? LogLabels.OWN.withPasswordProperty(RedisLogin.PASSWORD_FILE) : LogLabels.OWN);
    }

    @Produces
    @Singleton
    RedisLogin login(RedisOptionsCapture quarkus, RedisConnector connector) {
        return new RedisLogin(quarkus.options(), connector);
    }

    /** @throws IllegalArgumentException naming the property, if a setting is invalid */
    @Produces
    @Singleton
    RedisRouter router(
            Vertx vertx,
            Time time,
            RedisOptionsCapture quarkus,
            RedisConnector connector,
            RedisConfig config,
            BreakerConfig breaker,
            MeterRegistry registry) {
        RedisConfigRules.check(breaker);
        RedisRouter router = new RedisRouter(
                new VertxEventLoops(vertx, connector),
                time,
                connector,
                config,
                new RouterMetrics(registry),
                breaker.delay(),
                isStandalone(quarkus.options().getType()));
        registerGauges(router, registry);
        return router;
    }

    private static void registerGauges(RedisRouter router, MeterRegistry registry) {
        Gauge.builder("tokencache.router.read.replicas", router, RedisRouter::readReplicas)
                .description(
                        "Replicas that reply and are connected to their masters, so that they can serve validations if these fail")
                .register(registry);
        Gauge.builder("tokencache.router.slots.covered", router, seen -> seen.state()
                        .slotsCovered())
                .description("Slots (of 16384) with a master; tokens in other slots are unknown")
                .register(registry);
        Gauge.builder("tokencache.router.breakers.open", router, seen -> seen.state()
                        .openBreakers())
                .description("Masters with an open circuit breaker, because they did not reply")
                .register(registry);
    }

    /** Rejects Sentinel and replication, which this router does not support. */
    private static boolean isStandalone(RedisClientType type) {
        if (type != RedisClientType.STANDALONE && type != RedisClientType.CLUSTER) {
            throw new IllegalArgumentException("quarkus.redis.client-type must be cluster or standalone");
        }
        return type == RedisClientType.STANDALONE;
    }

    /**
     * Starts to connect. The ports open only after this: a web server without health checks sends requests to a new instance as
     * soon as it can connect.
     */
    void start(@Observes StartupEvent event, RedisRouter router, Time time) throws InterruptedException {
        router.start();
        awaitOrGiveUp(router::isSettled, MAX_START_DELAY, time);
    }

    static void awaitOrGiveUp(BooleanSupplier condition, Duration max, Time time) throws InterruptedException {
        long end = time.nanoTime() + max.toNanos();
        while (!condition.getAsBoolean() && time.nanoTime() - end < 0) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    void stop(@Disposes RedisRouter router) {
        router.close();
    }
}
