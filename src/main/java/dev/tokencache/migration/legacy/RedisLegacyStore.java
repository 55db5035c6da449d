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
 * The old store in a plain Redis of other programs. What it keeps there they can read, and what they keep there it can read.
 *
 * <p>An expiry is noted beside a token before the token is deleted, and whoever keeps a token asks there first; so nothing that is
 * late brings a token back.
 */
final class RedisLegacyStore implements LegacyStore {

    private final LegacyCommands commands;
    private final KeyPattern pattern;
    private final LegacyLookup look;
    private final LegacyScan scan;
    private final LegacyLink link;
    private final Clock clock;

    RedisLegacyStore(
            LegacyCommands commands,
            KeyPattern pattern,
            LegacyLookup look,
            LegacyScan scan,
            LegacyLink link,
            Clock clock) {
        this.commands = commands;
        this.pattern = pattern;
        this.look = look;
        this.scan = scan;
        this.link = link;
        this.clock = clock;
    }

    @Override
    public Uni<Verdict> find(TokenLocator token) {
        return Futures.toUni(() -> look.at(token).map(LegacyLookup.Found::verdict))
                .onFailure()
                .recoverWithItem(Verdict.Unknown::new);
    }

    @Override
    public Uni<LegacyToken> original(TokenLocator token, Token found) {
        if (token instanceof TokenLocator.Presented presented) {
            return Uni.createFrom().item(new LegacyToken(found, presented.plain() instanceof TokenLocator.Foreign));
        }
        return LegacyCalls.write(() -> commands.beside(token.hash())
                .map(beside -> beside.isPresent() && beside.get() instanceof SidecarRecord.Kept kept
                        ? new LegacyToken(found, kept.foreignNonce() != null)
                        : new LegacyToken(found, token instanceof TokenLocator.Foreign)));
    }

    @Override
    public Uni<Creation> create(NewToken created) {
        return LegacyCalls.write(() -> {
            Token token = created.token();
            return commands.notBefore(token.id().tag()).compose(notBefore -> {
                if (token.issuedAtMillis() <= notBefore) {
                    return Future.succeededFuture(new Creation.IssuedTooEarly(notBefore));
                }
                return created.isForeign() ? createForeign(created) : keepNew(created, false);
            });
        });
    }

    /** Somebody may have the string. */
    private Future<Creation> createForeign(NewToken created) {
        TokenLocator token = new TokenLocator.Presented(
                new TokenLocator.Foreign(created.token().id().hash()), string(created));
        return look.at(token).compose(found -> {
            if (found.live().isEmpty()) {
                return keepNew(created, found.record().isPresent());
            }
            boolean isRepeated = found.beside().isPresent()
                    && found.beside().get() instanceof SidecarRecord.Kept kept
                    && created.foreignNonce() != null
                    && created.foreignNonce().equals(kept.foreignNonce());
            return Future.succeededFuture(isRepeated ? Creation.CREATED : Creation.TAKEN);
        });
    }

    /** @param isInTheWay whether there is a dead record under the key */
    private Future<Creation> keepNew(NewToken created, boolean isInTheWay) {
        Token token = created.token();
        SidecarRecord.Kept kept = kept(created);
        return commands.keepBeside(kept, clock.millis()).compose(expiredAt -> {
            if (expiredAt.isPresent()) {
                return Future.succeededFuture(new Creation.IssuedTooEarly(expiredAt.getAsLong()));
            }
            Future<Void> cleared = isInTheWay ? commands.delete(kept.key()) : Future.succeededFuture();
            return cleared.compose(gone -> commands.create(kept.key(), token, ttlMillis(token)))
                    // A string of ours is random: whoever has it is this very creation, whose answer was lost.
                    .map(isNew -> isNew || !created.isForeign() ? Creation.CREATED : Creation.TAKEN);
        });
    }

    private SidecarRecord.Kept kept(NewToken created) {
        return new SidecarRecord.Kept(pattern.key(string(created)), created.token(), created.foreignNonce());
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
        return LegacyCalls.write(() -> {
            SidecarRecord.Kept kept = kept(created);
            return commands.forgetBeside(kept)
                    .compose(isForgotten -> isForgotten ? commands.delete(kept.key()) : Future.succeededFuture());
        });
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return LegacyCalls.write(() -> look.at(token).compose(found -> {
            if (found.live().isEmpty() || found.key() == null) {
                return found.isOutOfReach()
                        ? Future.failedFuture(
                                new StoreUnavailableException("the old store needs the string of a token"))
                        : Future.succeededFuture(Renewal.NOT_ACTIVE);
            }
            Renewal renewal = Renewal.of(found.live().get(), lifetime, clock.millis());
            return renewal instanceof Renewal.Renewed renewed
                    ? prolong(new SidecarRecord.Kept(found.key(), renewed.token(), found.nonce()), renewal)
                    : Future.succeededFuture(renewal);
        }));
    }

    private Future<Renewal> prolong(SidecarRecord.Kept renewed, Renewal renewal) {
        return commands.keepBeside(renewed, clock.millis())
                .compose(expiredAt -> expiredAt.isPresent()
                        ? Future.succeededFuture(Renewal.NOT_ACTIVE)
                        : commands.setTtl(renewed.key(), ttlMillis(renewed.token()))
                                .map(isThere -> isThere ? renewal : Renewal.NOT_ACTIVE));
    }

    @Override
    public Uni<Void> keep(TokenLocator token, Token asInCluster) {
        return LegacyCalls.write(() -> commands.beside(token.hash()).compose(beside -> {
            Optional<SidecarRecord.Kept> present =
                    beside.filter(SidecarRecord.Kept.class::isInstance).map(SidecarRecord.Kept.class::cast);
            byte[] key = token instanceof TokenLocator.Presented presented
                    ? pattern.key(presented.string())
                    : present.map(SidecarRecord.Kept::key).orElse(null);
            if (key == null) {
                return Future.succeededFuture();
            }
            String nonce = token.plain() instanceof TokenLocator.Foreign
                    ? present.map(SidecarRecord.Kept::foreignNonce).orElse(LegacyLookup.RENEWED_NONCE)
                    : null;
            return keep(new SidecarRecord.Kept(key, asInCluster, nonce));
        }));
    }

    /** For right now: what was asked before may have taken a while. */
    private long ttlMillis(Token token) {
        return Math.max(1, token.endMillis() - clock.millis());
    }

    private Future<Void> keep(SidecarRecord.Kept kept) {
        return commands.keepBeside(kept, clock.millis()).compose(expiredAt -> {
            if (expiredAt.isPresent()) {
                return Future.succeededFuture();
            }
            return commands.setTtl(kept.key(), ttlMillis(kept.token()))
                    .compose(isThere -> isThere
                            ? Future.succeededFuture()
                            : commands.create(kept.key(), kept.token(), ttlMillis(kept.token()))
                                    .compose(created -> unlessExpired(kept)));
        });
    }

    /** An expiry that came between has deleted the key before it was written: other programs must not see it. */
    private Future<Void> unlessExpired(SidecarRecord.Kept kept) {
        return commands.beside(kept.token().id().hash())
                .compose(beside -> beside.isPresent() && beside.get() instanceof SidecarRecord.Expired
                        ? commands.delete(kept.key())
                        : Future.succeededFuture());
    }

    @Override
    public Uni<Void> touch(TokenLocator token, Token touched) {
        if (touched.idleTimeout() == 0 || !(token instanceof TokenLocator.Presented presented)) {
            return Uni.createFrom().voidItem();
        }
        return LegacyCalls.write(
                () -> commands.setTtl(pattern.key(presented.string()), touched.endMillis() - clock.millis())
                        .mapEmpty());
    }

    @Override
    public Uni<Void> expire(TokenLocator token, long atMillis) {
        return LegacyCalls.write(() -> commands.beside(token.hash()).compose(beside -> {
            Optional<SidecarRecord.Kept> kept =
                    beside.filter(SidecarRecord.Kept.class::isInstance).map(SidecarRecord.Kept.class::cast);
            // Whoever issued it may have a clock that is ahead of ours.
            long at = Math.max(
                    atMillis,
                    kept.map(present -> present.token().issuedAtMillis()).orElse(0L));
            byte[] key = token instanceof TokenLocator.Presented presented
                    ? pattern.key(presented.string())
                    : kept.map(SidecarRecord.Kept::key).orElse(null);
            return commands.expireBeside(token.hash(), at)
                    .compose(noted -> key == null ? Future.succeededFuture() : commands.delete(key));
        }));
    }

    /** Its tokens can not be searched, so the mark reaches what was issued up to it. */
    @Override
    public Uni<Long> expireSubject(RoutingTag subject, long notBeforeMillis, boolean reachesAll) {
        return LegacyCalls.write(
                () -> commands.setNotBefore(subject, notBeforeMillis).map(notBeforeMillis));
    }

    @Override
    public Uni<List<Master>> masters() {
        return LegacyCalls.write(scan::masters);
    }

    @Override
    public Uni<Page> scan(String master, String cursor, int count) {
        return LegacyCalls.write(() -> scan.page(master, cursor, count));
    }

    @Override
    public void close() {
        scan.close();
        link.close();
    }
}
