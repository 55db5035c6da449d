package dev.tokencache.ops;

import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Collects garbage while nobody asks for anything. A large heap, which holds its tokens in memory on purpose, takes long to collect, and so is
 * collected seldom. Not thread-safe.
 */
final class IdleCollections {

    /** Of all time, at most one part of so many is spent: who comes back meanwhile hardly ever meets a pause. */
    private static final long SHARE = 1000;

    private final DoubleSupplier calls;
    private final Runnable collection;
    private final LongSupplier nanos;

    private double seen;
    private long notBefore;

    /**
     * None are made yet.
     *
     * @param calls how many there were in all
     * @param collection one, which ends when it is done
     * @param nanos a clock that only goes forward, in nanoseconds
     */
    IdleCollections(DoubleSupplier calls, Runnable collection, LongSupplier nanos) {
        this.calls = calls;
        this.collection = collection;
        this.nanos = nanos;
        this.notBefore = nanos.getAsLong();
    }

    /** Makes one if nobody has called since the last look, and there is time for it. */
    void look() {
        double before = seen;
        seen = calls.getAsDouble();
        long start = nanos.getAsLong();
        if (seen == before && start - notBefore >= 0) {
            collection.run();
            notBefore = start + SHARE * (nanos.getAsLong() - start);
        }
    }
}
