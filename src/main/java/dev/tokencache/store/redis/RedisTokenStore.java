package dev.tokencache.store.redis;

import dev.tokencache.redis.Deadline;
import dev.tokencache.redis.Futures;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.token.Durability;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Keeps tokens in Redis. A validation of a token of ours is one {@code HMGET} to one node; one of a foreign token is a
 * {@code GET} before that, since its subject must be found first.
 *
 * <p>Works with Vert.x futures inside and makes a {@link Uni} of them only at the edge: the way of a validation is the
 * hot path of this service. Every call has one deadline, whatever the number of commands it takes.
 */
public final class RedisTokenStore implements TokenStore {

    private static final Logger LOG = Logger.getLogger(RedisTokenStore.class);

    /** How often a change starts anew because the record was changed between its reading and its writing. */
    private static final int REPLACE_ATTEMPTS = 3;

    private final SubjectHashes subjects;
    private final ForeignPointers pointers;
    private final ForeignCreation foreignCreation;
    private final Duration timeout;
    private final Clock clock;
    private final Consumer<Verdict> replicaVerdicts;

    /**
     * A store of tokens.
     *
     * @param router brings commands to Redis
     * @param replicaVerdicts told every verdict that rests on a replica's answer, to be counted
     */
    public RedisTokenStore(
            RedisRouter router, RedisStoreSettings settings, Clock clock, Consumer<Verdict> replicaVerdicts) {
        RedisCommands commands = new RedisCommands(router);
        this.subjects = new SubjectHashes(commands, settings, clock);
        this.pointers = new ForeignPointers(commands, settings, clock);
        this.foreignCreation = new ForeignCreation(subjects, pointers, settings.maxTtl(), clock);
        this.timeout = settings.timeout();
        this.clock = clock;
        this.replicaVerdicts = replicaVerdicts;
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        return uni(deadline -> verdict(token, true, deadline));
    }

    @Override
    public Uni<List<Verdict>> validateAll(List<TokenLocator> tokens) {
        return uni(deadline -> {
            List<Future<Verdict>> asked = new ArrayList<>(tokens.size());
            for (TokenLocator token : tokens) {
                asked.add(verdict(token, true, deadline));
            }
            return Future.join(asked)
                    .map(done -> asked.stream().map(Future::result).toList());
        });
    }

    @Override
    public Uni<Verdict> read(TokenLocator token) {
        return uni(deadline -> verdict(token, false, deadline));
    }

    /** Never fails: whatever goes wrong, the verdict is unknown, not inactive. */
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
        return owner.isClaim() ? verdict.compose(found -> lasting(owner, found, deadline)) : verdict;
    }

    /** What is told to be good must not end with a claim. What a replica knew is not enough to make that last. */
    private Future<Verdict> lasting(ForeignPointers.Owner owner, Verdict verdict, Deadline deadline) {
        return verdict instanceof Verdict.Active active && active.basis() != Verdict.Basis.REPLICA
                ? pointers.finish(owner, active.token(), deadline).map(verdict)
                : Future.succeededFuture(verdict);
    }

    /** A replica's pointer may be an old one: that the token is not good there does not say that it is not good. */
    private static Verdict ofReplicasPointer(Verdict verdict) {
        return verdict instanceof Verdict.Inactive
                ? new Verdict.Unknown(new StoreUnavailableException("only a replica could be asked whose it is"))
                : SubjectHashes.onReplica(verdict);
    }

    private Future<Verdict> verdict(TokenId id, boolean isValidation, Deadline deadline) {
        return subjects.find(id, deadline).map(found -> {
            long now = clock.millis();
            Verdict verdict = found.verdict(now);
            if (!isValidation) {
                return verdict;
            }
            if (found.isFromReplica()) {
                replicaVerdicts.accept(verdict);
            } else if (verdict instanceof Verdict.Active active
                    && active.token().isTouchDue(now)) {
                touch(found, active.token().touched(now));
            }
            return verdict;
        });
    }

    /** The verdict does not wait for this, and does not change if it fails: the next validation tries again. */
    private void touch(SubjectHashes.Found found, Token touched) {
        subjects.touch(found, touched, Deadline.in(timeout))
                .onFailure(failure -> LOG.debugf("Touch not written; jti=%s cause=%s", touched.id(), failure));
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
        return write(deadline -> restore(token, deadline, REPLACE_ATTEMPTS));
    }

    private Future<Restoration> restore(NewToken kept, Deadline deadline, int attempts) {
        Token token = kept.token();
        return create(kept, deadline).compose(creation -> {
            if (!(creation instanceof Creation.Created)) {
                return Future.succeededFuture(
                        creation instanceof Creation.Taken ? Restoration.TAKEN : Restoration.EXPIRED);
            }
            return subjects.findNow(token.id(), deadline).compose(found -> replaceBy(kept, found, deadline, attempts));
        });
    }

    /** The same issue is there, but renewals and validations may have made another record of it. */
    private Future<Restoration> replaceBy(NewToken kept, SubjectHashes.Found found, Deadline deadline, int attempts) {
        Token token = found.token()
                .map(present -> kept.token().touched(present.lastSeenMillis()))
                .orElse(kept.token());
        if (found.token().map(token::equals).orElse(false)) {
            return Future.succeededFuture(Restoration.RESTORED);
        }
        return subjects.replace(found, token, deadline).compose(replaced -> {
            if (replaced.isPresent()) {
                return Future.succeededFuture(Restoration.RESTORED);
            }
            return attempts > 1
                    ? restore(kept, deadline, attempts - 1)
                    : Future.failedFuture(new StoreUnavailableException("the record changes again and again"));
        });
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return write(deadline -> token instanceof TokenLocator.ById byId
                ? renew(byId.id(), lifetime, deadline, REPLACE_ATTEMPTS)
                : pointers.ownerOfNow(token.hash(), deadline)
                        .compose(owner -> owner.isPresent()
                                ? renew(owner.get(), token, lifetime, deadline)
                                : Future.succeededFuture(Renewal.NOT_ACTIVE)));
    }

    private Future<Renewal> renew(
            ForeignPointers.Owner owner, TokenLocator token, OptionalLong lifetime, Deadline deadline) {
        return renew(new TokenId(owner.subject(), token.hash()), lifetime, deadline, REPLACE_ATTEMPTS)
                .compose(renewal -> renewal instanceof Renewal.Renewed renewed && owner.isClaim()
                        ? pointers.finish(owner, renewed.token(), deadline)
                                .map(finished -> new Renewal.Renewed(
                                        renewed.token(), renewed.durability().and(finished)))
                        : Future.succeededFuture(renewal));
    }

    private Future<Renewal> renew(TokenId id, OptionalLong lifetime, Deadline deadline, int attempts) {
        return subjects.findNow(id, deadline).compose(found -> {
            long now = clock.millis();
            if (!(found.verdict(now) instanceof Verdict.Active active)) {
                return Future.succeededFuture(Renewal.NOT_ACTIVE);
            }
            Renewal renewal = Renewal.of(active.token(), lifetime, now);
            if (!(renewal instanceof Renewal.Renewed renewed)) {
                return Future.succeededFuture(renewal);
            }
            return subjects.replace(found, renewed.token(), deadline).compose(replaced -> {
                if (replaced.isPresent()) {
                    return Future.succeededFuture(new Renewal.Renewed(renewed.token(), replaced.get()));
                }
                return attempts > 1
                        ? renew(id, lifetime, deadline, attempts - 1)
                        : Future.failedFuture(new StoreUnavailableException("the record changes again and again"));
            });
        });
    }

    @Override
    public Uni<Durability> expire(TokenLocator token, long atMillis) {
        return write(deadline -> expire(token, atMillis, id -> subjects.expire(id, atMillis, deadline), deadline));
    }

    /**
     * Makes a token inactive permanently that was expired earlier and elsewhere, unless it was issued again since. Idempotent.
     * Fails with {@link StoreUnavailableException} when its outcome is unknown.
     *
     * @param atMillis when it was expired, milliseconds since the epoch
     * @param untilMillis until when the expiry must be known, milliseconds since the epoch
     */
    public Uni<Void> importExpiry(TokenLocator token, long atMillis, long untilMillis) {
        return write(deadline -> expire(
                        token, atMillis, id -> subjects.expirePast(id, atMillis, untilMillis, deadline), deadline))
                .replaceWithVoid();
    }

    /**
     * Expires a token's record, or notes its expiry if nobody knows whose it is. A foreign token's pointer stays until its time runs
     * out: without a record it leads nowhere, and deleting it could hit the pointer of a token that is being created with the same string.
     */
    private Future<Durability> expire(
            TokenLocator token, long atMillis, Function<TokenId, Future<Durability>> ofRecord, Deadline deadline) {
        return idOfNow(token, deadline)
                .compose(id -> id.isPresent()
                        ? ofRecord.apply(id.get())
                        : pointers.expire(token.hash(), atMillis, deadline)
                                // A creation or a copy that was faster has made it somebody's.
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
    public Uni<SubjectTokens> list(RoutingTag subject) {
        return write(deadline -> subjects.list(subject, deadline));
    }

    /** The id of a token that is to be changed, or empty if it is a foreign one that nobody knows; never a replica's. */
    private Future<Optional<TokenId>> idOfNow(TokenLocator token, Deadline deadline) {
        if (token instanceof TokenLocator.ById byId) {
            return Future.succeededFuture(Optional.of(byId.id()));
        }
        return pointers.ownerOfNow(token.hash(), deadline)
                .map(owner -> owner.map(known -> new TokenId(known.subject(), token.hash())));
    }

    /** Any failure of a call that must not fail silently is an unknown outcome. */
    private <T> Uni<T> write(Function<Deadline, Future<T>> call) {
        return uni(deadline -> call.apply(deadline)
                .recover(failure -> Future.failedFuture(
                        failure instanceof StoreUnavailableException
                                ? failure
                                : new StoreUnavailableException("Redis could not be asked", failure))));
    }

    private <T> Uni<T> uni(Function<Deadline, Future<T>> call) {
        return Futures.toUni(() -> call.apply(Deadline.in(timeout)));
    }
}
