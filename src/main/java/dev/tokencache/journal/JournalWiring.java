package dev.tokencache.journal;

import dev.tokencache.journal.health.JournalHealth;
import dev.tokencache.store.redis.RedisTokenStore;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Locale;

/** Wires the journal: its replay and its health. {@code Wiring} puts the journal into the chain of stores. */
final class JournalWiring {

    /** Brings what is in the journal to Redis, from the start on: it may be from before. */
    void startReplay(
            @Observes StartupEvent event,
            JournalStorage storage,
            RedisTokenStore redis,
            JournalConfig config,
            JournalMetrics metrics,
            Clock clock,
            Vertx vertx) {
        if (storage.journal().isPresent() && storage.backlog().isPresent()) {
            Replay replay = new Replay(storage.backlog().get(), redis, clock, metrics);
            new ReplayLoop(storage.journal().get(), replay, config.replayRate()).start(vertx);
        }
    }

    @Produces
    @Singleton
    JournalHealth journalHealth(JournalStorage storage, JournalMetrics metrics) {
        return () -> {
            JournalStatus status = storage.status();
            JournalMetrics.Totals totals = metrics.totals();
            return new JournalHealth.Snapshot(
                    lowerCase(status.kind()),
                    lowerCase(status.state()),
                    status.entries(),
                    status.oldestAge().toSeconds(),
                    totals.replayed(),
                    totals.dropped(),
                    totals.failed());
        };
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
