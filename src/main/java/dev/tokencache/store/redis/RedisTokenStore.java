package dev.tokencache.store.redis;

import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.Futures;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.token.Durability;
import dev.tokencache.token.Paging;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TouchableTokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A token store in a Redis Cluster. A validation is one {@code HMGET} to one node. A foreign token needs a {@code GET} first,
 * to find its subject.
 *
 * <p>Validations are the hot path, so this class uses Vert.x futures and adapts them to {@link Uni} only at the end. Each call
 * has one deadline for all its commands.
 */
public final class RedisTokenStore implements TouchableTokenStore {

    /** How often to read and replace a record that changes in between. */
    private static final int REPLACE_ATTEMPTS = 3;

    private final RedisRouter router;
    private final SubjectHashes subjects;
    private final IdleTimeouts idleTimeouts;
    private final SubjectListing listing;
    private final ForeignPointers pointers;
    private final ForeignCreation foreignCreation;
    private final Duration timeout;
    private final Clock clock;
    private final Consumer<Verdict> replicaVerdicts;

    /** @param replicaVerdicts receives each verdict read from a replica, for metrics */
    public RedisTokenStore(
            RedisRouter router, RedisStoreSettings settings, Clock clock, Consumer<Verdict> replicaVerdicts) {
        this(router, settings, clock, replicaVerdicts, touched -> {});
    }

    /** @param missedTouches receives each token with a validation that could not be recorded; must not block */
    public RedisTokenStore(
            RedisRouter router,
            RedisStoreSettings settings,
            Clock clock,
            Consumer<Verdict> replicaVerdicts,
            Consumer<Token> missedTouches) {
        this.router = router;
        RedisCommands commands = new RedisCommands(router);
        this.subjects = new SubjectHashes(commands, settings, clock);
        this.listing = new SubjectListing(commands, settings.keys(), clock);
        this.pointers = new ForeignPointers(commands, settings, clock);
        this.foreignCreation = new ForeignCreation(subjects, pointers, settings.maxTtl(), clock);
        this.timeout = settings.timeout();
        this.clock = clock;
        this.idleTimeouts = new IdleTimeouts(new IdleRecords(settings.keys()), clock, missedTouches);
        this.replicaVerdicts = replicaVerdicts;
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        return uni(deadline -> verdict(token, true, deadline));
    }

    @Override
    public Uni<List<Verdict>> validateAll(List<TokenLocator> tokens) {
        return uni(deadline -> {
            List<Future<Verdict>> reads = new ArrayList<>(tokens.size());
            for (TokenLocator token : tokens) {
                reads.add(verdict(token, true, deadline));
            }
            return Future.join(reads)
                    .map(done -> reads.stream().map(Future::result).toList());
        });
    }

    @Override
    public Uni<Verdict> read(TokenLocator token) {
        return uni(deadline -> verdict(token, false, deadline));
    }

    /** Never fails: on any error the verdict is unknown. */
    private Future<Verdict> verdict(TokenLocator token, boolean isValidation, Deadline deadline) {
        if (token instanceof TokenLocator.ById byId) {
            return verdict(byId.id(), isValidation, deadline).otherwise(RedisTokenStore::unknown);
        }
        return pointers.ownerOf(token.hash(), deadline)
                .compose(owner -> owner.isPresent()
                        ? verdict(owner.get(), token, isValidation, deadline)
                        : Future.succeededFuture(Verdict.INACTIVE))
                .otherwise(RedisTokenStore::unknown);
    }

    private Future<Verdict> verdict(
            ForeignPointers.Owner owner, TokenLocator token, boolean isValidation, Deadline deadline) {
        Future<Verdict> verdict = verdict(new TokenId(owner.subject(), token.hash()), isValidation, deadline);
        if (owner.isFromReplica()) {
            return verdict.map(RedisTokenStore::ofReplicasPointer);
        }
        return owner.isReservation() ? verdict.compose(found -> committed(owner, found, deadline)) : verdict;
    }

    /** Commits the reservation of an active token, so that the pointer does not expire. A replica's record is not enough. */
    private Future<Verdict> committed(ForeignPointers.Owner owner, Verdict verdict, Deadline deadline) {
        return verdict instanceof Verdict.Active active && active.basis() != Verdict.Basis.REPLICA
                ? pointers.finish(owner, active.token(), deadline).map(verdict)
                : Future.succeededFuture(verdict);
    }

    /** A replica's pointer may be outdated, so an inactive verdict found through it is unknown. */
    private static Verdict ofReplicasPointer(Verdict verdict) {
        return verdict instanceof Verdict.Inactive
                ? new Verdict.Unknown(new StoreUnavailableException("only a replica returned the owner of the token"))
                : SubjectHashes.onReplica(verdict);
    }

    private Future<Verdict> verdict(TokenId id, boolean isValidation, Deadline deadline) {
        return subjects.find(id, deadline).compose(found -> {
            Future<Verdict> verdict = verdict(found, isValidation, deadline);
            return isValidation && found.isFromReplica() ? verdict.onSuccess(replicaVerdicts::accept) : verdict;
        });
    }

    private Future<Verdict> verdict(SubjectHashes.Found found, boolean isValidation, Deadline deadline) {
        long now = clock.millis();
        Verdict verdict = found.verdict(now);
        if (verdict instanceof Verdict.Active active) {
            if (isValidation && active.token().isTouchDue(now)) {
                idleTimeouts.validated(found, active.token());
            }
        } else if (verdict instanceof Verdict.Inactive) {
            Optional<Token> idle = found.token().filter(token -> token.isOnlyIdle(now, found.notBeforeMillis()));
            if (idle.isPresent()) {
                return idleTimeouts.verdict(found, idle.get(), isValidation, deadline);
            }
        }
        return Future.succeededFuture(verdict);
    }

    @Override
    public Uni<Verdict> read(Token touched) {
        return uni(deadline -> subjects.find(touched.id(), deadline)
                .map(found -> found.verdict(touched, clock.millis()))
                .otherwise(RedisTokenStore::unknown));
    }

    @Override
    public Uni<Void> touch(Token touched) {
        return write(deadline -> retryChanged(REPLACE_ATTEMPTS, () -> touch(touched, deadline)))
                .replaceWithVoid();
    }

    /** Empty if the record changed meanwhile. A record that went with its idle timeout is stored again. */
    private Future<Optional<Boolean>> touch(Token touched, Deadline deadline) {
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

    private final class IdleRecords implements IdleTimeouts.Records {

        private final RedisKeys keys;

        private IdleRecords(RedisKeys keys) {
            this.keys = keys;
        }

        @Override
        public Future<Boolean> replace(SubjectHashes.Found read, Token token, Deadline deadline) {
            return subjects.touch(read, token, deadline).map(reply -> RedisCommands.number(reply) == 1);
        }

        @Override
        public Future<SubjectHashes.Found> read(TokenId id, Deadline deadline) {
            return subjects.findNow(id, deadline);
        }

        @Override
        public Object shardOf(TokenId id) {
            Endpoint master = router.master(keys.subject(id.tag()));
            return master == null ? "none" : master;
        }

        @Override
        public Deadline deadline() {
            return router.deadline(timeout);
        }
    }

    private static Verdict unknown(Throwable cause) {
        return new Verdict.Unknown(cause);
    }

    @Override
    public Uni<Creation> create(NewToken created) {
        return write(deadline -> create(created, deadline));
    }

    private Future<Creation> create(NewToken created, Deadline deadline) {
        String foreignNonce = created.foreignNonce();
        return foreignNonce != null
                ? foreignCreation.create(created, foreignNonce, deadline)
                : subjects.createOnce(created, deadline);
    }

    @Override
    public Uni<Restoration> restore(NewToken token) {
        return write(deadline -> retryChanged(REPLACE_ATTEMPTS, () -> restore(token, deadline)));
    }

    private Future<Optional<Restoration>> restore(NewToken restored, Deadline deadline) {
        return create(restored, deadline).compose(creation -> {
            if (!(creation instanceof Creation.Created)) {
                return Future.succeededFuture(
                        Optional.of(creation instanceof Creation.Taken ? Restoration.TAKEN : Restoration.EXPIRED));
            }
            Durability created = ((Creation.Created) creation).durability();
            return subjects.findNow(restored.token().id(), deadline)
                    .compose(found -> replaceSameIssue(restored.token(), found, deadline))
                    .map(replaced -> replaced.map(durability -> restored(created.and(durability))));
        });
    }

    private static Restoration restored(Durability durability) {
        return durability == Durability.AS_CONFIGURED ? Restoration.RESTORED : Restoration.UNDER_REPLICATED;
    }

    /**
     * Replaces a record of the same issue, which renewals and validations may have changed. Keeps its last validation. An
     * equal record is written, too: replicas confirm only what a call writes, and they may lack an earlier call's write.
     */
    private Future<Optional<Durability>> replaceSameIssue(
            Token restored, SubjectHashes.Found found, Deadline deadline) {
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

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return write(deadline -> token instanceof TokenLocator.ById byId
                ? retryChanged(REPLACE_ATTEMPTS, () -> renew(byId.id(), lifetime, deadline))
                : pointers.ownerOfNow(token.hash(), deadline)
                        .compose(owner -> owner.isPresent()
                                ? renew(owner.get(), token, lifetime, deadline)
                                : Future.succeededFuture(Renewal.NOT_ACTIVE)));
    }

    private Future<Renewal> renew(
            ForeignPointers.Owner owner, TokenLocator token, OptionalLong lifetime, Deadline deadline) {
        TokenId id = new TokenId(owner.subject(), token.hash());
        return retryChanged(REPLACE_ATTEMPTS, () -> renew(id, lifetime, deadline))
                .compose(renewal -> renewal instanceof Renewal.Renewed renewed && owner.isReservation()
                        ? pointers.finish(owner, renewed.token(), deadline)
                                .map(finished -> new Renewal.Renewed(
                                        renewed.token(), renewed.durability().and(finished)))
                        : Future.succeededFuture(renewal));
    }

    private Future<Optional<Renewal>> renew(TokenId id, OptionalLong lifetime, Deadline deadline) {
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
    private Future<Optional<Renewal>> notRenewed(SubjectHashes.Found found, Deadline deadline) {
        return verdict(found, false, deadline).compose(verdict -> {
            if (verdict instanceof Verdict.Unknown unknown) {
                return Future.failedFuture(
                        new StoreUnavailableException("it is unknown whether the token is idle", unknown.cause()));
            }
            return Future.succeededFuture(
                    verdict instanceof Verdict.Active ? Optional.empty() : Optional.of(Renewal.NOT_ACTIVE));
        });
    }

    @Override
    public Uni<Durability> expire(TokenLocator token, long atMillis) {
        return write(deadline -> expire(token, atMillis, id -> subjects.expire(id, atMillis, deadline), deadline));
    }

    /**
     * Imports the expiry of a token from another store (times in milliseconds since the epoch), unless the token was
     * issued again since. Idempotent. Fails with {@link StoreUnavailableException} if the outcome is unknown.
     */
    public Uni<Void> importExpiry(TokenLocator token, long atMillis, long untilMillis) {
        return write(deadline -> expire(
                        token, atMillis, id -> subjects.expirePast(id, atMillis, untilMillis, deadline), deadline))
                .replaceWithVoid();
    }

    /**
     * Expires a token's record, or stores the expiry if the token has no owner. A foreign token's pointer stays until its TTL
     * ends: without a record it has no effect, and deleting it could hit a concurrent creation with the same string.
     */
    private Future<Durability> expire(
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

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        return write(deadline -> subjects.expireAll(subject, before, deadline));
    }

    @Override
    public Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        return write(deadline -> retryChanged(
                REPLACE_ATTEMPTS, () -> expireOthers(kept, before.orElse(clock.millis()), before, deadline)));
    }

    /** Empty if the kept record changed meanwhile. Repeats with the latest issue, as {@link SubjectHashes#expireAll} does. */
    private Future<Optional<SubjectNotBefore>> expireOthers(
            TokenId kept, long notBeforeMillis, OptionalLong before, Deadline deadline) {
        return subjects.findNow(kept, deadline).compose(found -> {
            Optional<Token> reissued = found.verdict(clock.millis()) instanceof Verdict.Active active
                    ? Optional.of(active.token().issuedAfter(notBeforeMillis)).filter(RedisTokenStore::canBeRenewed)
                    : Optional.empty();
            if (reissued.isEmpty()) {
                return subjects.expireAll(kept.tag(), before, deadline).map(Optional::of);
            }
            return subjects.expireOthers(found, reissued.get(), notBeforeMillis, deadline)
                    .compose(reply ->
                            reply.isPresent() && before.isEmpty() && reply.get().hasLaterIssue()
                                    ? expireOthers(kept, reply.get().latestIssueMillis(), before, deadline)
                                    : Future.succeededFuture(reply.map(SubjectHashes.NotBeforeReply::notBefore)));
        });
    }

    /** Not if it was issued again after its maximum expiry, because another token's clock is far ahead. */
    private static boolean canBeRenewed(Token reissued) {
        return reissued.issuedAt() < reissued.renewableUntil();
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag subject, Paging paging) {
        Context context = Vertx.currentContext();
        Uni<SubjectTokens> page = write(deadline -> listing.page(subject, paging, deadline));
        // The listing before may end on another event loop.
        return context == null ? page : page.emitOn(task -> context.runOnContext(resumed -> task.run()));
    }

    /** The id of a token to change, or empty if it is a foreign token without an owner. Never read from a replica. */
    private Future<Optional<TokenId>> idOfNow(TokenLocator token, Deadline deadline) {
        if (token instanceof TokenLocator.ById byId) {
            return Future.succeededFuture(Optional.of(byId.id()));
        }
        return pointers.ownerOfNow(token.hash(), deadline)
                .map(owner -> owner.map(known -> new TokenId(known.subject(), token.hash())));
    }

    /** Reports any failure as an unknown outcome. */
    private <T> Uni<T> write(Function<Deadline, Future<T>> call) {
        return uni(deadline -> call.apply(deadline)
                .recover(failure -> Future.failedFuture(
                        failure instanceof StoreUnavailableException
                                ? failure
                                : new StoreUnavailableException("Redis unreachable", failure))));
    }

    private <T> Uni<T> uni(Function<Deadline, Future<T>> call) {
        return Futures.toUni(() -> call.apply(router.deadline(timeout)));
    }
}
