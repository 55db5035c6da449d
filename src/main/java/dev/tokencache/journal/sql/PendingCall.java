package dev.tokencache.journal.sql;

import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A call that waits for a thread of the journal. Its caller hears of it on the Vert.x context that it called on, if any. */
final class PendingCall<T> {

    private final UniEmitter<? super T> caller;
    private final @Nullable Context context;
    private volatile boolean abandoned;

    private PendingCall(UniEmitter<? super T> caller) {
        this.caller = caller;
        this.context = Vertx.currentContext();
        caller.onTermination(() -> abandoned = true);
    }

    /** @param start hands the call to a thread, or fails it */
    static <T> Uni<T> call(Consumer<PendingCall<T>> start) {
        return Uni.createFrom().emitter(caller -> start.accept(new PendingCall<>(caller)));
    }

    /** Whether nobody waits any more. */
    boolean isAbandoned() {
        return abandoned;
    }

    void complete(@Nullable T answer) {
        onContext(() -> caller.complete(answer));
    }

    void fail(StoreUnavailableException failure) {
        onContext(() -> caller.fail(failure));
    }

    private void onContext(Runnable answer) {
        if (context == null) {
            answer.run();
        } else {
            context.runOnContext(here -> answer.run());
        }
    }
}
