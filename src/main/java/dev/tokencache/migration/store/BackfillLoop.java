package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.MigrationStates;
import dev.tokencache.migration.MigrationStates.Shared;
import dev.tokencache.redis.Time;
import dev.tokencache.token.TokenStore;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/** Runs this instance's backfill worker until the process ends, one step after the other on one event loop. */
public final class BackfillLoop {

    private final BackfillWorker worker;
    private final Time time;

    /**
     * @param cluster must leave traces of expiries
     * @param expiryImporter makes a token of the same cluster permanently inactive, unless it was issued again since;
     *     idempotent
     * @param observer receives the shared state at least every two seconds; must not block
     */
    public BackfillLoop(
            TokenStore cluster,
            Function<LegacyExpiry.OfToken, Uni<Void>> expiryImporter,
            LegacyStore legacy,
            MigrationStates states,
            Consumer<Shared> observer,
            Time time) {
        this.worker = new BackfillWorker(
                states,
                legacy,
                new PageCopier(new TokenCopier(cluster), new ExpiryCopier(cluster, expiryImporter)),
                UUID.randomUUID().toString(),
                observer,
                time);
        this.time = time;
    }

    /** @param eventLoop runs each task after the present one */
    public void start(Executor eventLoop) {
        eventLoop.execute(() -> step(eventLoop));
    }

    private void step(Executor eventLoop) {
        worker.step().subscribe().with(delay -> eventLoop.execute(() -> next(eventLoop, delay)));
    }

    private void next(Executor eventLoop, Duration delay) {
        if (delay.isZero()) {
            step(eventLoop);
        } else {
            time.schedule(delay, () -> step(eventLoop));
        }
    }
}
