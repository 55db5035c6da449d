package dev.tokencache.migration.store;

import dev.tokencache.migration.BackfillLedger;
import dev.tokencache.migration.BackfillLedger.BackfillLease;
import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.BackfillProgress.Status;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.LegacyStore.Master;
import dev.tokencache.migration.LegacyStore.Page;
import dev.tokencache.migration.MigrationStates;
import dev.tokencache.migration.MigrationStates.Shared;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * This process' part in the backfill: if a run is asked for and nobody else has the lease, walks the old store page by page, and
 * notes each page under the lease once all of it is copied. Whoever takes over goes on behind the last page that was noted; a
 * page that is copied twice does no harm, and counts once.
 *
 * <p>Not thread-safe: a {@link #step} follows the end of the one before.
 */
final class BackfillWorker {

    private static final Logger LOG = Logger.getLogger(BackfillWorker.class);

    private static final Duration LEASE = Duration.ofSeconds(10);

    /** Far less than the lease, so that a few answers may be lost. */
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    /** A replica that has not heard of the mirroring yet tells the cluster of no create: it has two seconds to follow. */
    private static final Duration SETTLING = Duration.ofSeconds(3);

    private static final Duration IDLE = Duration.ofSeconds(1);

    /** One each second: longer than it takes a cluster to promote a replica. Then the token has failed. */
    private static final int ATTEMPTS_TO_COPY = 30;

    private final MigrationStates states;
    private final BackfillLedger ledger;
    private final BackfillCompletion runEnd;
    private final LegacyStore legacy;
    private final PageCopier copies;
    private final String runner;
    private final Consumer<Shared> observer;
    private final Clock clock;
    private final LongSupplier nanos;

    private @Nullable BackfillSession tenure;

    /**
     * A walk that is yet to begin.
     *
     * @param runner names this process, differently at each start
     * @param observer told of all that is read
     * @param nanos a clock that only goes forward, in nanoseconds
     */
    BackfillWorker(
            MigrationStates states,
            BackfillLedger ledger,
            LegacyStore legacy,
            PageCopier copies,
            String runner,
            Consumer<Shared> observer,
            Clock clock,
            LongSupplier nanos) {
        this.states = states;
        this.ledger = ledger;
        this.runEnd = new BackfillCompletion(states, ledger, clock);
        this.legacy = legacy;
        this.copies = copies;
        this.runner = runner;
        this.observer = observer;
        this.clock = clock;
        this.nanos = nanos;
    }

    /**
     * Does the next thing that there is to do.
     *
     * @return after how long there is something to do again; never fails
     */
    Uni<Duration> step() {
        return Uni.createFrom().deferred(this::next).onFailure().recoverWithItem(this::failed);
    }

    /** Everything is read anew, but for the lease, which ends by itself. */
    private Duration failed(Throwable failure) {
        LOG.debugf("The backfill has to wait; cause=%s", failure);
        tenure = null;
        return IDLE;
    }

    private Uni<Duration> next() {
        BackfillSession held = tenure;
        if (held == null) {
            return begin();
        }
        return nanos.getAsLong() - held.lookedAtNanos >= LOOK_NANOS ? look(held) : walk(held);
    }

    private Uni<Shared> read() {
        return states.read().invoke(observer);
    }

    private static boolean isWanted(Shared shared) {
        return shared.backfill().status() == Status.RUNNING
                && shared.state().phase().allowsCopies();
    }

    private boolean isSettled(Shared shared) {
        long mirroredSince = shared.state().mirroredSinceMillis().orElse(0);
        return clock.millis() - mirroredSince >= SETTLING.toMillis();
    }

    private Uni<Duration> begin() {
        return read().chain(shared -> isWanted(shared) && isSettled(shared)
                ? ledger.acquire(runner, LEASE).chain(lease -> lease.isPresent() ? begin(lease.get()) : rest(IDLE))
                : rest(IDLE));
    }

    /** Reads again: whoever had the lease may have come further meanwhile. */
    private Uni<Duration> begin(BackfillLease lease) {
        return Uni.combine().all().unis(read(), legacy.masters()).with((shared, masters) -> {
            BackfillProgress progress = shared.backfill();
            boolean isNew = progress.cursors().isEmpty();
            tenure = new BackfillSession(
                    lease,
                    masters,
                    isNew ? progress.estimated(keys(masters)) : progress,
                    new RateLimiter(nanos),
                    nanos.getAsLong());
            LOG.infof("Backfill runs here; run=%d fencing_token=%d", progress.run(), lease.fencingToken());
            return Duration.ZERO;
        });
    }

    private static long keys(List<Master> masters) {
        return masters.stream().mapToLong(Master::keys).sum();
    }

    /** Prolongs the lease, and looks whether the run is still wanted, and how fast. */
    private Uni<Duration> look(BackfillSession held) {
        return Uni.combine()
                .all()
                .unis(ledger.acquire(runner, LEASE), read())
                .asTuple()
                .chain(known -> {
                    Shared shared = known.getItem2();
                    boolean isHeld = known.getItem1().equals(Optional.of(held.lease));
                    boolean isSameRun = shared.backfill().run() == held.progress.run();
                    if (!isHeld || !isSameRun || !isWanted(shared)) {
                        return end(held);
                    }
                    held.pace.limit(shared.backfill().keysPerSecond());
                    held.lookedAtNanos = nanos.getAsLong();
                    return rest(Duration.ZERO);
                });
    }

    private Uni<Duration> end(BackfillSession held) {
        tenure = null;
        LOG.infof("Backfill does not run here any more; run=%d", held.progress.run());
        return ledger.release(held.lease).replaceWith(IDLE);
    }

    private Uni<Duration> walk(BackfillSession held) {
        BackfillSession.Piece piece = held.piece;
        if (piece != null) {
            return copy(held, piece);
        }
        Duration rest = held.pace.rest();
        if (!rest.isZero()) {
            return rest(rest);
        }
        return held.unfinished()
                .map(master -> page(held, master).chain(page -> {
                    held.pace.taken(page.scanned());
                    return copy(held, BackfillSession.Piece.of(master, page));
                }))
                .orElseGet(() -> finish(held));
    }

    private Uni<Page> page(BackfillSession held, Master master) {
        return held.takeAhead(master)
                .map(page -> Uni.createFrom().item(page))
                .orElseGet(() -> legacy.scan(master.name(), held.cursor(master), held.pace.pageSize()));
    }

    private Uni<Duration> copy(BackfillSession held, BackfillSession.Piece piece) {
        return Uni.combine()
                .all()
                .unis(copies.copy(piece.open(), piece.openExpiries()), readAhead(held, piece))
                .asTuple()
                .chain(done -> {
                    BackfillSession.Piece tried = piece.after(done.getItem1());
                    if (!tried.isDone() && tried.attempts() < ATTEMPTS_TO_COPY) {
                        held.piece = tried;
                        return rest(IDLE);
                    }
                    return advance(held, tried);
                });
    }

    /** Reads the next page while this one is copied; a failure shows when the page is needed. */
    private Uni<Void> readAhead(BackfillSession held, BackfillSession.Piece piece) {
        Page page = piece.page();
        if (page.isLast() || held.ahead != null) {
            return Uni.createFrom().voidItem();
        }
        return legacy.scan(piece.master().name(), page.cursor(), held.pace.pageSize())
                .invoke(next -> held.ahead = new BackfillSession.Ahead(piece.master(), page.cursor(), next))
                .onFailure()
                .recoverWithNull()
                .replaceWithVoid();
    }

    private Uni<Duration> advance(BackfillSession held, BackfillSession.Piece piece) {
        BackfillProgress next = held.progress.advanced(piece.master().name(), piece.cursor(), piece.allTally());
        return ledger.advance(held.lease, next).chain(isNoted -> {
            if (!isNoted) {
                return end(held);
            }
            held.progress = next;
            held.piece = null;
            return rest(held.pace.rest());
        });
    }

    /** Looks once more for masters, since there may be new ones. */
    private Uni<Duration> finish(BackfillSession held) {
        return legacy.masters().chain(masters -> {
            held.masters = masters;
            return held.unfinished().isPresent()
                    ? rest(Duration.ZERO)
                    : runEnd.of(held.progress, held.lease).chain(() -> end(held));
        });
    }

    private static Uni<Duration> rest(Duration rest) {
        return Uni.createFrom().item(rest);
    }
}
