package dev.tokencache.store.redis;

import dev.tokencache.redis.Deadline;
import dev.tokencache.token.Token;
import io.vertx.core.Future;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Seals outdated values with the active key after a validation has read them, a few at a time. Thread-safe. */
final class Resealing {

    private static final int MAX_IN_FLIGHT = 32;

    private final SubjectHashes subjects;
    private final Supplier<Deadline> deadline;
    private final AtomicInteger inFlight = new AtomicInteger();

    Resealing(SubjectHashes subjects, Supplier<Deadline> deadline) {
        this.subjects = subjects;
        this.deadline = deadline;
    }

    /** The verdict does not wait for it. What fails or is too much now is sealed after another validation. */
    void reseal(Found found, Token token) {
        if (found.isFromReplica() || inFlight.get() >= MAX_IN_FLIGHT) {
            return;
        }
        inFlight.incrementAndGet();
        Future<?> notBefore = found.notBefore().isOutdated()
                ? subjects.expireAll(found.id().tag(), OptionalLong.of(found.notBeforeMillis()), deadline.get())
                : Future.succeededFuture();
        Future<?> record = found.isOutdated() ? subjects.touch(found, token, deadline.get()) : Future.succeededFuture();
        Future.join(notBefore, record).onComplete(done -> inFlight.decrementAndGet());
    }
}
