package dev.tokencache.journal.sql;

import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A call executed by a thread of the journal. Its result is delivered on the caller's Vert.x context, if it has one. */
final class PendingCall<T> {

    private final UniEmitter<? super T> caller;
    private final @Nullable Context context;
    private volatile boolean abandoned;

    private PendingCall(UniEmitter<? super T> caller) {
        this.caller = caller;
        this.context = Vertx.currentContext();
        caller.onTermination(() -> abandoned = true);
    }

    /** @param start queues the call for a thread, or fails it */
    static <T> Uni<T> call(Consumer<PendingCall<T>> start) {
        return Uni.createFrom().emitter(caller -> start.accept(new PendingCall<>(caller)));
    }

    boolean isAbandoned() {
        return abandoned;
    }

    void complete(@Nullable T result) {
        onContext(() -> caller.complete(result));
    }

    void fail(StoreUnavailableException failure) {
        onContext(() -> caller.fail(failure));
    }

    private void onContext(Runnable completion) {
        if (context == null) {
            completion.run();
        } else {
            context.runOnContext(ignored -> completion.run());
        }
    }
}
