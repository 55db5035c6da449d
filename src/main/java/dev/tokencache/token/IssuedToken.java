package dev.tokencache.token;

import java.util.List;

/** A new token: its string, for the caller alone, its record, and those expired to keep to the maximum. */
public record IssuedToken(TokenString string, Token token, Durability durability, List<TokenId> evicted) {

    public IssuedToken {
        evicted = List.copyOf(evicted);
    }

    public IssuedToken(TokenString string, Token token, Durability durability) {
        this(string, token, durability, List.of());
    }

    IssuedToken as(TokenStore.Creation.Created created) {
        return new IssuedToken(string, token, created.durability(), created.evicted());
    }
}
