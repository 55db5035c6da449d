package dev.tokencache.migration.store;

import dev.tokencache.migration.BackfillProgress.Counts;
import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.token.StoreUnavailableException;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Copies the contents of a page: first the expiries and not-before times, then the live tokens, so that no expired token is
 * restored. Thread-safe.
 */
public record PageCopier(TokenCopier copier, Function<LegacyExpiry.OfToken, Uni<Void>> expiryImporter) {

    private static final Logger LOG = Logger.getLogger(PageCopier.class);
    private static final int MAX_CONCURRENT = 128;

    /** The counts of a page, and what the cluster did not reply to; with open expiries, no token is copied. */
    public record Result(Counts counts, List<LegacyToken> open, List<LegacyExpiry> openExpiries) {}

    /** Never fails. */
    public Uni<Result> copy(List<LegacyToken> tokens, List<LegacyExpiry> expiries) {
        return forAll(expiries, MAX_CONCURRENT, this::copy).chain(copied -> {
            List<LegacyExpiry> open = copied.stream().flatMap(Optional::stream).toList();
            return open.isEmpty()
                    ? forAll(tokens, MAX_CONCURRENT, this::copy).map(PageCopier::sum)
                    : Uni.createFrom().item(new Result(Counts.NONE, tokens, open));
        });
    }

    /** Calls for each item, so many at a time. The results are in the order of the replies. */
    static <T, R> Uni<List<R>> forAll(List<T> items, int concurrency, Function<T, Uni<R>> call) {
        return Multi.createFrom()
                .iterable(items)
                .onItem()
                .transformToUni(call::apply)
                .merge(concurrency)
                .collect()
                .asList();
    }

    /** Returns the expiry if the cluster did not reply. */
    private Uni<Optional<LegacyExpiry>> copy(LegacyExpiry expiry) {
        return Uni.createFrom()
                .deferred(() -> write(expiry))
                .replaceWith(Optional.<LegacyExpiry>empty())
                .onFailure()
                .recoverWithItem(Optional.of(expiry));
    }

    private Uni<?> write(LegacyExpiry expiry) {
        return expiry instanceof LegacyExpiry.OfSubject subject
                ? copier.cluster().expireSubject(subject.subject(), OptionalLong.of(subject.notBeforeMillis()))
                : expiryImporter.apply((LegacyExpiry.OfToken) expiry);
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
