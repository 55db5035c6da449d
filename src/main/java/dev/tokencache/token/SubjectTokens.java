package dev.tokencache.token;

import dev.tokencache.token.Paging.Position;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A page of the tokens of one subject: its not-before time in milliseconds since the epoch, up to which tokens are
 * inactive, the active tokens, oldest first, and where the next page begins, empty if this is the last.
 */
public record SubjectTokens(OptionalLong notBeforeMillis, List<Token> tokens, Optional<Position> next) {

    public SubjectTokens {
        tokens = List.copyOf(tokens);
    }

    public SubjectTokens(OptionalLong notBeforeMillis, List<Token> tokens) {
        this(notBeforeMillis, tokens, Optional.empty());
    }
}
