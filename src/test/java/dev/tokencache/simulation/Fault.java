package dev.tokencache.simulation;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * A fault that begins, lasts for a while and ends.
 *
 * @param recovery how long everything needs afterwards before the next fault may begin
 * @param isPlanned whether callers must not notice it
 * @param end ends it; repeated until it returns true
 */
record Fault(
        String name, Duration duration, Duration recovery, boolean isPlanned, Runnable begin, BooleanSupplier end) {

    /** Until a failover is over and a restarted node has its data again. */
    private static final Duration CLUSTER_RECOVERY = Duration.ofSeconds(20);

    private static final Duration SERVICE_RECOVERY = Duration.ofSeconds(2);

    /** A fault after which nodes may have other roles, or must get their data again. */
    static Fault ofCluster(String name, Duration duration, Runnable begin, Runnable end) {
        return ofCluster(name, duration, begin, () -> {
            end.run();
            return true;
        });
    }

    static Fault ofCluster(String name, Duration duration, Runnable begin, BooleanSupplier end) {
        return new Fault(name, duration, CLUSTER_RECOVERY, false, begin, end);
    }

    /** A change of the cluster that callers must not notice. */
    static Fault planned(String name, Duration duration, Runnable begin, BooleanSupplier end) {
        return new Fault(name, duration, CLUSTER_RECOVERY, true, begin, end);
    }

    /** A fault that does not concern the nodes among themselves. */
    static Fault ofService(String name, Duration duration, Runnable begin, Runnable end) {
        return new Fault(name, duration, SERVICE_RECOVERY, false, begin, () -> {
            end.run();
            return true;
        });
    }
}
