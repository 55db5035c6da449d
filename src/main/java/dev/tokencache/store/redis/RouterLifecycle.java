package dev.tokencache.store.redis;

import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.connection.LogLabels;
import dev.tokencache.redis.connection.RedisConnector;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Makes the router of what {@code quarkus.redis.*} says, starts it with the service and closes it behind it. */
final class RouterLifecycle {

    /**
     * @param quarkusOwn not used; asking for it makes Quarkus create it, and so tell its options
     * @throws IllegalArgumentException naming the property, if a setting makes no sense
     */
    @Produces
    @Singleton
    RedisConnector connector(Redis quarkusOwn, RedisOptionsCapture quarkus, RedisConfig config) {
        RedisConfigRules.check(config);
        return new RedisConnector(quarkus.options(), config, LogLabels.OWN);
    }

    /** @throws IllegalArgumentException naming the property, if a setting makes no sense */
    @Produces
    @Singleton
    RedisRouter router(
            Vertx vertx,
            RedisOptionsCapture quarkus,
            RedisConnector connector,
            RedisConfig config,
            BreakerConfig breaker,
            MeterRegistry registry) {
        RedisConfigRules.check(breaker);
        RedisRouter router = new RedisRouter(
                vertx,
                connector,
                config,
                new RouterMetrics(registry),
                breaker.delay(),
                isStandalone(quarkus.options().getType()));
        watch(router, registry);
        return router;
    }

    private static void watch(RedisRouter router, MeterRegistry registry) {
        Gauge.builder("tokencache.router.stand.ins", router, RedisRouter::readReplicas)
                .description("Replicas that could answer validations if their masters fell silent now")
                .register(registry);
        Gauge.builder("tokencache.router.slots.covered", router, seen -> seen.state()
                        .slotsCovered())
                .description("Slots of 16384 that have a master; the tokens of others are unknown")
                .register(registry);
        Gauge.builder("tokencache.router.breakers.open", router, seen -> seen.state()
                        .openBreakers())
                .description("Masters that are not asked at the moment, since they gave no answers")
                .register(registry);
    }

    /** The other types would need what this router does not do: to ask sentinels, or a single master's replicas. */
    private static boolean isStandalone(RedisClientType type) {
        if (type != RedisClientType.STANDALONE && type != RedisClientType.CLUSTER) {
            throw new IllegalArgumentException("quarkus.redis.client-type must be cluster or standalone");
        }
        return type == RedisClientType.STANDALONE;
    }

    void start(@Observes StartupEvent event, RedisRouter router) {
        router.start();
    }

    void stop(@Disposes RedisRouter router) {
        router.close();
    }
}
