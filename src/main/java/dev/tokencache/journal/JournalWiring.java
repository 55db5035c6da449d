package dev.tokencache.journal;

import dev.tokencache.redis.Time;
import dev.tokencache.store.redis.RedisTokenStore;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;

/** Starts the journal's replay. {@code Wiring} adds the journal to the chain of stores. */
final class JournalWiring {

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
}
