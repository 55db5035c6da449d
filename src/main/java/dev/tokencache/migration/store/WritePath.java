package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.MigrationPhase.Step;
import dev.tokencache.migration.MigrationState;
import dev.tokencache.migration.RenewalUntil;
import dev.tokencache.migration.Side;
import dev.tokencache.token.Durability;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Writes to both sides, before {@code done}. A call fails unless each required side acknowledges it. */
record WritePath(TokenStore cluster, LegacyStore legacy, TokenCopier copier, CallRecorder recorder, Clock clock) {

    /** How often a renewal is repeated after a concurrent copy. */
    private static final int ATTEMPTS = 3;

    /**
     * Writes to the old store first: while it is in use, it decides whether a string is taken. The maximum number of tokens
     * applies to the old store until {@code dual}, then to the cluster; tokens that end by it end on both sides.
     */
    Uni<Creation> create(NewToken token, MigrationState state) {
        boolean isLegacyFirst = state.phase().is(Step.LEGACY) || state.phase().is(Step.MIRROR);
        NewToken inLegacy = isLegacyFirst ? token : token.withMaxTokens(NewToken.UNLIMITED);
        return writeLegacy(state, legacy.create(inLegacy)).chain(creation -> {
            if (!(creation instanceof Creation.Created created) || state.phase().is(Step.LEGACY)) {
                return Uni.createFrom().item(creation);
            }
            if (state.phase().is(Step.MIRROR)) {
                recorder.mirror(state, mirror(token.withMaxTokens(NewToken.UNLIMITED), created.evicted()));
                return Uni.createFrom().item(creation);
            }
            return writeCluster(state, cluster.create(token.plain()))
                    .onFailure()
                    .call(failure -> legacy.undo(token).onFailure().recoverWithNull())
                    .chain(kept -> kept instanceof Creation.Created inCluster
                            ? evictInLegacy(inCluster.evicted(), state).replaceWith(kept)
                            : writeLegacy(state, legacy.undo(token)).replaceWith(kept));
        });
    }

    private Uni<Creation> mirror(NewToken token, List<TokenId> evicted) {
        return cluster.create(token.plain())
                .call(() -> inTurn(evicted, id -> cluster.expire(new TokenLocator.ById(id), clock.millis())
                        .replaceWithVoid()));
    }

    private Uni<Void> evictInLegacy(List<TokenId> evicted, MigrationState state) {
        return inTurn(evicted, id -> writeLegacy(state, legacy.expire(new TokenLocator.ById(id), clock.millis())));
    }

    private static Uni<Void> inTurn(List<TokenId> ids, Function<TokenId, Uni<Void>> call) {
        Uni<Void> all = Uni.createFrom().voidItem();
        for (TokenId id : ids) {
            all = all.chain(() -> call.apply(id));
        }
        return all;
    }

    Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime, MigrationState state) {
        return ReadPath.isClusterFirst(token, state)
                ? renewInCluster(token, lifetime, state, ATTEMPTS)
                : writeLegacy(state, legacy.renew(token, lifetime))
                        .chain(renewal -> renewal instanceof Renewal.Renewed r
                                ? carryToCluster(token, r.token(), r.token().expiresAt(), state, ATTEMPTS)
                                : Uni.createFrom().item(renewal));
    }

    private Uni<Renewal> renewInCluster(TokenLocator token, OptionalLong lifetime, MigrationState state, int attempts) {
        return writeCluster(state, cluster.renew(token.plain(), lifetime)).chain(renewal -> {
            if (renewal instanceof Renewal.Renewed renewed) {
                return writeLegacy(state, legacy.save(token, renewed.token())).replaceWith(renewal);
            }
            return renewal instanceof Renewal.NotActive
                    ? renewCopied(token, lifetime, state, attempts)
                    : Uni.createFrom().item(renewal);
        });
    }

    /** Copies a token that only the old store has, and renews the copy. */
    private Uni<Renewal> renewCopied(TokenLocator token, OptionalLong lifetime, MigrationState state, int attempts) {
        return legacy.find(token).chain(verdict -> {
            if (verdict instanceof Verdict.Unknown unknown) {
                return writeLegacy(state, unavailable("the old store could not be read", unknown.cause()));
            }
            return verdict instanceof Verdict.Active active
                    ? copied(token, active.token(), state)
                            .chain(outcome -> outcome == TokenCopier.Outcome.REFUSED
                                    ? Uni.createFrom().item(Renewal.NOT_ACTIVE)
                                    : attempts > 1
                                            ? renewInCluster(token, lifetime, state, attempts - 1)
                                            : unavailable("another creation of the token is not finished", null))
                    : Uni.createFrom().item(Renewal.NOT_ACTIVE);
        });
    }

    /** Gives the cluster's record the expiry of the old store's, in seconds; the cluster may allow less. */
    private Uni<Renewal> carryToCluster(
            TokenLocator token, Token renewed, long expiresAt, MigrationState state, int attempts) {
        if (attempts == 0) {
            return unavailable("other calls keep changing the record", null);
        }
        return writeCluster(state, new RenewalUntil(cluster, clock).renew(token.plain(), expiresAt))
                .chain(renewal -> {
                    if (renewal instanceof Renewal.NotActive) {
                        return state.phase().allowsCopies()
                                ? copyRenewed(token, renewed, expiresAt, state, attempts)
                                : Uni.createFrom().item(new Renewal.Renewed(renewed));
                    }
                    return renewal instanceof Renewal.Renewed done
                            ? Uni.createFrom().item(new Renewal.Renewed(renewed, done.durability()))
                            : unavailable("other calls keep changing the record", null);
                });
    }

    private Uni<Renewal> copyRenewed(
            TokenLocator token, Token renewed, long expiresAt, MigrationState state, int attempts) {
        return copied(token, renewed, state).chain(outcome -> switch (outcome) {
            // Perhaps as the copy of another instance, with another expiry.
            case COPIED, PRESENT ->
                legacy.find(token)
                        .chain(present -> carryToCluster(
                                token,
                                renewed,
                                present instanceof Verdict.Active active
                                        ? active.token().expiresAt()
                                        : expiresAt,
                                state,
                                attempts - 1));
            case REFUSED -> finishExpiry(token, renewed, state);
        });
    }

    /** Expires the token in the old store too: its expiry had reached only the cluster. */
    private Uni<Renewal> finishExpiry(TokenLocator token, Token renewed, MigrationState state) {
        return writeLegacy(state, legacy.expire(token, renewed.issuedAtMillis()))
                .replaceWith(Renewal.NOT_ACTIVE);
    }

    /** Writes to both sides in parallel: each leaves a trace, so the order does not matter. */
    Uni<Durability> expire(TokenLocator token, long atMillis, MigrationState state) {
        return Uni.combine()
                .all()
                .unis(
                        writeCluster(state, cluster.expire(token.plain(), atMillis)),
                        writeLegacy(state, legacy.expire(token, atMillis)))
                .collectFailures()
                .with((durability, nothing) -> durability);
    }

    Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before, MigrationState state) {
        return expireOnBoth(
                before,
                state,
                at -> cluster.expireSubject(subject, at),
                at -> legacy.expireSubject(subject, at, before.isEmpty()));
    }

    /** Sets the later of both not-before times on both sides: an issuer's clock may be ahead. */
    private Uni<SubjectNotBefore> expireOnBoth(
            OptionalLong before,
            MigrationState state,
            Function<OptionalLong, Uni<SubjectNotBefore>> inCluster,
            LongFunction<Uni<Long>> inLegacy) {
        return writeCluster(state, inCluster.apply(before))
                .chain(notBefore -> writeLegacy(state, inLegacy.apply(notBefore.notBeforeMillis()))
                        .chain(later -> later > notBefore.notBeforeMillis()
                                ? writeCluster(state, inCluster.apply(OptionalLong.of(later)))
                                : Uni.createFrom().item(notBefore)));
    }

    /** As {@link #expireSubject}: each side keeps its own record of the token, so that no later copy is refused. */
    Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before, MigrationState state) {
        return copyKept(new TokenLocator.ById(kept), state)
                .chain(outcome -> outcome == TokenCopier.Outcome.REFUSED
                        ? expireSubject(kept.tag(), before, state)
                        : expireOnBoth(
                                before,
                                state,
                                at -> cluster.expireOthers(kept, at),
                                at -> legacy.expireOthers(kept, at, before.isEmpty())));
    }

    /** The cluster must have the token before its not-before time, which refuses a copy of its earlier issue. */
    private Uni<TokenCopier.Outcome> copyKept(TokenLocator kept, MigrationState state) {
        return legacy.find(kept).chain(verdict -> {
            if (verdict instanceof Verdict.Unknown unknown) {
                return writeLegacy(state, unavailable("the old store could not be read", unknown.cause()));
            }
            return verdict instanceof Verdict.Active active
                    ? copied(kept, active.token(), state)
                    : Uni.createFrom().item(TokenCopier.Outcome.PRESENT);
        });
    }

    private Uni<TokenCopier.Outcome> copied(TokenLocator token, Token inLegacy, MigrationState state) {
        return writeLegacy(state, legacy.original(token, inLegacy))
                .chain(original -> writeCluster(state, copier.copyMissing(original)));
    }

    private static <T> Uni<T> unavailable(String message, @Nullable Throwable cause) {
        return Uni.createFrom().failure(new StoreUnavailableException(message, cause));
    }

    private <T> Uni<T> writeCluster(MigrationState state, Uni<T> write) {
        return recorder.write(Side.CLUSTER, state, write);
    }

    private <T> Uni<T> writeLegacy(MigrationState state, Uni<T> write) {
        return recorder.write(Side.LEGACY, state, write);
    }
}
