package dev.tokencache.journal;

import java.time.Duration;

/** The time limit of a call, and the part of it after which the store behind the journal gives up. */
public record CallLimits(Duration call, Duration store) {

    private static final int STORE_QUARTERS = 3;

    public CallLimits {
        if (store.compareTo(call) >= 0) {
            throw new IllegalArgumentException("the store's limit leaves no time for the journal");
        }
    }

    public static CallLimits of(Duration call) {
        return new CallLimits(call, call.multipliedBy(STORE_QUARTERS).dividedBy(4));
    }
}
