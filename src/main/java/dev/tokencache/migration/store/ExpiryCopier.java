package dev.tokencache.migration.store;

import dev.tokencache.migration.ExpiryImporter;
import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.token.TokenStore;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.OptionalLong;

/** Takes to the cluster what the old store keeps against tokens: ahead of the tokens, so that none of them comes back. Thread-safe. */
final class ExpiryCopier {

    private static final int MAX_CONCURRENT = 64;

    private final TokenStore cluster;
    private final ExpiryImporter expiryImporter;

    ExpiryCopier(TokenStore cluster, ExpiryImporter expiryImporter) {
        this.cluster = cluster;
        this.expiryImporter = expiryImporter;
    }

    /** Tries each of them once. Never fails; those are left that the cluster gave no answer for. */
    Uni<List<LegacyExpiry>> copy(List<LegacyExpiry> expiries) {
        return Multi.createFrom()
                .iterable(expiries)
                .onItem()
                .transformToUni(this::copy)
                .merge(MAX_CONCURRENT)
                .onItem()
                .<LegacyExpiry>disjoint()
                .collect()
                .asList();
    }

    private Uni<List<LegacyExpiry>> copy(LegacyExpiry expiry) {
        return Uni.createFrom()
                .deferred(() -> tell(expiry))
                .replaceWith(List.<LegacyExpiry>of())
                .onFailure()
                .recoverWithItem(List.of(expiry));
    }

    private Uni<?> tell(LegacyExpiry expiry) {
        if (expiry instanceof LegacyExpiry.OfSubject subject) {
            return cluster.expireSubject(subject.subject(), OptionalLong.of(subject.notBeforeMillis()));
        }
        return expiryImporter.expire((LegacyExpiry.OfToken) expiry);
    }
}
