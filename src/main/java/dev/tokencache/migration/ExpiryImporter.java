package dev.tokencache.migration;

import io.smallrye.mutiny.Uni;

/** Takes expiries into the cluster that happened elsewhere, and earlier. */
@FunctionalInterface
public interface ExpiryImporter {

    /**
     * Makes a token inactive for good, unless it was issued again since. Can be repeated without harm; fails with {@link
     * dev.tokencache.token.StoreUnavailableException} when its outcome is unknown.
     */
    Uni<Void> expire(LegacyExpiry.OfToken expiry);
}
