package dev.tokencache.journal;

import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;

/**
 * How long a call may take, and who gets which part of that.
 *
 * @param call the longest that a call may take in all
 * @param store the part of it that the store behind the journal uses up itself before it gives up
 */
public record CallLimits(Duration call, Duration store) {

    /** The store's part of a call, in fourths. */
    private static final int STORE = 3;

    public CallLimits {
        if (store.compareTo(call) >= 0) {
            throw new IllegalArgumentException("there must be time left for the journal");
        }
    }

    /** The usual parts of a call. */
    public static CallLimits of(Duration call) {
        return new CallLimits(call, call.multipliedBy(STORE).dividedBy(STORE + 1));
    }

    /** A call that asks the journal first. */
    <T> Uni<T> call(Uni<T> whole) {
        return within(whole, call);
    }

    /** What the journal is asked after the store gave up. */
    <T> Uni<T> journalPart(Uni<T> part) {
        return within(part, call.minus(store));
    }

    private static <T> Uni<T> within(Uni<T> call, Duration limit) {
        return call.ifNoItem()
                .after(limit)
                .failWith(() -> new StoreUnavailableException("the journal did not answer in time"));
    }
}
