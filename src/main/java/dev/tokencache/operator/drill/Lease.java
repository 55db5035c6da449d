package dev.tokencache.operator.drill;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The right to run a drill in the cluster, extended while the drill runs. */
final class Lease {

    private static final Duration RENEWAL = Duration.ofSeconds(10);
    /** Less than the lease lasts. */
    private static final Duration MARGIN = Duration.ofSeconds(45);

    private final Records records;
    private final String id;
    private final Supplier<String> status;
    private final Pace pace;
    private long renewedNanos;
    private long triedNanos;

    /** Takes the lease. Throws {@link Gate.Refused} if another drill has it. */
    Lease(Records records, String id, Supplier<String> status, Pace pace) {
        this.records = records;
        this.id = id;
        this.status = status;
        this.pace = pace;
        Optional<String> running = records.acquire(id, status.get());
        if (running.isPresent()) {
            throw new Gate.Refused(List.of("lease: another drill is running: " + running.get()));
        }
        renewedNanos = pace.nanos();
        triedNanos = renewedNanos;
    }

    /** Renews it if it is time for that. Throws {@link DrillRun.Ended} if it is lost. */
    void renew() {
        long now = pace.nanos();
        if (now - triedNanos < RENEWAL.toNanos()) {
            return;
        }
        triedNanos = now;
        try {
            if (records.acquire(id, status.get()).isPresent()) {
                throw new DrillRun.Ended(false, "another drill has taken the lease");
            }
            renewedNanos = now;
        } catch (Nodes.Failure failure) {
            // The shard of the lease may just fail over.
            if (now - renewedNanos > MARGIN.toNanos()) {
                throw new DrillRun.Ended(false, "the lease cannot be renewed: " + failure.getMessage());
            }
        }
    }
}
