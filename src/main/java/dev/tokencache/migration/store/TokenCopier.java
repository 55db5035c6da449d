package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyToken;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;

/**
 * Takes a live token of the old store to the cluster. A copy is a create: it never overwrites a live record, so it undoes no
 * renewal and extends no end; the trace of an expiry and a mark refuse it, so it undoes no logout, however late it comes. It can be repeated
 * without harm.
 */
public final class TokenCopier {

    /** What became of a copy. */
    public enum Outcome {
        /** The token is in the cluster now. */
        COPIED,
        /** The cluster has a live record already, or another creation of the same string is just under way. */
        PRESENT,
        /** It was expired, by itself or with its subject, whatever the old store says. */
        REFUSED
    }

    private final TokenStore cluster;

    /** @param cluster must leave traces of expiries */
    public TokenCopier(TokenStore cluster) {
        this.cluster = cluster;
    }

    /**
     * Copies, and tells what was there already from what is new. Fails with {@link StoreUnavailableException}, also while another
     * creation of the same string is under way.
     */
    public Uni<Outcome> copy(LegacyToken token) {
        return cluster.read(token.locator()).chain(verdict -> {
            if (isPresent(verdict)) {
                return Uni.createFrom().item(Outcome.PRESENT);
            }
            return verdict instanceof Verdict.Inactive
                    ? copyMissing(token).call(outcome -> confirm(token, outcome))
                    : Uni.createFrom().failure(new StoreUnavailableException("the cluster could not be asked"));
        });
    }

    /** What a replica knows, its master may not have any more. */
    private static boolean isPresent(Verdict verdict) {
        return verdict instanceof Verdict.Active active && active.basis() == Verdict.Basis.CURRENT;
    }

    /** A creation that is under way may never be finished: what is present can be read. */
    private Uni<Void> confirm(LegacyToken token, Outcome outcome) {
        if (outcome != Outcome.PRESENT) {
            return Uni.createFrom().voidItem();
        }
        return cluster.read(token.locator())
                .invoke(verdict -> {
                    if (!isPresent(verdict)) {
                        throw new StoreUnavailableException("another creation has not come to its end");
                    }
                })
                .replaceWithVoid();
    }

    /** As {@link #copy}, of a token that the cluster did not know a moment ago: one question less. */
    public Uni<Outcome> copyMissing(LegacyToken token) {
        return cluster.create(token.copy()).map(TokenCopier::outcome);
    }

    private static Outcome outcome(Creation creation) {
        if (creation instanceof Creation.Created) {
            return Outcome.COPIED;
        }
        return creation instanceof Creation.Taken ? Outcome.PRESENT : Outcome.REFUSED;
    }
}
