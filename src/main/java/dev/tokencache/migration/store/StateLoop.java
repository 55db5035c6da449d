package dev.tokencache.migration.store;

import dev.tokencache.migration.Evidence;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.MigrationStates;
import dev.tokencache.redis.Time;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Reads the state and adds the evidence of this instance to the shared counts, twice a second until the process ends. */
public final class StateLoop {

    private static final Logger LOG = Logger.getLogger(StateLoop.class);
    private static final Duration PERIOD = Duration.ofMillis(500);

    private final MigrationStates states;
    private final KnownState known;
    private final EvidenceCollector evidence;
    private final String source = UUID.randomUUID().toString();
    private final Supplier<? extends Set<?>> masters;
    private final Time time;
    private final AtomicBoolean inFlight = new AtomicBoolean();
    private Set<?> mastersSeen = Set.of();
    private long publishedMisses;
    private Addition pending = new Addition(-1, 0, Evidence.NONE);

    /** Evidence to add; repeated under its sequence number until the cluster confirms it. */
    private record Addition(long window, long sequence, Evidence seen) {}

    /** @param masters an identity for each master of the cluster; empty while none are known */
    public StateLoop(
            MigrationStates states,
            KnownState known,
            EvidenceCollector evidence,
            Supplier<? extends Set<?>> masters,
            Time time) {
        this.states = states;
        this.known = known;
        this.evidence = evidence;
        this.masters = masters;
        this.time = time;
    }

    public void start() {
        round();
        time.scheduleEvery(PERIOD, this::round);
    }

    private void round() {
        if (inFlight.compareAndSet(false, true)) {
            BestEffort.run(once().eventually(() -> inFlight.set(false)));
        }
    }

    /** Runs one round: reads the state, then publishes misses and evidence. */
    Uni<Void> once() {
        return states.read()
                .invoke(shared -> observe(shared.state()))
                .invoke(this::detectLostMaster)
                .call(shared -> publishMisses(shared.state()))
                .chain(shared -> add())
                .replaceWithVoid();
    }

    private void observe(MigrationState read) {
        if (known.observe(read)) {
            LOG.debugf("Migration state ignored: it is older than the known one; version=%d", read.version());
        }
    }

    /** A failover loses the writes that the old master had not replicated yet, copies and new tokens alike. */
    private void detectLostMaster() {
        Set<?> present = Set.copyOf(masters.get());
        if (present.isEmpty()) {
            return;
        }
        if (!present.containsAll(mastersSeen)) {
            evidence.missed();
        }
        mastersSeen = present;
    }

    /** Restarts the mirroring after misses; otherwise a backfill that has already passed those tokens would count as complete. */
    private Uni<Void> publishMisses(MigrationState read) {
        long misses = evidence.misses();
        if (misses == publishedMisses) {
            return Uni.createFrom().voidItem();
        }
        if (!read.phase().allowsCopies()) {
            // Mirroring starts again later, or is over.
            publishedMisses = misses;
            return Uni.createFrom().voidItem();
        }
        return states.compareAndSet(read.mirroringRestarted(time.clock().millis()))
                .invoke(isSet -> {
                    if (isSet) {
                        LOG.warnf(
                                "Cluster missed tokens or lost a master: another backfill is needed; times=%d",
                                misses - publishedMisses);
                        publishedMisses = misses;
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
