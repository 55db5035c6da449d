package dev.tokencache.simulation;

import dev.tokencache.token.Verdict;
import org.jspecify.annotations.Nullable;

/** A validation of one token. Until it ends, and unless it finds the token inactive, it may restart the idle timeout. */
final class Validation {

    private final String instance;
    private final long startedAt;
    private final long earliestExp;
    private long endedAt;
    private @Nullable Verdict verdict;

    /** @param earliestExp the earliest {@code exp} that the token can have at the start, in seconds since the epoch */
    Validation(String instance, long startedAt, long earliestExp) {
        this.instance = instance;
        this.startedAt = startedAt;
        this.earliestExp = earliestExp;
        this.endedAt = startedAt + Expiry.LONGEST_WRITE;
    }

    /** The process that made it. */
    String instance() {
        return instance;
    }

    long startedAt() {
        return startedAt;
    }

    long earliestExp() {
        return earliestExp;
    }

    void end(Verdict found, long now) {
        verdict = found;
        endedAt = now;
    }

    boolean isActive() {
        return verdict instanceof Verdict.Active;
    }

    /** The latest moment that it may have recorded, or {@code Long.MIN_VALUE} for none. */
    long latestRecorded() {
        return verdict instanceof Verdict.Inactive ? Long.MIN_VALUE : endedAt;
    }
}
