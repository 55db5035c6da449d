package dev.tokencache.operator.drill;

import java.util.concurrent.CompletionStage;

/** The calls of a caller to the service, over HTTP or in its process. */
@FunctionalInterface
public interface TokenCalls {

    enum Operation {
        CREATE,
        VALIDATE,
        RENEW,
        EXPIRE
    }

    enum Status {
        SERVED,
        UNKNOWN,
        /** No response, or none that the API describes. */
        FAILED
    }

    /**
     * @param isReplicated false if the service says that a failure may undo the write
     * @param isStale whether the service says that a revocation may have been missed
     * @param text the token that was created, or why it was not served
     */
    record Answer(Status status, boolean isActive, boolean isReplicated, boolean isStale, String text) {

        public static Answer without(Status status, String reason) {
            return new Answer(status, false, false, false, reason);
        }
    }

    /**
     * Calls the service. The stage never fails.
     *
     * @param value the subject of a new token, or the token
     */
    CompletionStage<Answer> call(Operation operation, String value);
}
