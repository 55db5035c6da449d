package dev.tokencache.ops;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** Collects garbage while the service is idle: the longer a collection takes, the rarer. Not thread-safe. */
final class IdleCollections {

    /** Collections take at most one part in this many of the time, so a request rarely meets a pause. */
    private static final long SHARE = 1000;

    private final DoubleSupplier calls;
    private final Runnable collection;
    private final LongSupplier nanos;
    private double lastCalls;
    private long notBefore;

    /**
     * @param calls the total number of calls so far
     * @param collection collects garbage, and returns when it has finished
     * @param nanos a monotonic clock in nanoseconds
     */
    IdleCollections(DoubleSupplier calls, Runnable collection, LongSupplier nanos) {
        this.calls = calls;
        this.collection = collection;
        this.nanos = nanos;
        this.notBefore = nanos.getAsLong();
    }

    /** Collects if there were no calls since the last check, and the last collection is long enough ago. */
    void check() {
        double before = lastCalls;
        lastCalls = calls.getAsDouble();
        long start = nanos.getAsLong();
        if (lastCalls == before && start - notBefore >= 0) {
            collection.run();
            notBefore = start + SHARE * (nanos.getAsLong() - start);
        }
    }
}
