package dev.tokencache.token;

import java.util.List;

/**
 * A new token: its string, a secret for the caller alone, its record, and the tokens of the subject that were expired
 * to stay within the maximum.
 */
public record IssuedToken(TokenString string, Token token, Durability durability, List<TokenId> evicted) {

    public IssuedToken {
        evicted = List.copyOf(evicted);
    }

    /** A token that ended no other one. */
    public IssuedToken(TokenString string, Token token, Durability durability) {
        this(string, token, durability, List.of());
    }

    IssuedToken as(TokenStore.Creation.Created created) {
        return new IssuedToken(string, token, created.durability(), created.evicted());
    }
}
