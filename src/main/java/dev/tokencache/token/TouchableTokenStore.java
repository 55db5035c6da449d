package dev.tokencache.token;

import io.smallrye.mutiny.Uni;

/**
 * A token store that takes validations which it could not record when they happened. A journal saves them meanwhile. In
 * both calls an expiry, a not-before time or a later change of the record wins.
 */
public interface TouchableTokenStore extends TokenStore {

    /**
     * Returns whether a token is active, given a validation that this store may not have. A record that the store no longer
     * has counts as present: it may have gone with its idle timeout. Records nothing, and never fails.
     *
     * @param touched the record as this store returned it, with the validation
     */
    Uni<Verdict> read(Token touched);

    /** Records the validation. Succeeds also if it no longer matters. */
    Uni<Void> touch(Token touched);
}
