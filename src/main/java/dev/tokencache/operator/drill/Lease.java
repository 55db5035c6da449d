package dev.tokencache.operator.drill;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The right to run a drill in the cluster, extended while the drill runs. */
final class Lease {

    private static final Duration RENEWAL = Duration.ofSeconds(1);
    /** Longer after a failure: a call may take seconds. */
    private static final Duration RETRY = Duration.ofSeconds(10);
    /** Less than the lease lasts. */
    private static final Duration MARGIN = Duration.ofSeconds(45);

    private final Records records;
    private final String id;
    private final Supplier<String> state;
    private final Pace pace;
    private long renewedNanos;
    private long triedNanos;

    /** Takes the lease. Throws {@link Gate.Refused} if another drill has it. */
    Lease(Records records, String id, Supplier<String> state, Pace pace) {
        this.records = records;
        this.id = id;
        this.state = state;
        this.pace = pace;
        Optional<String> running = records.acquire(id, state.get());
        if (running.isPresent()) {
            throw new Gate.Refused(List.of("lease: another drill is running, " + named(running.get())));
        }
        renewedNanos = pace.nanos();
        triedNanos = renewedNanos;
    }

    private static String named(String state) {
        return DrillState.parse(state)
                .map(other -> other.id() + " of the caller " + other.by())
                .orElse("of another version");
    }

    /** Renews it each second. Throws {@link DrillRun.Ended} if it is lost, or a caller has asked for the end of the drill. */
    void renew() {
        long now = pace.nanos();
        boolean hasFailed = triedNanos != renewedNanos;
        if (now - triedNanos < (hasFailed ? RETRY : RENEWAL).toNanos()) {
            return;
        }
        triedNanos = now;
        try {
            if (records.acquire(id, state.get()).isPresent()) {
                throw new DrillRun.Ended(false, "another drill has taken the lease");
            }
            renewedNanos = now;
            records.abortedBy(id).ifPresent(caller -> {
                throw new DrillRun.Ended(false, "stopped by the caller " + caller);
            });
        } catch (Nodes.Failure failure) {
            // The shard of the lease may just fail over.
            if (now - renewedNanos > MARGIN.toNanos()) {
                throw new DrillRun.Ended(false, "the lease cannot be renewed: " + failure.getMessage());
            }
        }
    }
}
