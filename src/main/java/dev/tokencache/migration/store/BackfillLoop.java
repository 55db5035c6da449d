package dev.tokencache.migration.store;

import dev.tokencache.migration.BackfillLedger;
import dev.tokencache.migration.ExpiryImporter;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.MigrationStates;
import dev.tokencache.migration.MigrationStates.Shared;
import dev.tokencache.token.TokenStore;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;

/** Drives this process' part in the backfill, for as long as the process lives: one step after the other, on one event loop. */
public final class BackfillLoop {

    private final BackfillWorker walk;

    /**
     * A loop that is yet to be started.
     *
     * @param cluster must leave traces of expiries
     * @param pastExpiries to the same cluster
     * @param observer told, at least every two seconds, of all that the replicas share; must not block
     */
    public BackfillLoop(
            TokenStore cluster,
            ExpiryImporter pastExpiries,
            LegacyStore legacy,
            MigrationStates states,
            BackfillLedger ledger,
            Consumer<Shared> observer,
            Clock clock) {
        this.walk = new BackfillWorker(
                states,
                ledger,
                legacy,
                new PageCopier(new TokenCopier(cluster), new ExpiryCopier(cluster, pastExpiries)),
                UUID.randomUUID().toString(),
                observer,
                clock,
                System::nanoTime);
    }

    /** Returns at once. */
    public void start(Vertx vertx) {
        Context loop = vertx.getOrCreateContext();
        loop.runOnContext(started -> step(vertx, loop));
    }

    private void step(Vertx vertx, Context loop) {
        walk.step().subscribe().with(rest -> loop.runOnContext(done -> rest(vertx, loop, rest)));
    }

    private void rest(Vertx vertx, Context loop, Duration rest) {
        if (rest.isZero()) {
            step(vertx, loop);
        } else {
            vertx.setTimer(Math.max(1, rest.toMillis()), fired -> step(vertx, loop));
        }
    }
}
