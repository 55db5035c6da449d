package dev.tokencache.migration;

import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.NewToken;
import org.jspecify.annotations.Nullable;

/**
 * A live token of the old store, without its string; it expires no later than there. {@code foreignNonce} is null for
 * our own strings, else the nonce of the creation if the old store knows it, so that a late retry of that creation also
 * finds the token in the cluster.
 */
public record LegacyToken(Token token, @Nullable String foreignNonce) {

    /** The nonce of all copies whose creation is unknown: a repeated copy counts as the same creation. */
    public static final String COPY_NONCE = "legacy";

    /** A token whose creation is unknown. */
    public LegacyToken(Token token, boolean isForeign) {
        this(token, isForeign ? COPY_NONCE : null);
    }

    public TokenLocator locator() {
        return foreignNonce == null
                ? new TokenLocator.ById(token.id())
                : new TokenLocator.Foreign(token.id().hash());
    }

    public NewToken copy() {
        return new NewToken(token, foreignNonce);
    }
}
