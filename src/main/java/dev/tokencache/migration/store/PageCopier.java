package dev.tokencache.migration.store;

import dev.tokencache.migration.BackfillProgress.Counts;
import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.List;
import org.jboss.logging.Logger;

/** Copies the contents of a page: first the expiries and not-before times, then the live tokens. Thread-safe. */
record PageCopier(TokenCopier copier, ExpiryCopier expiryCopier) {

    private static final Logger LOG = Logger.getLogger(PageCopier.class);
    private static final int MAX_CONCURRENT = 128;

    /** The counts of a page, and what the cluster did not reply to; with open expiries, no token is copied. */
    record Result(Counts counts, List<LegacyToken> open, List<LegacyExpiry> openExpiries) {}

    /** Never fails. */
    Uni<Result> copy(List<LegacyToken> tokens, List<LegacyExpiry> expiries) {
        return expiries.isEmpty()
                ? copy(tokens)
                : expiryCopier
                        .copy(expiries)
                        .chain(open -> open.isEmpty()
                                ? copy(tokens)
                                : Uni.createFrom().item(new Result(Counts.NONE, tokens, open)));
    }

    private Uni<Result> copy(List<LegacyToken> tokens) {
        return Multi.createFrom()
                .iterable(tokens)
                .onItem()
                .transformToUni(this::copy)
                .merge(MAX_CONCURRENT)
                .collect()
                .asList()
                .map(PageCopier::sum);
    }

    private static Result sum(List<Result> results) {
        return new Result(
                results.stream().map(Result::counts).reduce(Counts.NONE, Counts::plus),
                results.stream().flatMap(result -> result.open().stream()).toList(),
                List.of());
    }

    private Uni<Result> copy(LegacyToken token) {
        return Uni.createFrom()
                .deferred(() -> copier.copy(token))
                .map(PageCopier::counts)
                .onFailure(failure -> !(failure instanceof StoreUnavailableException))
                .recoverWithItem(failure -> failed(token, failure))
                .map(counts -> new Result(counts, List.of(), List.of()))
                // The cluster did not reply; the next attempt may succeed.
                .onFailure()
                .recoverWithItem(new Result(Counts.NONE, List.of(token), List.of()));
    }

    private static Counts counts(TokenCopier.Outcome outcome) {
        return switch (outcome) {
            case COPIED -> new Counts(1, 1, 0, 0, 0);
            case PRESENT -> new Counts(1, 0, 1, 0, 0);
            case REFUSED -> new Counts(1, 0, 0, 1, 0);
        };
    }

    /** No attempt can succeed. */
    private static Counts failed(LegacyToken token, Throwable failure) {
        LOG.warnf(
                "Token cannot be copied; jti=%s cause=%s",
                token.token().id(), failure.getClass().getSimpleName());
        return new Counts(1, 0, 0, 0, 1);
    }
}
