package dev.tokencache.journal;

import dev.tokencache.token.Token;
import dev.tokencache.token.TokenStore.NewToken;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A token's record as it should be in Redis: created, renewed or validated while Redis was away.
 *
 * @param token the record
 * @param foreignNonce see {@link NewToken}; null for a token of ours
 * @param version tells this state of the record from every other
 */
public record JournaledRecord(Token token, @Nullable String foreignNonce, long version) {

    /** Whether another system made the token string, so that it can be issued anew after it was expired. */
    public boolean isForeign() {
        return foreignNonce != null;
    }

    /** As the port takes it. */
    NewToken asNewToken() {
        return new NewToken(token, foreignNonce);
    }

    /** Whether it is of this very creation, whatever has become of it since. */
    boolean isOf(NewToken created) {
        return isForeign()
                ? Objects.equals(foreignNonce, created.foreignNonce())
                : !created.isForeign() && created.token().isSameIssue(token);
    }

    /** Whether an expiry at a moment (ms) made it void: of a token of ours any, of a foreign one its later issue goes on. */
    boolean isVoidedBy(long expiredAtMillis) {
        return expiredAtMillis != JournaledState.NEVER && (!isForeign() || token.issuedAtMillis() <= expiredAtMillis);
    }
}
