package dev.tokencache.migration.legacy;

import dev.tokencache.redis.Futures;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.util.function.Supplier;

/** Makes calls of the port of what is done with Vert.x futures. */
final class LegacyOperation {

    private LegacyOperation() {}

    /** Whatever goes wrong, the outcome is unknown. No message of the client gets out of here: it can hold an address. */
    static <T> Uni<T> run(Supplier<Future<T>> call) {
        return Futures.toUni(call)
                .onFailure(failure -> !(failure instanceof StoreUnavailableException))
                .transform(failure -> new StoreUnavailableException("the old store could not be asked", failure));
    }
}
