package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.MigrationStates;
import dev.tokencache.migration.MigrationStates.Shared;
import dev.tokencache.redis.Time;
import dev.tokencache.token.TokenStore;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.UUID;
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

    public void start(Vertx vertx) {
        Context loop = vertx.getOrCreateContext();
        loop.runOnContext(started -> step(loop));
    }

    private void step(Context loop) {
        worker.step().subscribe().with(delay -> loop.runOnContext(done -> next(loop, delay)));
    }

    private void next(Context loop, Duration delay) {
        if (delay.isZero()) {
            step(loop);
        } else {
            time.schedule(delay, () -> step(loop));
        }
    }
}
