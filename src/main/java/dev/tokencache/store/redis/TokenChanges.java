package dev.tokencache.store.redis;

import dev.tokencache.redis.Deadline;
import dev.tokencache.token.Durability;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.TokenStore.Restoration;
import dev.tokencache.token.Verdict;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Changes tokens: reads a record, decides, and replaces it unless it changed in between. A change of a foreign token needs
 * its owner, which is never read from a replica.
 */
record TokenChanges(
        SubjectHashes subjects,
        ForeignPointers pointers,
        ForeignCreation foreignCreation,
        IdleTimeouts idleTimeouts,
        Clock clock) {

    /** How often to read and replace a record that changes in between. */
    private static final int ATTEMPTS = 3;

    Future<Creation> create(NewToken created, Deadline deadline) {
        String foreignNonce = created.foreignNonce();
        return foreignNonce != null
                ? foreignCreation.create(created, foreignNonce, deadline)
                : subjects.createOnce(created, deadline);
    }

    /** @param touched the record as the store returned it, with a validation that it may not have */
    Future<Boolean> touch(Token touched, Deadline deadline) {
        return retryChanged(ATTEMPTS, () -> touchOnce(touched, deadline));
    }

    /** Empty if the record changed meanwhile. A record that went with its idle timeout is stored again. */
    private Future<Optional<Boolean>> touchOnce(Token touched, Deadline deadline) {
        return subjects.findNow(touched.id(), deadline).compose(found -> {
            if (!(found.verdict(touched, clock.millis()) instanceof Verdict.Active active)) {
                return Future.succeededFuture(Optional.of(false));
            }
            if (found.record() == null) {
                return subjects.createOnce(new NewToken(touched, null), deadline)
                        .map(created -> Optional.of(true));
            }
            return subjects.touch(found, active.token(), deadline)
                    .map(reply -> RedisCommands.number(reply) == 1 ? Optional.of(true) : Optional.empty());
        });
    }

    Future<Restoration> restore(NewToken restored, Deadline deadline) {
        return retryChanged(ATTEMPTS, () -> restoreOnce(restored, deadline));
    }

    private Future<Optional<Restoration>> restoreOnce(NewToken restored, Deadline deadline) {
        return create(restored, deadline).compose(creation -> {
            if (creation instanceof Creation.Created created) {
                return subjects.findNow(restored.token().id(), deadline)
                        .compose(found -> replaceRecord(restored.token(), found, deadline))
                        .map(replaced -> replaced.map(durability ->
                                Restoration.of(created.durability().and(durability))));
            }
            return creation instanceof Creation.Taken
                    ? replaceEarlierIssue(restored, deadline)
                    : Future.succeededFuture(Optional.of(Restoration.EXPIRED));
        });
    }

    /** "Expire all but this token" issues it again. If that was journaled, the store may have the earlier issue. */
    private Future<Optional<Restoration>> replaceEarlierIssue(NewToken restored, Deadline deadline) {
        Token token = restored.token();
        return pointers.isCreatedBy(restored, deadline)
                .compose(isSameToken -> isSameToken
                        ? subjects.findNow(token.id(), deadline)
                                .compose(found -> found.token()
                                                .filter(present -> present.issuedAtMillis() < token.issuedAtMillis())
                                                .isPresent()
                                        ? replaceRecord(token, found, deadline)
                                                .map(replaced -> replaced.map(Restoration::of))
                                        : Future.succeededFuture(Optional.of(Restoration.TAKEN)))
                        : Future.succeededFuture(Optional.of(Restoration.TAKEN)));
    }

    /**
     * Replaces a record, which renewals and validations may have changed. Keeps its last validation. An
     * equal record is written, too: replicas confirm only what a call writes, and they may lack an earlier call's write. The
     * record of a token that has ended may already be missing again.
     */
    private Future<Optional<Durability>> replaceRecord(Token restored, Found found, Deadline deadline) {
        if (found.record() == null && clock.millis() >= restored.endMillis()) {
            return Future.succeededFuture(Optional.of(Durability.AS_CONFIGURED));
        }
        Token token = found.token()
                .map(present -> restored.touched(present.lastSeenMillis()))
                .orElse(restored);
        return subjects.replace(found, token, deadline);
    }

    /** Repeats a read-and-replace until its result is present: empty means that the record changed in between. */
    private static <T> Future<T> retryChanged(int attempts, Supplier<Future<Optional<T>>> attempt) {
        return attempt.get().compose(result -> {
            if (result.isPresent()) {
                return Future.succeededFuture(result.get());
            }
            return attempts > 1
                    ? retryChanged(attempts - 1, attempt)
                    : Future.failedFuture(new StoreUnavailableException("concurrent changes of the record"));
        });
    }

    Future<Renewal> renew(TokenLocator token, OptionalLong lifetime, Deadline deadline) {
        return token instanceof TokenLocator.ById byId
                ? retryChanged(ATTEMPTS, () -> renewOnce(byId.id(), lifetime, deadline))
                : pointers.ownerOfNow(token.hash(), deadline)
                        .compose(owner -> owner.isPresent()
                                ? renew(owner.get(), token, lifetime, deadline)
                                : Future.succeededFuture(Renewal.NOT_ACTIVE));
    }

    private Future<Renewal> renew(
            ForeignPointers.Owner owner, TokenLocator token, OptionalLong lifetime, Deadline deadline) {
        TokenId id = new TokenId(owner.subject(), token.hash());
        return retryChanged(ATTEMPTS, () -> renewOnce(id, lifetime, deadline))
                .compose(renewal -> renewal instanceof Renewal.Renewed renewed && owner.isReservation()
                        ? pointers.finish(owner, renewed.token(), deadline)
                                .map(finished -> new Renewal.Renewed(
                                        renewed.token(), renewed.durability().and(finished)))
                        : Future.succeededFuture(renewal));
    }

    private Future<Optional<Renewal>> renewOnce(TokenId id, OptionalLong lifetime, Deadline deadline) {
        return subjects.findNow(id, deadline).compose(found -> {
            long now = clock.millis();
            if (!(found.verdict(now) instanceof Verdict.Active active)) {
                return notRenewed(found, deadline);
            }
            Renewal renewal = Renewal.of(active.token(), lifetime, now);
            if (!(renewal instanceof Renewal.Renewed renewed)) {
                return Future.succeededFuture(Optional.of(renewal));
            }
            return subjects.replace(found, renewed.token(), deadline)
                    .map(replaced -> replaced.map(durability -> new Renewal.Renewed(renewed.token(), durability)));
        });
    }

    /** Empty if the record was idle, but is active now. */
    private Future<Optional<Renewal>> notRenewed(Found found, Deadline deadline) {
        return idleTimeouts.verdict(found, false, deadline).compose(verdict -> {
            if (verdict instanceof Verdict.Unknown unknown) {
                return Future.failedFuture(
                        new StoreUnavailableException("it is unknown whether the token is idle", unknown.cause()));
            }
            return Future.succeededFuture(
                    verdict instanceof Verdict.Active ? Optional.empty() : Optional.of(Renewal.NOT_ACTIVE));
        });
    }

    /**
     * Expires a token's record, or stores the expiry if the token has no owner. A foreign token's pointer stays until its TTL
     * ends: without a record it has no effect, and deleting it could hit a concurrent creation with the same string.
     */
    Future<Durability> expire(
            TokenLocator token, long atMillis, Function<TokenId, Future<Durability>> ofRecord, Deadline deadline) {
        return idOfNow(token, deadline)
                .compose(id -> id.isPresent()
                        ? ofRecord.apply(id.get())
                        : pointers.expire(token.hash(), atMillis, deadline)
                                // A concurrent creation or copy has set an owner.
                                .compose(noted -> noted.owner().isPresent()
                                        ? ofRecord.apply(
                                                new TokenId(noted.owner().get(), token.hash()))
                                        : Future.succeededFuture(noted.durability())));
    }

    Future<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before, Deadline deadline) {
        return retryChanged(ATTEMPTS, () -> expireOthers(kept, before.orElse(clock.millis()), before, deadline));
    }

    /** Empty if the kept record changed meanwhile. Repeats with the latest issue, as {@link SubjectHashes#expireAll} does. */
    private Future<Optional<SubjectNotBefore>> expireOthers(
            TokenId kept, long notBeforeMillis, OptionalLong before, Deadline deadline) {
        return subjects.findNow(kept, deadline).compose(found -> {
            Optional<Token> reissued = found.verdict(clock.millis()) instanceof Verdict.Active active
                    ? Optional.of(active.token().issuedAfter(notBeforeMillis)).filter(TokenChanges::canBeRenewed)
                    : Optional.empty();
            if (reissued.isEmpty()) {
                return subjects.expireAll(kept.tag(), before, deadline).map(Optional::of);
            }
            return subjects.expireOthers(found, reissued.get(), notBeforeMillis, deadline)
                    .compose(reply ->
                            reply.isPresent() && before.isEmpty() && reply.get().hasLaterIssue()
                                    ? expireOthers(kept, reply.get().latestIssueMillis(), before, deadline)
                                    : Future.succeededFuture(reply));
        });
    }

    /** Not if it was issued again after its maximum expiry, because another token's clock is far ahead. */
    private static boolean canBeRenewed(Token reissued) {
        return reissued.issuedAt() < reissued.renewableUntil();
    }

    /** The id of a token to change, or empty if it is a foreign token without an owner. Never read from a replica. */
    private Future<Optional<TokenId>> idOfNow(TokenLocator token, Deadline deadline) {
        if (token instanceof TokenLocator.ById byId) {
            return Future.succeededFuture(Optional.of(byId.id()));
        }
        return pointers.ownerOfNow(token.hash(), deadline)
                .map(owner -> owner.map(known -> new TokenId(known.subject(), token.hash())));
    }
}
