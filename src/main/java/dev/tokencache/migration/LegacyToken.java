package dev.tokencache.migration;

import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.NewToken;

/**
 * A live token as the old store has it. Holds no token string.
 *
 * @param token its record; it ends not later than it does there
 * @param isForeign whether another system made the string
 */
public record LegacyToken(Token token, boolean isForeign) {

    /** One for all copies, so that a repeated copy is the same creation. */
    private static final String COPY_NONCE = "legacy";

    /** Where the cluster has to look for it. */
    public TokenLocator locator() {
        return isForeign ? new TokenLocator.Foreign(token.id().hash()) : new TokenLocator.ById(token.id());
    }

    /** The token as it is to be created in the cluster. */
    public NewToken copy() {
        return new NewToken(token, isForeign ? COPY_NONCE : null);
    }
}
