package dev.tokencache.migration.legacy;

import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenString;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Optional;

/** Creates tokens in an old store that is shared with other programs. Thread-safe. */
record LegacyCreation(LegacyCommands commands, KeyPattern pattern, LegacyLookup lookup, Clock clock) {

    /** Empty if another call changed the token meanwhile. */
    Future<Optional<Creation>> create(NewToken created) {
        Token token = created.token();
        return commands.notBefore(token.id().tag()).compose(notBefore -> {
            if (token.issuedAtMillis() <= notBefore) {
                return done(new Creation.IssuedTooEarly(notBefore));
            }
            return created.isForeign() ? createForeign(created) : saveNew(created, Optional.empty(), false);
        });
    }

    private static Future<Optional<Creation>> done(Creation creation) {
        return Future.succeededFuture(Optional.of(creation));
    }

    /** Creates a foreign token, whose string may already be in use. */
    private Future<Optional<Creation>> createForeign(NewToken created) {
        TokenLocator token = new TokenLocator.Presented(
                new TokenLocator.Foreign(created.token().id().hash()), string(created));
        return lookup.find(token).compose(found -> {
            if (found.live().isEmpty()) {
                return saveNew(created, found.sidecar(), found.record().isPresent());
            }
            String nonce = created.foreignNonce();
            boolean isRepeated = nonce != null
                    && found.sidecar()
                            .flatMap(SidecarRecord::stored)
                            .filter(stored -> nonce.equals(stored.foreignNonce()))
                            .isPresent();
            return done(isRepeated ? Creation.CREATED : Creation.TAKEN);
        });
    }

    /** @param isOccupied whether there is a dead record under the key */
    private Future<Optional<Creation>> saveNew(NewToken created, Optional<SidecarRecord> sidecar, boolean isOccupied) {
        Token token = created.token();
        SidecarRecord.Stored stored = stored(created);
        return commands.saveSidecar(sidecar, stored, clock.millis()).compose(saved -> {
            if (saved.isChanged()) {
                return Future.succeededFuture(Optional.empty());
            }
            if (saved.isExpired()) {
                return done(new Creation.IssuedTooEarly(saved.expiredAtMillis()));
            }
            Future<Void> cleared = isOccupied ? commands.delete(stored.key()) : Future.succeededFuture();
            return cleared.compose(deleted -> commands.create(stored.key(), token, clock.millis()))
                    // Our strings are random: an existing record is from this same creation, whose reply was lost.
                    .compose(isNew -> done(isNew || !created.isForeign() ? Creation.CREATED : Creation.TAKEN));
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

    Future<Void> undo(NewToken created) {
        SidecarRecord.Stored stored = stored(created);
        return commands.deleteSidecar(stored)
                .compose(isForgotten -> isForgotten ? commands.delete(stored.key()) : Future.succeededFuture());
    }
}
