package dev.tokencache.migration;

import io.smallrye.mutiny.Uni;

/** Imports expiries of another store into the cluster. */
@FunctionalInterface
public interface ExpiryImporter {

    /**
     * Makes a token permanently inactive, unless it was issued again since. Idempotent; fails with {@link
     * dev.tokencache.token.StoreUnavailableException} when its outcome is unknown.
     */
    Uni<Void> expire(LegacyExpiry.OfToken expiry);
}
