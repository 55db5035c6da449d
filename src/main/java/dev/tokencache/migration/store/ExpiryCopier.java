package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.token.TokenStore;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;

/** Copies expiries and not-before times, before the tokens: no expired token is restored. Thread-safe. */
record ExpiryCopier(TokenStore cluster, Function<LegacyExpiry.OfToken, Uni<Void>> expiryImporter) {

    private static final int MAX_CONCURRENT = 64;

    /** Tries each one once. Never fails; returns those for which the cluster did not reply. */
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
                .deferred(() -> write(expiry))
                .replaceWith(List.<LegacyExpiry>of())
                .onFailure()
                .recoverWithItem(List.of(expiry));
    }

    private Uni<?> write(LegacyExpiry expiry) {
        if (expiry instanceof LegacyExpiry.OfSubject subject) {
            return cluster.expireSubject(subject.subject(), OptionalLong.of(subject.notBeforeMillis()));
        }
        return expiryImporter.apply((LegacyExpiry.OfToken) expiry);
    }
}
