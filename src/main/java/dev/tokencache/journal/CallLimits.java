package dev.tokencache.journal;

import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
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

    /** Limits a call that reads the journal first. */
    <T> Uni<T> limitCall(Uni<T> call) {
        return limit(call, this.call);
    }

    /** Limits the journal's part of a call, after the store gave up. */
    <T> Uni<T> limitJournal(Uni<T> call) {
        return limit(call, this.call.minus(store));
    }

    private static <T> Uni<T> limit(Uni<T> call, Duration limit) {
        return call.ifNoItem()
                .after(limit)
                .failWith(() -> new StoreUnavailableException("the journal did not reply in time"));
    }
}
