package dev.tokencache.migration.store;

import dev.tokencache.migration.Evidence;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.MigrationStates;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Follows the state, and adds what was seen here to the common counts: twice a second, for as long as the process lives. */
public final class StateLoop {

    private static final Logger LOG = Logger.getLogger(StateLoop.class);
    private static final long PERIOD_MILLIS = 500;

    private final MigrationStates states;
    private final KnownState known;
    private final EvidenceCollector evidence;
    private final String source = UUID.randomUUID().toString();
    private final Supplier<? extends Set<?>> masters;
    private final Clock clock;
    private final AtomicBoolean underWay = new AtomicBoolean();

    private Set<?> mastersSeen = Set.of();
    private long missesTold;
    private Addition pending = new Addition(-1, 0, Evidence.NONE);

    /** What is being added; repeated under its sequence until it is known to be done. */
    private record Addition(long window, long sequence, Evidence seen) {}

    /** @param masters what tells the cluster's masters from others; empty while none are known */
    public StateLoop(
            MigrationStates states,
            KnownState known,
            EvidenceCollector evidence,
            Supplier<? extends Set<?>> masters,
            Clock clock) {
        this.states = states;
        this.known = known;
        this.evidence = evidence;
        this.masters = masters;
        this.clock = clock;
    }

    /** Returns at once. */
    public void start(Vertx vertx) {
        round();
        vertx.setPeriodic(PERIOD_MILLIS, fired -> round());
    }

    private void round() {
        if (underWay.compareAndSet(false, true)) {
            Background.run(once().eventually(() -> underWay.set(false)));
        }
    }

    /** One look, and what there is to tell. */
    Uni<Void> once() {
        return states.read()
                .invoke(shared -> observe(shared.state()))
                .invoke(this::noteLostMaster)
                .call(shared -> tellMisses(shared.state()))
                .chain(shared -> add())
                .replaceWithVoid();
    }

    private void observe(MigrationState read) {
        if (known.observe(read)) {
            LOG.debugf("The state of the migration is an older one than was known; version=%d", read.version());
        }
    }

    /** What a master had not given yet to the replica that is in its place now is lost, copies and new tokens alike. */
    private void noteLostMaster() {
        Set<?> present = Set.copyOf(masters.get());
        if (present.isEmpty()) {
            return;
        }
        if (!present.containsAll(mastersSeen)) {
            evidence.missed();
        }
        mastersSeen = present;
    }

    /** Without that, a backfill that was past them already would count as if it had copied them. */
    private Uni<Void> tellMisses(MigrationState read) {
        long misses = evidence.misses();
        if (misses == missesTold) {
            return Uni.createFrom().voidItem();
        }
        if (!read.phase().allowsCopies()) {
            // Mirroring begins anew, or is over.
            missesTold = misses;
            return Uni.createFrom().voidItem();
        }
        return states.compareAndSet(read.mirroredAnew(clock.millis()))
                .invoke(isSet -> {
                    if (isSet) {
                        LOG.warnf(
                                "The cluster has missed tokens, or lost a master, so that another backfill is needed; times=%d",
                                misses - missesTold);
                        missesTold = misses;
                    }
                })
                .replaceWithVoid();
    }

    private Uni<Void> add() {
        long window = known.state().map(MigrationState::window).orElse(-1L);
        if (pending.seen().isNone() || pending.window() != window) {
            pending = new Addition(window, pending.sequence() + 1, evidence.drain(window));
        }
        return pending.seen().isNone()
                ? Uni.createFrom().voidItem()
                : states.add(pending.window(), source, pending.sequence(), pending.seen())
                        .invoke(() -> pending = new Addition(window, pending.sequence(), Evidence.NONE));
    }
}
