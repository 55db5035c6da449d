package dev.tokencache.token;

import java.util.List;
import java.util.OptionalLong;

/**
 * What is kept for one subject.
 *
 * @param notBeforeMillis the subject's mark, milliseconds since the epoch: what was issued up to it is inactive
 * @param tokens the live tokens, oldest first
 */
public record SubjectTokens(OptionalLong notBeforeMillis, List<Token> tokens) {

    public SubjectTokens {
        tokens = List.copyOf(tokens);
    }
}
