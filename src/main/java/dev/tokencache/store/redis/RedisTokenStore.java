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
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A token store in a Redis Cluster. A validation is one {@code HMGET} to one node. A foreign token needs a {@code GET} first,
 * to find its subject.
 *
 * <p>Validations are the hot path, so this class uses Vert.x futures and adapts them to {@link Uni} only at the end. Each call
 * has one deadline for all its commands.
 */
public final class RedisTokenStore implements TouchableTokenStore {

    private final RedisRouter router;
    private final SubjectHashes subjects;
    private final IdleTimeouts idleTimeouts;
    private final SubjectListing listing;
    private final ForeignPointers pointers;
    private final TokenChanges changes;
    private final Resealing resealing;
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
        this.listing = new SubjectListing(commands, settings, clock);
        this.pointers = new ForeignPointers(commands, settings, clock);
        this.timeout = settings.timeout();
        this.clock = clock;
        this.idleTimeouts = new IdleTimeouts(new IdleRecords(settings.keys()), clock, missedTouches);
        ForeignCreation foreignCreation = new ForeignCreation(subjects, pointers, clock);
        this.changes = new TokenChanges(subjects, pointers, foreignCreation, idleTimeouts, clock);
        this.replicaVerdicts = replicaVerdicts;
        this.resealing = new Resealing(subjects, () -> router.deadline(timeout));
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
                : Found.onReplica(verdict);
    }

    private Future<Verdict> verdict(TokenId id, boolean isValidation, Deadline deadline) {
        return subjects.find(id, deadline).compose(found -> {
            Future<Verdict> verdict = idleTimeouts.verdict(found, isValidation, deadline);
            if (found.hasOutdated() && verdict.result() instanceof Verdict.Active active) {
                resealing.reseal(found, active.token());
            }
            return isValidation && found.isFromReplica() ? verdict.onSuccess(replicaVerdicts::accept) : verdict;
        });
    }

    @Override
    public Uni<Verdict> read(Token touched) {
        return uni(deadline -> subjects.find(touched.id(), deadline)
                .map(found -> found.verdict(touched, clock.millis()))
                .otherwise(RedisTokenStore::unknown));
    }

    @Override
    public Uni<Void> touch(Token touched) {
        return write(deadline -> changes.touch(touched, deadline)).replaceWithVoid();
    }

    private final class IdleRecords implements IdleTimeouts.Records {

        private final RedisKeys keys;

        private IdleRecords(RedisKeys keys) {
            this.keys = keys;
        }

        @Override
        public Future<Boolean> replace(Found read, Token token, Deadline deadline) {
            return subjects.touch(read, token, deadline).map(reply -> RedisCommands.number(reply) == 1);
        }

        @Override
        public Future<Found> read(TokenId id, Deadline deadline) {
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
        return write(deadline -> changes.create(created, deadline));
    }

    @Override
    public Uni<Restoration> restore(NewToken token) {
        return write(deadline -> changes.restore(token, deadline));
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return write(deadline -> changes.renew(token, lifetime, deadline));
    }

    @Override
    public Uni<Durability> expire(TokenLocator token, long atMillis) {
        return write(
                deadline -> changes.expire(token, atMillis, id -> subjects.expire(id, atMillis, deadline), deadline));
    }

    /**
     * Imports the expiry of a token from another store (times in milliseconds since the epoch), unless the token was
     * issued again since. Idempotent. Fails with {@link StoreUnavailableException} if the outcome is unknown.
     */
    public Uni<Void> importExpiry(TokenLocator token, long atMillis, long untilMillis) {
        return write(deadline -> changes.expire(
                        token, atMillis, id -> subjects.expirePast(id, atMillis, untilMillis, deadline), deadline))
                .replaceWithVoid();
    }

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        return write(deadline -> subjects.expireAll(subject, before, deadline));
    }

    @Override
    public Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        return write(deadline -> changes.expireOthers(kept, before, deadline));
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag subject, Paging paging) {
        Context context = Vertx.currentContext();
        Uni<SubjectTokens> page = write(deadline -> listing.page(subject, paging, deadline));
        // The listing before may end on another event loop.
        return context == null ? page : page.emitOn(task -> context.runOnContext(resumed -> task.run()));
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
