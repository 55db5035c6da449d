package dev.tokencache.journal;

import dev.tokencache.journal.health.JournalHealth;
import dev.tokencache.redis.Time;
import dev.tokencache.store.redis.RedisTokenStore;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Locale;

/** Wires the journal's replay and health. {@code Wiring} adds the journal to the chain of stores. */
final class JournalWiring {

    /** Starts the replay: the journal may hold entries of an earlier run. */
    void startReplay(
            @Observes StartupEvent event,
            JournalStorage storage,
            RedisTokenStore redis,
            JournalConfig config,
            JournalMetrics metrics,
            Time time) {
        if (storage.journal().isPresent() && storage.backlog().isPresent()) {
            Replay replay = new Replay(storage.backlog().get(), redis, config.confirmAfter(), time, metrics);
            new ReplayLoop(storage.journal().get(), replay, config.replayRate(), time).start();
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
