package dev.tokencache.migration.store;

import dev.tokencache.migration.Labelled;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;

/**
 * Copies a live token of the old store to the cluster. A copy is a create. It never overwrites a live record, so it
 * undoes no renewal and extends no expiry. The trace of an expiry or a not-before time refuses it, so it undoes no
 * logout, however late it arrives. Idempotent.
 *
 * @param cluster must leave traces of expiries
 */
public record TokenCopier(TokenStore cluster) {

    public enum Outcome implements Labelled {
        /** The token is in the cluster now. */
        COPIED,
        /** The cluster already has a live record, or another creation of the same string is in progress. */
        PRESENT,
        /** The token or its subject was logged out, whatever the old store's record contains. */
        REFUSED
    }

    /** Copies a token that the cluster lacks. Fails also while another creation of the string is in progress. */
    public Uni<Outcome> copy(LegacyToken token) {
        return cluster.read(token.locator()).chain(verdict -> {
            if (isPresent(verdict)) {
                return Uni.createFrom().item(Outcome.PRESENT);
            }
            return verdict instanceof Verdict.Inactive
                    ? copyMissing(token).call(outcome -> confirm(token, outcome))
                    : unreadable();
        });
    }

    /** Only a current verdict counts: a replica may still have a token that its master has lost. */
    private static boolean isPresent(Verdict verdict) {
        return verdict instanceof Verdict.Active active && active.basis() == Verdict.Basis.CURRENT;
    }

    /** Checks that the token can be read: a creation in progress may never be finished. */
    private Uni<Void> confirm(LegacyToken token, Outcome outcome) {
        if (outcome != Outcome.PRESENT) {
            return Uni.createFrom().voidItem();
        }
        return cluster.read(token.locator())
                .invoke(verdict -> {
                    if (!isPresent(verdict)) {
                        throw new StoreUnavailableException("another creation of the token is not finished");
                    }
                })
                .replaceWithVoid();
    }

    /** Copies a token that the cluster has just reported as missing; saves the read of {@link #copy}. */
    public Uni<Outcome> copyMissing(LegacyToken token) {
        return cluster.create(token.copy())
                .chain(creation -> creation instanceof Creation.IssuedTooEarly
                        ? refused(token)
                        : Uni.createFrom()
                                .item(creation instanceof Creation.Created ? Outcome.COPIED : Outcome.PRESENT));
    }

    /** The cluster may have it as of a later issue: "expire all but this token" came after the read of the old store. */
    private Uni<Outcome> refused(LegacyToken token) {
        return cluster.read(token.locator()).chain(verdict -> {
            if (isPresent(verdict)) {
                return Uni.createFrom().item(Outcome.PRESENT);
            }
            return verdict instanceof Verdict.Inactive ? Uni.createFrom().item(Outcome.REFUSED) : unreadable();
        });
    }

    private static <T> Uni<T> unreadable() {
        return Uni.createFrom().failure(new StoreUnavailableException("the cluster could not be read"));
    }
}
