package dev.tokencache.store.revocation;

import java.time.Duration;

/**
 * Carries revocations from the instance that makes them to every instance that caches verdicts. The store publishes each
 * revocation together with the change itself. A listener can check at any moment whether it may have missed one.
 * Thread-safe and non-blocking.
 */
public interface RevocationBus {

    /** The listening epoch while a revocation may have been missed or delayed. */
    long UNTRUSTED = 0;

    /**
     * Identifies the current gap-free listening epoch.
     *
     * @return a positive number that stays the same as long as no revocation was missed, or {@link #UNTRUSTED} for the
     *     moment. Verdicts learned in an epoch are valid again if the same number returns
     */
    long listeningEpoch();

    void subscribe(Listener listener);

    /** Publishes a revocation that the store did not: it was journaled, or its outcome is unknown. Best effort. */
    void announce(Revocation revocation);

    /** Receives revocations. Called on one thread at a time; must not block. */
    interface Listener {

        /**
         * Handles a revocation, published {@code age} ago by the clocks of the two instances (never negative). The same
         * one may arrive more than once and must take effect each time, because an apparent repetition can belong to
         * another change; it need not be counted ({@code isFirst}).
         */
        void revoked(Revocation revocation, Duration age, boolean isFirst);
    }
}
