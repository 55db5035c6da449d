package dev.tokencache.store.redis;

import dev.tokencache.store.redis.router.RedisRouter;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
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
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Keeps tokens in Redis. A validation of a token of ours is one {@code HMGET} to one node; one of a foreign token is a
 * {@code GET} before that, since its subject must be found first.
 *
 * <p>Works with Vert.x futures inside and makes a {@link Uni} of them only at the edge: the way of a validation is the
 * hot path of this service.
 */
public final class RedisTokenStore implements TokenStore {

    private static final Logger LOG = Logger.getLogger(RedisTokenStore.class);

    /** How often a renewal starts anew because the record was changed between its reading and its writing. */
    private static final int RENEW_ATTEMPTS = 3;

    private final SubjectHashes subjects;
    private final ForeignPointers pointers;
    private final Duration maxTtl;
    private final Clock clock;

    /**
     * @param router brings commands to Redis
     * @param maxTtl the longest that a token can live, and so how long a mark must be kept
     * @throws IllegalArgumentException naming the property, if the key prefix can not be used
     */
    public RedisTokenStore(RedisRouter router, RedisConfig config, Duration maxTtl, Clock clock) {
        RedisCommands commands = new RedisCommands(router);
        RedisKeys keys = new RedisKeys(config.keyPrefix());
        this.subjects = new SubjectHashes(commands, keys, maxTtl, clock);
        this.pointers = new ForeignPointers(commands, keys);
        this.maxTtl = maxTtl;
        this.clock = clock;
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        return uni(() -> verdict(token));
    }

    @Override
    public Uni<List<Verdict>> validateAll(List<TokenLocator> tokens) {
        return uni(() -> {
            List<Future<Verdict>> asked = new ArrayList<>(tokens.size());
            for (TokenLocator token : tokens) {
                asked.add(verdict(token));
            }
            return Future.join(asked)
                    .map(done -> asked.stream().map(Future::result).toList());
        });
    }

    @Override
    public Uni<Verdict> read(TokenId id) {
        return uni(() ->
                subjects.find(id).map(found -> found.verdict(clock.millis())).otherwise(RedisTokenStore::unknown));
    }

    /** Never fails: whatever goes wrong, the verdict is unknown, not inactive. */
    private Future<Verdict> verdict(TokenLocator token) {
        if (token instanceof TokenLocator.ById byId) {
            return verdict(byId.id()).otherwise(RedisTokenStore::unknown);
        }
        return pointers.subjectOf(token.hash())
                .compose(tag -> tag.isPresent()
                        ? verdict(new TokenId(tag.get(), token.hash()))
                        : Future.succeededFuture(Verdict.INACTIVE))
                .otherwise(RedisTokenStore::unknown);
    }

    private Future<Verdict> verdict(TokenId id) {
        return subjects.find(id).map(found -> {
            long now = clock.millis();
            Verdict verdict = found.verdict(now);
            if (verdict instanceof Verdict.Active active && active.token().isTouchDue(now)) {
                touch(found, active.token().touched(now));
            }
            return verdict;
        });
    }

    /** The verdict does not wait for this, and does not change if it fails: the next validation tries again. */
    private void touch(SubjectHashes.Found found, Token touched) {
        subjects.replace(found, touched)
                .onFailure(failure -> LOG.debugf("Touch not written; jti=%s cause=%s", touched.id(), failure));
    }

    private static Verdict unknown(Throwable cause) {
        return new Verdict.Unknown(cause);
    }

    @Override
    public Uni<Creation> create(NewToken token) {
        return write(() -> token.foreign() ? createForeign(token.token()) : createRecord(token.token()));
    }

    /** A record that is there already may be of this very creation: its answer was lost, and it is repeated. */
    private Future<Creation> createRecord(Token token) {
        return subjects.create(token)
                .compose(creation -> creation instanceof Creation.Taken
                        ? subjects.find(token.id())
                                .map(found -> isSameIssue(found, token) ? Creation.CREATED : Creation.TAKEN)
                        : Future.succeededFuture(creation));
    }

    private static boolean isSameIssue(SubjectHashes.Found found, Token token) {
        return found.token().map(token::isSameIssue).orElse(false);
    }

    private Future<Creation> createForeign(Token token) {
        ForeignPointers.Claim claim = pointers.claim(token.id());
        return take(claim).compose(taken -> taken ? createClaimed(claim, token) : taken());
    }

    /** Takes the token string for the token's subject, unless it is that of another subject's live token. */
    private Future<Boolean> take(ForeignPointers.Claim claim) {
        return claim.take().compose(holder -> {
            if (holder.isEmpty()) {
                return Future.succeededFuture(true);
            }
            return holder.get().isCommitted() ? takeFrom(holder.get(), claim) : Future.succeededFuture(false);
        });
    }

    private Future<Boolean> takeFrom(ForeignPointers.Pointer holder, ForeignPointers.Claim claim) {
        return subjects.find(new TokenId(holder.subject(), claim.id().hash()))
                .compose(found -> found.verdict(clock.millis()) instanceof Verdict.Active
                        ? Future.succeededFuture(false)
                        : claim.takeFrom(holder));
    }

    private Future<Creation> createClaimed(ForeignPointers.Claim claim, Token token) {
        return createRecord(token).compose(creation -> {
            if (creation instanceof Creation.IssuedTooEarly) {
                return claim.release().map(creation);
            }
            // Also if it was taken: a create that nobody finished may have left a live record without a pointer. How
            // long that one can live is not known here.
            long ttl =
                    creation instanceof Creation.Taken ? maxTtl.toMillis() : token.latestEnd() * 1000 - clock.millis();
            return claim.commit(ttl)
                    .compose(committed -> committed
                            ? Future.succeededFuture(creation)
                            : subjects.expire(token.id()).compose(expired -> taken()));
        });
    }

    private static Future<Creation> taken() {
        return Future.succeededFuture(Creation.TAKEN);
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return write(() -> idOf(token)
                .compose(id -> id.isPresent()
                        ? renew(id.get(), lifetime, RENEW_ATTEMPTS)
                        : Future.succeededFuture(Renewal.NOT_ACTIVE)));
    }

    private Future<Renewal> renew(TokenId id, OptionalLong lifetime, int attempts) {
        return subjects.find(id).compose(found -> {
            long now = clock.millis();
            if (!(found.verdict(now) instanceof Verdict.Active active)) {
                return Future.succeededFuture(Renewal.NOT_ACTIVE);
            }
            Renewal renewal = Renewal.of(active.token(), lifetime, now);
            if (!(renewal instanceof Renewal.Renewed renewed)) {
                return Future.succeededFuture(renewal);
            }
            return subjects.replace(found, renewed.token()).compose(replaced -> {
                if (replaced) {
                    return Future.succeededFuture(renewal);
                }
                return attempts > 1
                        ? renew(id, lifetime, attempts - 1)
                        : Future.failedFuture(new StoreUnavailableException("the record changes again and again"));
            });
        });
    }

    @Override
    public Uni<Void> expire(TokenLocator token) {
        // A foreign token's pointer stays until its time runs out: without a record it leads nowhere, and deleting it
        // could hit the pointer of a token that is being created with the same string.
        return write(
                () -> idOf(token).compose(id -> id.isPresent() ? subjects.expire(id.get()) : Future.succeededFuture()));
    }

    @Override
    public Uni<Long> expireSubject(RoutingTag subject, OptionalLong before) {
        return write(() -> subjects.expireAll(subject, before));
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag subject) {
        return write(() -> subjects.list(subject));
    }

    /** The id of a token, or empty if it is a foreign one that nobody knows. */
    private Future<Optional<TokenId>> idOf(TokenLocator token) {
        if (token instanceof TokenLocator.ById byId) {
            return Future.succeededFuture(Optional.of(byId.id()));
        }
        return pointers.subjectOf(token.hash()).map(subject -> subject.map(tag -> new TokenId(tag, token.hash())));
    }

    /** Any failure of a call that must not fail silently is an unknown outcome. */
    private static <T> Uni<T> write(Supplier<Future<T>> call) {
        return uni(() -> call.get()
                .recover(failure -> Future.failedFuture(
                        failure instanceof StoreUnavailableException
                                ? failure
                                : new StoreUnavailableException("Redis could not be asked", failure))));
    }

    private static <T> Uni<T> uni(Supplier<Future<T>> call) {
        return Uni.createFrom().emitter(emitter -> call.get().onComplete(done -> {
            if (done.succeeded()) {
                emitter.complete(done.result());
            } else {
                emitter.fail(done.cause());
            }
        }));
    }
}
