package dev.tokencache.migration.legacy;

import dev.tokencache.redis.Futures;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.util.function.Supplier;

/** Adapts Vert.x futures to calls of the port. */
final class LegacyOperation {

    private LegacyOperation() {}

    /**
     * Any failure means that the outcome is unknown. Messages of the Redis client are not passed on: they can contain
     * an address.
     */
    static <T> Uni<T> run(Supplier<Future<T>> call) {
        return Futures.toUni(call)
                .onFailure(failure -> !(failure instanceof StoreUnavailableException))
                .transform(failure -> new StoreUnavailableException("the old store is unavailable", failure));
    }
}
