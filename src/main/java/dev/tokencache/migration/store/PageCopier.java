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

    private enum Fate {
        COPIED,
        PRESENT,
        REFUSED,
        /** The cluster did not reply; the next attempt may succeed. */
        OPEN,
        /** No attempt can succeed. */
        FAILED
    }

    private record Try(LegacyToken token, Fate fate) {}

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
                .map(PageCopier::result);
    }

    private Uni<Try> copy(LegacyToken token) {
        return Uni.createFrom()
                .deferred(() -> copier.copy(token))
                .map(PageCopier::fate)
                .onFailure()
                .recoverWithItem(failure -> fate(token, failure))
                .map(fate -> new Try(token, fate));
    }

    private static Fate fate(TokenCopier.Outcome outcome) {
        return switch (outcome) {
            case COPIED -> Fate.COPIED;
            case PRESENT -> Fate.PRESENT;
            case REFUSED -> Fate.REFUSED;
        };
    }

    private static Fate fate(LegacyToken token, Throwable failure) {
        if (failure instanceof StoreUnavailableException) {
            return Fate.OPEN;
        }
        LOG.warnf(
                "Token cannot be copied; jti=%s cause=%s",
                token.token().id(), failure.getClass().getSimpleName());
        return Fate.FAILED;
    }

    private static Result result(List<Try> tries) {
        Counts counts = new Counts(
                tries.size() - count(tries, Fate.OPEN),
                count(tries, Fate.COPIED),
                count(tries, Fate.PRESENT),
                count(tries, Fate.REFUSED),
                count(tries, Fate.FAILED));
        return new Result(
                counts,
                tries.stream()
                        .filter(tried -> tried.fate() == Fate.OPEN)
                        .map(Try::token)
                        .toList(),
                List.of());
    }

    private static long count(List<Try> tries, Fate fate) {
        return tries.stream().filter(tried -> tried.fate() == fate).count();
    }
}
