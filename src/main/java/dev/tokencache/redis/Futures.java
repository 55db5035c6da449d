package dev.tokencache.redis;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Consumer;
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

    /** Limits the time of a call: {@code onTimeout} ends one that takes longer, which is then cancelled. */
    public static <T> Uni<T> within(Duration limit, Time time, Uni<T> call, Consumer<UniEmitter<? super T>> onTimeout) {
        return Uni.createFrom().emitter(emitter -> {
            Time.Timer timer = time.schedule(limit, () -> onTimeout.accept(emitter));
            Cancellable running = call.subscribe().with(emitter::complete, emitter::fail);
            emitter.onTermination(() -> {
                timer.cancel();
                running.cancel();
            });
        });
    }
}
