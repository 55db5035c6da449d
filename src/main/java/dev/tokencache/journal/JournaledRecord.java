package dev.tokencache.journal;

import dev.tokencache.token.Token;
import dev.tokencache.token.TokenStore.NewToken;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A token's record as Redis should have it, written while Redis was unreachable. {@code foreignNonce} is null for a
 * token that this service issued; {@code version} identifies this state.
 */
public record JournaledRecord(Token token, @Nullable String foreignNonce, long version) {

    /** Whether another system made the token string, which can then be issued again after an expiry. */
    public boolean isForeign() {
        return foreignNonce != null;
    }

    NewToken toNewToken() {
        return new NewToken(token, foreignNonce);
    }

    /** Whether this is the former record with a later validation. */
    public boolean isValidationOf(JournaledRecord former) {
        return former.token().touched(token.lastSeenMillis()).equals(token);
    }

    /** Whether this create made the record, whatever changed in it since. */
    boolean isCreatedBy(NewToken created) {
        return isForeign()
                ? Objects.equals(foreignNonce, created.foreignNonce())
                : !created.isForeign() && created.token().isSameIssue(token);
    }

    /**
     * Whether an expiry at this time (milliseconds) makes the record inactive. Any expiry does for a token that this service
     * issued. A foreign token issued again after the expiry stays active.
     */
    boolean isExpiredBy(long expiredAtMillis) {
        return expiredAtMillis != JournaledState.NEVER && (!isForeign() || token.issuedAtMillis() <= expiredAtMillis);
    }
}
