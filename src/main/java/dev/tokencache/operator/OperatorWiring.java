package dev.tokencache.operator;

import dev.tokencache.journal.JournalConfig;
import dev.tokencache.journal.JournalStatus;
import dev.tokencache.journal.JournalStatus.State;
import dev.tokencache.journal.JournalStorage;
import dev.tokencache.operator.console.history.MetricHistory;
import dev.tokencache.operator.doctor.Reading;
import dev.tokencache.operator.doctor.ServiceFacts;
import dev.tokencache.operator.doctor.ServiceFacts.Instance;
import dev.tokencache.operator.doctor.live.DoctorConfig;
import dev.tokencache.operator.doctor.live.DoctorSchedule;
import dev.tokencache.operator.doctor.live.LiveDoctor;
import dev.tokencache.operator.drill.live.DrillRecords;
import dev.tokencache.operator.instances.Heartbeats;
import dev.tokencache.redis.Time;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.redis.connection.VertxEventLoops;
import dev.tokencache.reload.ReloadTriggers;
import dev.tokencache.store.nearcache.NearCacheConfig;
import dev.tokencache.store.redis.RedisConfig;
import dev.tokencache.store.redis.RedisKeys;
import dev.tokencache.token.TokenConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Wires what the running service contributes to the operator's tools. */
final class OperatorWiring {

    @Produces
    @Singleton
    Heartbeats heartbeats(
            RedisRouter router,
            Time time,
            RedisConfig redis,
            JournalConfig journal,
            ReloadTriggers reload,
            MetricHistory history,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        String host = Optional.ofNullable(System.getenv("HOSTNAME")).orElse("instance");
        return new Heartbeats(
                router,
                time,
                new RedisKeys(redis.keyPrefix()).instances(),
                host + "-" + UUID.randomUUID().toString().substring(0, 8),
                version,
                () -> fingerprints(reload, journal, redis),
                history::load);
    }

    private static Map<String, String> fingerprints(ReloadTriggers reload, JournalConfig journal, RedisConfig redis) {
        Map<String, String> fingerprints = new TreeMap<>();
        Map<String, Long> config = reload.fingerprints();
        fingerprints.put("token-keys", String.valueOf(config.get("token_keys")));
        fingerprints.put("seal-keys", String.valueOf(config.get("seal_keys")));
        fingerprints.put("journal", journal.kind().name());
        fingerprints.put("prefix", redis.keyPrefix());
        return fingerprints;
    }

    @Produces
    @Singleton
    LiveDoctor doctor(
            Vertx vertx,
            Time time,
            RedisConnector connector,
            RedisRouter router,
            DoctorConfig config,
            RedisConfig redis,
            NearCacheConfig nearCache,
            TokenConfig tokens,
            JournalConfig journal,
            JournalStorage storage,
            Heartbeats heartbeats,
            DrillRecords drills) {
        int loops = new VertxEventLoops(vertx, connector).executors().size();
        int connections = loops * (redis.minReplicas() > 0 ? 2 : 1) + (nearCache.isOn() ? 1 : 0);
        return new LiveDoctor(vertx, time, connector, router, config, redis.keyPrefix(), () -> {
            Future<Reading<List<Instance>>> instances = reading(heartbeats.instances());
            Future<Reading<Instant>> lastDrill = reading(drills.latest());
            return Future.join(instances, lastDrill)
                    .map(done -> new ServiceFacts(
                            redis.keyPrefix(),
                            connector.user(),
                            tokens.maxPerSubject(),
                            connections * instances.result().orElse(List.of()).size(),
                            redis.minReplicas(),
                            instances.result(),
                            journal(storage.status(), journal.maxEntries()),
                            lastDrill.result()));
        });
    }

    private static <T> Future<Reading<T>> reading(Future<T> inTheCluster) {
        return inTheCluster.map(Reading::of).otherwise(Reading.unknown("the service cannot read it in the cluster"));
    }

    private static ServiceFacts.@Nullable Journal journal(JournalStatus status, long maxEntries) {
        return status.isOff()
                ? null
                : new ServiceFacts.Journal(
                        status.entries(),
                        status.oldestAge().toSeconds(),
                        (double) status.entries() / maxEntries,
                        status.state() == State.BROKEN ? "it cannot be read or written" : "");
    }

    void start(
            @Observes StartupEvent event,
            Heartbeats heartbeats,
            LiveDoctor doctor,
            DoctorConfig config,
            Time time,
            MeterRegistry registry) {
        heartbeats.start();
        config.every().ifPresent(period -> new DoctorSchedule(doctor::facts, time, registry).start(period));
    }
}
