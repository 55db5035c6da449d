package dev.tokencache.migration;

import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import java.util.Optional;
import java.util.function.Supplier;

/** Repeats a read, decide and compare-and-set round that another instance can win. */
public final class CompareAndRetry {

    private CompareAndRetry() {}

    /**
     * Runs rounds until one has a result; it is empty if another instance changed the state in between. Fails with
     * {@link StoreUnavailableException} after that many lost rounds.
     */
    public static <T> Uni<T> run(int attempts, String failureMessage, Supplier<Uni<Optional<T>>> round) {
        return round.get().chain(result -> {
            if (result.isPresent()) {
                return Uni.createFrom().item(result.get());
            }
            return attempts > 1
                    ? run(attempts - 1, failureMessage, round)
                    : Uni.createFrom().failure(new StoreUnavailableException(failureMessage));
        });
    }
}
