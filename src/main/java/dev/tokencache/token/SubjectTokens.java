package dev.tokencache.token;

import java.util.List;
import java.util.OptionalLong;

/**
 * The tokens of one subject.
 *
 * @param notBeforeMillis the subject's not-before time, in milliseconds since the epoch: tokens issued at or before it are
 *     inactive
 * @param tokens the active tokens, oldest first
 */
public record SubjectTokens(OptionalLong notBeforeMillis, List<Token> tokens) {

    public SubjectTokens {
        tokens = List.copyOf(tokens);
    }
}
