package dev.tokencache.store.revocation;

import java.time.Duration;

/**
 * Brings revocations from wherever they are made to wherever verdicts are kept. The store publishes each of them together
 * with the change itself; whoever listens knows at each moment whether it can have missed one. Thread-safe; never blocks.
 */
public interface RevocationBus {

    /** Stands for "a revocation may have been missed, or be late". */
    long NOT_SURE = 0;

    /**
     * Names the unbroken stretch of time in which every revocation was heard.
     *
     * @return a positive number, the same as long as nothing can have been missed; or {@link #NOT_SURE} for now. What was
     *     learnt in a stretch is good again if the bus is sure of the same stretch again
     */
    long listeningEpoch();

    /** Listens from now on. */
    void subscribe(Listener listener);

    /**
     * Publishes a revocation that the store could not publish, since it was kept elsewhere or nobody knows whether it was
     * kept. A best effort: nobody hears of it if it fails.
     */
    void announce(Revocation revocation);

    /** Whoever listens. Called on one thread at a time; must not block. */
    interface Listener {

        /**
         * A revocation was made somewhere. May be told more than once, and must have its effect each time: what looks like a
         * repetition can be of another change.
         *
         * @param age how long ago, by the clocks of the two; never negative
         * @param isFirst false if the same was told a moment ago, so that it need not be counted
         */
        void heard(Revocation revocation, Duration age, boolean isFirst);
    }
}
