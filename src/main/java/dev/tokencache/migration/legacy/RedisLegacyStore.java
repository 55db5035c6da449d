package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.redis.Futures;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An old store that is a plain Redis shared with other programs. Both sides can read each other's records.
 *
 * <p>An expiry is stored in the sidecar record before the token is deleted, and every write of a token checks that
 * record first. A late write therefore never restores an expired token.
 */
final class RedisLegacyStore implements LegacyStore {

    private final LegacyCommands commands;
    private final KeyPattern pattern;
    private final LegacyLookup lookup;
    private final LegacyScan scan;
    private final LegacyLink link;
    private final Clock clock;

    RedisLegacyStore(
            LegacyCommands commands,
            KeyPattern pattern,
            LegacyLookup lookup,
            LegacyScan scan,
            LegacyLink link,
            Clock clock) {
        this.commands = commands;
        this.pattern = pattern;
        this.lookup = lookup;
        this.scan = scan;
        this.link = link;
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
        return LegacyOperation.run(() -> commands.sidecar(token.hash())
                .map(sidecar -> sidecar.isPresent() && sidecar.get() instanceof SidecarRecord.Stored stored
                        ? new LegacyToken(found, stored.foreignNonce() != null)
                        : new LegacyToken(found, token instanceof TokenLocator.Foreign)));
    }

    @Override
    public Uni<Creation> create(NewToken created) {
        return LegacyOperation.run(() -> {
            Token token = created.token();
            return commands.notBefore(token.id().tag()).compose(notBefore -> {
                if (token.issuedAtMillis() <= notBefore) {
                    return Future.succeededFuture(new Creation.IssuedTooEarly(notBefore));
                }
                return created.isForeign() ? createForeign(created) : saveNew(created, false);
            });
        });
    }

    /** Creates a foreign token, whose string may already be in use. */
    private Future<Creation> createForeign(NewToken created) {
        TokenLocator token = new TokenLocator.Presented(
                new TokenLocator.Foreign(created.token().id().hash()), string(created));
        return lookup.find(token).compose(found -> {
            if (found.live().isEmpty()) {
                return saveNew(created, found.record().isPresent());
            }
            boolean isRepeated = found.sidecar().isPresent()
                    && found.sidecar().get() instanceof SidecarRecord.Stored stored
                    && created.foreignNonce() != null
                    && created.foreignNonce().equals(stored.foreignNonce());
            return Future.succeededFuture(isRepeated ? Creation.CREATED : Creation.TAKEN);
        });
    }

    /** @param isOccupied whether there is a dead record under the key */
    private Future<Creation> saveNew(NewToken created, boolean isOccupied) {
        Token token = created.token();
        SidecarRecord.Stored stored = stored(created);
        return commands.saveSidecar(stored, clock.millis()).compose(expiredAt -> {
            if (expiredAt.isPresent()) {
                return Future.succeededFuture(new Creation.IssuedTooEarly(expiredAt.getAsLong()));
            }
            Future<Void> cleared = isOccupied ? commands.delete(stored.key()) : Future.succeededFuture();
            return cleared.compose(deleted -> commands.create(stored.key(), token, ttlMillis(token)))
                    // Our strings are random: an existing record is from this same creation, whose reply was lost.
                    .map(isNew -> isNew || !created.isForeign() ? Creation.CREATED : Creation.TAKEN);
        });
    }

    private SidecarRecord.Stored stored(NewToken created) {
        return new SidecarRecord.Stored(pattern.key(string(created)), created.token(), created.foreignNonce());
    }

    private static TokenString string(NewToken created) {
        TokenString string = created.string();
        if (string == null) {
            throw new IllegalStateException("the old store needs the string of a token");
        }
        return string;
    }

    @Override
    public Uni<Void> undo(NewToken created) {
        return LegacyOperation.run(() -> {
            SidecarRecord.Stored stored = stored(created);
            return commands.deleteSidecar(stored)
                    .compose(isForgotten -> isForgotten ? commands.delete(stored.key()) : Future.succeededFuture());
        });
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return LegacyOperation.run(() -> lookup.find(token).compose(found -> {
            if (found.live().isEmpty() || found.key() == null) {
                return found.isUnlocatable()
                        ? Future.failedFuture(
                                new StoreUnavailableException("the old store needs the string of a token"))
                        : Future.succeededFuture(Renewal.NOT_ACTIVE);
            }
            Renewal renewal = Renewal.of(found.live().get(), lifetime, clock.millis());
            return renewal instanceof Renewal.Renewed renewed
                    ? prolong(new SidecarRecord.Stored(found.key(), renewed.token(), found.nonce()), renewal)
                    : Future.succeededFuture(renewal);
        }));
    }

    private Future<Renewal> prolong(SidecarRecord.Stored renewed, Renewal renewal) {
        return commands.saveSidecar(renewed, clock.millis())
                .compose(expiredAt -> expiredAt.isPresent()
                        ? Future.succeededFuture(Renewal.NOT_ACTIVE)
                        : commands.setTtl(renewed.key(), ttlMillis(renewed.token()))
                                .map(isThere -> isThere ? renewal : Renewal.NOT_ACTIVE));
    }

    @Override
    public Uni<Void> save(TokenLocator token, Token asInCluster) {
        return LegacyOperation.run(() -> commands.sidecar(token.hash()).compose(sidecar -> {
            Optional<SidecarRecord.Stored> present =
                    sidecar.filter(SidecarRecord.Stored.class::isInstance).map(SidecarRecord.Stored.class::cast);
            byte[] key = token instanceof TokenLocator.Presented presented
                    ? pattern.key(presented.string())
                    : present.map(SidecarRecord.Stored::key).orElse(null);
            if (key == null) {
                return Future.succeededFuture();
            }
            String nonce = token.plain() instanceof TokenLocator.Foreign
                    ? present.map(SidecarRecord.Stored::foreignNonce).orElse(LegacyLookup.COPY_NONCE)
                    : null;
            return save(new SidecarRecord.Stored(key, asInCluster, nonce));
        }));
    }

    /** The remaining lifetime, by the current time: earlier commands may have taken a while. */
    private long ttlMillis(Token token) {
        return Math.max(1, token.endMillis() - clock.millis());
    }

    private Future<Void> save(SidecarRecord.Stored stored) {
        return commands.saveSidecar(stored, clock.millis()).compose(expiredAt -> {
            if (expiredAt.isPresent()) {
                return Future.succeededFuture();
            }
            return commands.setTtl(stored.key(), ttlMillis(stored.token()))
                    .compose(isThere -> isThere
                            ? Future.succeededFuture()
                            : commands.create(stored.key(), stored.token(), ttlMillis(stored.token()))
                                    .compose(created -> unlessExpired(stored)));
        });
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
        return LegacyOperation.run(
                () -> commands.setTtl(pattern.key(presented.string()), touched.endMillis() - clock.millis())
                        .mapEmpty());
    }

    @Override
    public Uni<Void> expire(TokenLocator token, long atMillis) {
        return LegacyOperation.run(() -> commands.sidecar(token.hash()).compose(sidecar -> {
            Optional<SidecarRecord.Stored> stored =
                    sidecar.filter(SidecarRecord.Stored.class::isInstance).map(SidecarRecord.Stored.class::cast);
            // The clock of the issuer may be ahead of ours.
            long at = Math.max(
                    atMillis,
                    stored.map(present -> present.token().issuedAtMillis()).orElse(0L));
            byte[] key = token instanceof TokenLocator.Presented presented
                    ? pattern.key(presented.string())
                    : stored.map(SidecarRecord.Stored::key).orElse(null);
            return commands.markExpired(token.hash(), at)
                    .compose(noted -> key == null ? Future.succeededFuture() : commands.delete(key));
        }));
    }

    /** Ignores {@code reachesAll}: this store cannot list the tokens of a subject. */
    @Override
    public Uni<Long> expireSubject(RoutingTag subject, long notBeforeMillis, boolean reachesAll) {
        return LegacyOperation.run(
                () -> commands.setNotBefore(subject, notBeforeMillis).map(notBeforeMillis));
    }

    @Override
    public Uni<List<Master>> masters() {
        return LegacyOperation.run(scan::masters);
    }

    @Override
    public Uni<Page> scan(String master, String cursor, int count) {
        return LegacyOperation.run(() -> scan.page(master, cursor, count));
    }

    @Override
    public void close() {
        scan.close();
        link.close();
    }
}
