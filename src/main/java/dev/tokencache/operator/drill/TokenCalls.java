package dev.tokencache.operator.drill;

import java.util.concurrent.CompletionStage;

/** The calls of a caller to the service, over HTTP or in its process. A stage never fails. */
public interface TokenCalls {

    enum Status {
        SERVED,
        UNKNOWN,
        /** No response, or none that the API describes. */
        FAILED
    }

    /**
     * @param isActive whether the token is active, after a create or a renewal too
     * @param isReplicated false if the service says that a failure may undo the write
     * @param isStale whether the service says that a revocation may have been missed
     * @param token that was created; else the reason of a failure, or empty
     */
    record Answer(Status status, boolean isActive, boolean isReplicated, boolean isStale, String token) {

        public static Answer without(Status status, String reason) {
            return new Answer(status, false, false, false, reason);
        }
    }

    CompletionStage<Answer> create(String subject);

    CompletionStage<Answer> validate(String token);

    CompletionStage<Answer> renew(String token);

    CompletionStage<Answer> expire(String token);
}
