package dev.tokencache.migration.store;

import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.BackfillProgress.Status;
import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.LegacyStore.Master;
import dev.tokencache.migration.LegacyStore.Page;
import dev.tokencache.migration.MigrationStates;
import dev.tokencache.migration.MigrationStates.BackfillLease;
import dev.tokencache.migration.MigrationStates.Shared;
import dev.tokencache.migration.store.BackfillSession.PageProgress;
import dev.tokencache.redis.Time;
import dev.tokencache.token.TokenStore;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The backfill in this instance. While a run is requested and this instance holds the lease, it scans the old store page by
 * page, copies each page, and then saves the progress under the lease. The next lease holder continues after the last saved
 * page. A page may be copied twice; it counts once.
 *
 * <p>Not thread-safe: call {@link #step} only after the previous step has ended.
 */
public final class BackfillWorker {

    private static final Logger LOG = Logger.getLogger(BackfillWorker.class);
    private static final Duration LEASE = Duration.ofSeconds(10);

    /** Much less than the lease, so a few lost replies do not end it. */
    private static final long LEASE_RENEWAL_NANOS = Duration.ofSeconds(1).toNanos();

    /** Other instances have two seconds to read the new phase; until then they do not send new tokens to the cluster. */
    private static final Duration SETTLING = Duration.ofSeconds(3);

    private static final Duration IDLE_DELAY = Duration.ofSeconds(1);

    /** One attempt per second, for longer than a failover takes. After the last one, the token has failed. */
    private static final int MAX_COPY_ATTEMPTS = 30;

    private final String runner = UUID.randomUUID().toString();
    private final MigrationStates states;
    private final BackfillCompletion completion;
    private final LegacyStore legacy;
    private final PageCopier pageCopier;
    private final Consumer<Shared> observer;
    private final Time time;
    private @Nullable BackfillSession session;

    /**
     * @param cluster must leave traces of expiries
     * @param expiryImporter makes a token of the same cluster permanently inactive, unless it was issued again since;
     *     idempotent
     * @param observer receives the shared state at least every two seconds; must not block
     */
    public BackfillWorker(
            TokenStore cluster,
            Function<LegacyExpiry.OfToken, Uni<Void>> expiryImporter,
            LegacyStore legacy,
            MigrationStates states,
            Consumer<Shared> observer,
            Time time) {
        this.states = states;
        this.completion = new BackfillCompletion(states, time.clock());
        this.legacy = legacy;
        this.pageCopier = new PageCopier(new TokenCopier(cluster), expiryImporter);
        this.observer = observer;
        this.time = time;
    }

    /**
     * Runs one step after the other, until the process ends.
     *
     * @param eventLoop runs each task after the present one
     */
    public void start(Executor eventLoop) {
        eventLoop.execute(() -> step().subscribe().with(delay -> {
            if (delay.isZero()) {
                start(eventLoop);
            } else {
                time.schedule(delay, () -> start(eventLoop));
            }
        }));
    }

    /** Runs the next step. Returns the delay before the one after it; never fails. */
    Uni<Duration> step() {
        return Uni.createFrom().deferred(this::next).onFailure().recoverWithItem(this::failed);
    }

    /** Discards the session; the lease expires on its own. The next step reads everything again. */
    private Duration failed(Throwable failure) {
        LOG.debugf("Backfill step failed, will be repeated; cause=%s", failure);
        session = null;
        return IDLE_DELAY;
    }

    private Uni<Duration> next() {
        BackfillSession held = session;
        if (held == null) {
            return begin();
        }
        return time.nanoTime() - held.renewedAtNanos >= LEASE_RENEWAL_NANOS ? renewLease(held) : scanPage(held);
    }

    private Uni<Shared> read() {
        return states.read().invoke(observer);
    }

    private static boolean isRequested(Shared shared) {
        return shared.backfill().status() == Status.RUNNING
                && shared.state().phase().allowsCopies();
    }

    private boolean isSettled(Shared shared) {
        long mirroredSince = shared.state().mirroredSinceMillis().orElse(0);
        return time.clock().millis() - mirroredSince >= SETTLING.toMillis();
    }

    private Uni<Duration> begin() {
        return read().chain(shared -> isRequested(shared) && isSettled(shared)
                ? states.acquire(runner, LEASE)
                        .chain(lease -> lease.isPresent() ? begin(lease.get()) : after(IDLE_DELAY))
                : after(IDLE_DELAY));
    }

    /** Reads the progress under the lease: the previous holder may have advanced it since the last read. */
    private Uni<Duration> begin(BackfillLease lease) {
        return Uni.combine().all().unis(read(), legacy.masters()).with((shared, masters) -> {
            BackfillProgress progress = shared.backfill();
            boolean isNew = progress.cursors().isEmpty();
            session = new BackfillSession(
                    lease,
                    masters,
                    isNew ? progress.withEstimate(keys(masters)) : progress,
                    new RateLimiter(time),
                    time.nanoTime());
            LOG.infof(
                    "Backfill started on this instance; run=%d fencing_token=%d", progress.run(), lease.fencingToken());
            return Duration.ZERO;
        });
    }

    private static long keys(List<Master> masters) {
        return masters.stream().mapToLong(Master::keys).sum();
    }

    /** Renews the lease, and reads the limit and whether the run is still requested. */
    private Uni<Duration> renewLease(BackfillSession held) {
        return Uni.combine()
                .all()
                .unis(states.acquire(runner, LEASE), read())
                .asTuple()
                .chain(known -> {
                    Shared shared = known.getItem2();
                    boolean isHeld = known.getItem1().equals(Optional.of(held.lease));
                    boolean isSameRun = shared.backfill().run() == held.progress.run();
                    if (!isHeld || !isSameRun || !isRequested(shared)) {
                        return end(held);
                    }
                    held.rateLimiter.limit(shared.backfill().keysPerSecond());
                    held.renewedAtNanos = time.nanoTime();
                    return after(Duration.ZERO);
                });
    }

    private Uni<Duration> end(BackfillSession held) {
        session = null;
        LOG.infof("Backfill ended on this instance; run=%d", held.progress.run());
        return states.release(held.lease).replaceWith(IDLE_DELAY);
    }

    private Uni<Duration> scanPage(BackfillSession held) {
        PageProgress current = held.page;
        if (current != null) {
            return copy(held, current);
        }
        Duration delay = held.rateLimiter.delay();
        if (!delay.isZero()) {
            return after(delay);
        }
        return held.unfinished()
                .map(master -> page(held, master).chain(page -> {
                    held.rateLimiter.scanned(page.scanned());
                    return copy(held, PageProgress.of(master, page));
                }))
                .orElseGet(() -> finish(held));
    }

    private Uni<Page> page(BackfillSession held, Master master) {
        return held.takeAhead(master)
                .map(page -> Uni.createFrom().item(page))
                .orElseGet(() -> legacy.scan(master.name(), held.cursor(master), held.rateLimiter.pageSize()));
    }

    private Uni<Duration> copy(BackfillSession held, PageProgress current) {
        return Uni.combine()
                .all()
                .unis(pageCopier.copy(current.open(), current.openExpiries()), readAhead(held, current))
                .asTuple()
                .chain(done -> {
                    PageProgress tried = current.after(done.getItem1());
                    if (!tried.isDone() && tried.attempts() < MAX_COPY_ATTEMPTS) {
                        held.page = tried;
                        return after(IDLE_DELAY);
                    }
                    return advance(held, tried);
                });
    }

    /** Reads the next page while this one is copied. A failure is ignored: the page is read again when it is needed. */
    private Uni<Void> readAhead(BackfillSession held, PageProgress current) {
        Page page = current.page();
        if (page.isLast() || held.ahead != null) {
            return Uni.createFrom().voidItem();
        }
        return legacy.scan(current.master().name(), page.cursor(), held.rateLimiter.pageSize())
                .invoke(next -> held.ahead = new BackfillSession.Ahead(current.master(), page.cursor(), next))
                .onFailure()
                .recoverWithNull()
                .replaceWithVoid();
    }

    private Uni<Duration> advance(BackfillSession held, PageProgress current) {
        BackfillProgress next = held.progress.advanced(current.master().name(), current.cursor(), current.allCounts());
        return states.advance(held.lease, next).chain(isSaved -> {
            if (!isSaved) {
                return end(held);
            }
            held.progress = next;
            held.page = null;
            return after(held.rateLimiter.delay());
        });
    }

    /** Reads the list of masters again, since there may be new ones, and completes the run if all are scanned. */
    private Uni<Duration> finish(BackfillSession held) {
        return legacy.masters().chain(masters -> {
            held.masters = masters;
            return held.unfinished().isPresent()
                    ? after(Duration.ZERO)
                    : completion.complete(held.progress, held.lease).chain(() -> end(held));
        });
    }

    private static Uni<Duration> after(Duration delay) {
        return Uni.createFrom().item(delay);
    }
}
