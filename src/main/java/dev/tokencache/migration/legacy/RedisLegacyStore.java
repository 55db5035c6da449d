package dev.tokencache.migration.legacy;

import dev.tokencache.migration.CompareAndRetry;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.redis.Futures;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An old store that is a plain Redis shared with other programs. Both sides can read each other's records.
 *
 * <p>An expiry is stored in the sidecar record before the token is deleted, and every write of a token checks that
 * record first. A late write therefore never restores an expired token.
 */
final class RedisLegacyStore extends ScannedLegacyStore {

    /** How often to read and store a sidecar record that changes in between. */
    private static final int ATTEMPTS = 3;

    private final LegacyCommands commands;
    private final KeyPattern pattern;
    private final LegacyLookup lookup;
    private final LegacyCreation creations;
    private final Clock clock;

    RedisLegacyStore(
            LegacyCommands commands,
            KeyPattern pattern,
            LegacyLookup lookup,
            LegacyScan scan,
            LegacyLink link,
            Clock clock) {
        super(scan, link);
        this.commands = commands;
        this.pattern = pattern;
        this.lookup = lookup;
        this.creations = new LegacyCreation(commands, pattern, lookup, clock);
        this.clock = clock;
    }

    @Override
    public Uni<Verdict> find(TokenLocator token) {
        return Futures.toUni(() -> lookup.find(token).map(LegacyLookup.Found::verdict))
                .onFailure()
                .recoverWithItem(Verdict.Unknown::new);
    }

    @Override
    public Uni<LegacyToken> original(TokenLocator token, Token found) {
        if (token instanceof TokenLocator.Presented presented) {
            return Uni.createFrom().item(new LegacyToken(found, presented.plain() instanceof TokenLocator.Foreign));
        }
        return run(() -> stored(token)
                .map(stored -> new LegacyToken(
                        found,
                        stored.map(known -> known.foreignNonce() != null)
                                .orElse(token instanceof TokenLocator.Foreign))));
    }

    @Override
    public Uni<Creation> create(NewToken created) {
        return retryChanged(() -> creations.create(created));
    }

    @Override
    public Uni<Void> undo(NewToken created) {
        return run(() -> creations.undo(created));
    }

    /** Repeats a read and a compare-and-set of the sidecar record, whose result is empty if the record changed in between. */
    private static <T> Uni<T> retryChanged(Supplier<Future<Optional<T>>> attempt) {
        return CompareAndRetry.run(ATTEMPTS, "other calls keep changing the record", () -> run(attempt));
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return retryChanged(() -> lookup.find(token).compose(found -> {
            if (found.live().isEmpty() || found.key() == null) {
                return found.isUnlocatable()
                        ? Future.failedFuture(
                                new StoreUnavailableException("the old store needs the string of a token"))
                        : Future.succeededFuture(Optional.of(Renewal.NOT_ACTIVE));
            }
            Renewal renewal = Renewal.of(found.live().get(), lifetime, clock.millis());
            return renewal instanceof Renewal.Renewed renewed
                    ? prolong(found, new SidecarRecord.Stored(found.key(), renewed.token(), found.nonce()), renewal)
                    : Future.succeededFuture(Optional.of(renewal));
        }));
    }

    private Future<Optional<Renewal>> prolong(LegacyLookup.Found found, SidecarRecord.Stored renewed, Renewal renewal) {
        return commands.saveSidecar(found.sidecar(), renewed, clock.millis()).compose(saved -> {
            if (saved.isChanged()) {
                return Future.succeededFuture(Optional.empty());
            }
            return saved.isExpired()
                    ? Future.succeededFuture(Optional.of(Renewal.NOT_ACTIVE))
                    : setTtl(renewed).map(isThere -> Optional.of(isThere ? renewal : Renewal.NOT_ACTIVE));
        });
    }

    @Override
    public Uni<Void> save(TokenLocator token, Token asInCluster) {
        return retryChanged(() -> commands.sidecar(token.hash()).compose(sidecar -> {
                    Optional<SidecarRecord.Stored> present = sidecar.flatMap(SidecarRecord::stored);
                    byte[] key = key(token, present);
                    if (key == null) {
                        return Future.succeededFuture(Optional.of(true));
                    }
                    String nonce = token.plain() instanceof TokenLocator.Foreign
                            ? present.map(SidecarRecord.Stored::foreignNonce).orElse(LegacyToken.COPY_NONCE)
                            : null;
                    return save(sidecar, new SidecarRecord.Stored(key, issuedAsIn(present, asInCluster), nonce));
                }))
                .replaceWithVoid();
    }

    /** "Expire all but this token" may have reached only this store yet, which then has the later issue. */
    private static Token issuedAsIn(Optional<SidecarRecord.Stored> present, Token asInCluster) {
        return present.map(SidecarRecord.Stored::token)
                .filter(stored -> stored.id().equals(asInCluster.id()))
                .map(stored -> asInCluster.issuedAfter(stored.issuedAtMillis() - 1))
                .orElse(asInCluster);
    }

    private Future<Optional<Boolean>> save(Optional<SidecarRecord> read, SidecarRecord.Stored stored) {
        return commands.saveSidecar(read, stored, clock.millis()).compose(saved -> {
            if (saved.isChanged()) {
                return Future.succeededFuture(Optional.empty());
            }
            Future<Void> done = saved.isExpired()
                    ? Future.succeededFuture()
                    : setTtl(stored)
                            .compose(isThere -> isThere
                                    ? Future.succeededFuture()
                                    : commands.create(stored.key(), stored.token(), clock.millis())
                                            .compose(created -> unlessExpired(stored)));
            return done.map(Optional.of(true));
        });
    }

    private Future<Boolean> setTtl(SidecarRecord.Stored stored) {
        return commands.setTtl(stored.key(), stored.token().endMillis() - clock.millis());
    }

    /** Deletes the key again if the token was expired in between: other programs must not see it. */
    private Future<Void> unlessExpired(SidecarRecord.Stored stored) {
        return commands.sidecar(stored.token().id().hash())
                .compose(sidecar -> sidecar.isPresent() && sidecar.get() instanceof SidecarRecord.Expired
                        ? commands.delete(stored.key())
                        : Future.succeededFuture());
    }

    @Override
    public Uni<Void> touch(TokenLocator token, Token touched) {
        if (touched.idleTimeout() == 0 || !(token instanceof TokenLocator.Presented presented)) {
            return Uni.createFrom().voidItem();
        }
        return run(() -> commands.setTtl(pattern.key(presented.string()), touched.endMillis() - clock.millis())
                .mapEmpty());
    }

    @Override
    public Uni<Void> expire(TokenLocator token, long atMillis) {
        return run(() -> stored(token).compose(stored -> {
            // The clock of the issuer may be ahead of ours.
            long at = Math.max(
                    atMillis,
                    stored.map(present -> present.token().issuedAtMillis()).orElse(0L));
            byte[] key = key(token, stored);
            if (key == null) {
                return commands.markExpired(token.hash(), at, LegacyCommands.NO_KEY);
            }
            return commands.ttl(key)
                    .compose(ttl -> commands.markExpired(token.hash(), at, ttl))
                    .compose(noted -> commands.delete(key));
        }));
    }

    /** The sidecar record of a token; empty if there is none, the token was expired, or it is unreadable. */
    private Future<Optional<SidecarRecord.Stored>> stored(TokenLocator token) {
        return commands.sidecar(token.hash())
                .map(sidecar -> sidecar.flatMap(SidecarRecord::stored))
                .recover(failure -> failure instanceof IllegalArgumentException
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(failure));
    }

    /** The old key of a token, or null if it is unknown. */
    private byte @Nullable [] key(TokenLocator token, Optional<SidecarRecord.Stored> stored) {
        return token instanceof TokenLocator.Presented presented
                ? pattern.key(presented.string())
                : stored.map(SidecarRecord.Stored::key).orElse(null);
    }

    /** Ignores {@code reachesAll}: this store cannot list the tokens of a subject. */
    @Override
    public Uni<Long> expireSubject(RoutingTag subject, long notBeforeMillis, boolean reachesAll) {
        return run(() -> commands.setNotBefore(subject, notBeforeMillis).map(notBeforeMillis));
    }

    @Override
    public Uni<Long> expireOthers(TokenId kept, long notBeforeMillis, boolean reachesAll) {
        return retryChanged(() -> reissue(kept, notBeforeMillis))
                .chain(() -> run(() -> commands.setNotBefore(kept.tag(), notBeforeMillis)))
                .replaceWith(notBeforeMillis);
    }

    /** Issues a token again, after a not-before time, if it is active. Empty if another call changed it meanwhile. */
    private Future<Optional<Boolean>> reissue(TokenId kept, long notBeforeMillis) {
        return lookup.find(new TokenLocator.ById(kept)).compose(found -> {
            if (found.isUnlocatable()) {
                return Future.failedFuture(
                        new StoreUnavailableException("the old store cannot keep a token without its string"));
            }
            if (found.live().isEmpty() || found.key() == null) {
                return Future.succeededFuture(Optional.of(false));
            }
            Token reissued = found.live().get().issuedAfter(notBeforeMillis);
            return commands.saveSidecar(
                            found.sidecar(),
                            new SidecarRecord.Stored(found.key(), reissued, found.nonce()),
                            clock.millis())
                    .map(saved -> saved.isChanged() ? Optional.empty() : Optional.of(true));
        });
    }
}
