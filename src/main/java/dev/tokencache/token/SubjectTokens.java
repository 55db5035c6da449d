package dev.tokencache.token;

import dev.tokencache.token.Paging.Position;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A page of the tokens of one subject.
 *
 * @param notBeforeMillis the subject's not-before time, in milliseconds since the epoch: tokens issued at or before it are
 *     inactive
 * @param tokens the active tokens, oldest first
 * @param next where the next page begins; empty if this is the last
 */
public record SubjectTokens(OptionalLong notBeforeMillis, List<Token> tokens, Optional<Position> next) {

    public SubjectTokens {
        tokens = List.copyOf(tokens);
    }

    /** The only page. */
    public SubjectTokens(OptionalLong notBeforeMillis, List<Token> tokens) {
        this(notBeforeMillis, tokens, Optional.empty());
    }
}
