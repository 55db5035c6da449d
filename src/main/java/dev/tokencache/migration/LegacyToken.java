package dev.tokencache.migration;

import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.NewToken;
import org.jspecify.annotations.Nullable;

/**
 * A live token as the old store has it. Holds no token string.
 *
 * @param token its record; it ends not later than it does there
 * @param foreignNonce null for a string of ours; of one that another system made, what tells its creation, where the old
 *     store knows it, so that whatever comes late of that creation finds it in the cluster too
 */
public record LegacyToken(Token token, @Nullable String foreignNonce) {

    /** One for all copies of which no creation is known, so that a repeated copy is the same creation. */
    private static final String COPY_NONCE = "legacy";

    /** A token of which no creation is known. */
    public LegacyToken(Token token, boolean isForeign) {
        this(token, isForeign ? COPY_NONCE : null);
    }

    /** Where the cluster has to look for it. */
    public TokenLocator locator() {
        return foreignNonce == null
                ? new TokenLocator.ById(token.id())
                : new TokenLocator.Foreign(token.id().hash());
    }

    /** The token as it is to be created in the cluster. */
    public NewToken copy() {
        return new NewToken(token, foreignNonce);
    }
}
