package dev.tokencache.redis;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.util.function.Supplier;

public final class Futures {

    private Futures() {}

    /** A Uni that starts the call on each subscription, and ends as its future does. */
    public static <T> Uni<T> toUni(Supplier<Future<T>> call) {
        return Uni.createFrom().emitter(emitter -> call.get().onComplete(done -> {
            if (done.succeeded()) {
                emitter.complete(done.result());
            } else {
                emitter.fail(done.cause());
            }
        }));
    }
}
