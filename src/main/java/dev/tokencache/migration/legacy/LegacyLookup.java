package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyToken;
import dev.tokencache.migration.Refusal;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.Verdict;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks up a token in the old store: the record of the other programs with its TTL, the sidecar record, and the
 * not-before time of the subject. Thread-safe.
 *
 * @param refusals receives the reason for each record that cannot be a token; must not block
 */
record LegacyLookup(
        LegacyCommands commands,
        KeyPattern pattern,
        LegacyRecordMapper records,
        Consumer<Refusal> refusals,
        Clock clock) {

    /** The result of a lookup: the old key, or null if it is unknown, and the token, active or not. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Found(
            byte @Nullable [] key,
            Optional<Token> record,
            Optional<SidecarRecord> sidecar,
            boolean isActive,
            boolean isForeign) {

        Optional<Token> live() {
            return isActive ? record : Optional.empty();
        }

        /** Whether the lookup was impossible without the token string. */
        boolean isUnlocatable() {
            return key == null && sidecar.isEmpty();
        }

        Verdict verdict() {
            if (isUnlocatable()) {
                return new Verdict.Unknown(
                        new StoreUnavailableException("the old store finds tokens only by their strings"));
            }
            return live().<Verdict>map(Verdict.Active::new).orElse(Verdict.INACTIVE);
        }

        @Nullable
        String nonce() {
            if (sidecar.isPresent() && sidecar.get() instanceof SidecarRecord.Stored stored) {
                return stored.foreignNonce();
            }
            return isForeign ? LegacyToken.COPY_NONCE : null;
        }
    }

    /** Looks up a token. Fails if the old store is unavailable. */
    Future<Found> find(TokenLocator token) {
        if (token instanceof TokenLocator.Presented presented) {
            boolean isForeign = presented.plain() instanceof TokenLocator.Foreign;
            Future<Optional<SidecarRecord>> sidecar = commands.sidecar(token.hash());
            return find(token, pattern.key(presented.string()), sidecar, isForeign);
        }
        return commands.sidecar(token.hash())
                .compose(sidecar -> sidecar.isPresent() && sidecar.get() instanceof SidecarRecord.Stored stored
                        ? find(token, stored.key(), Future.succeededFuture(sidecar), stored.foreignNonce() != null)
                        : Future.succeededFuture(new Found(null, Optional.empty(), sidecar, false, false)));
    }

    private Future<Found> find(
            TokenLocator token, byte[] key, Future<Optional<SidecarRecord>> sidecar, boolean isForeign) {
        long now = clock.millis();
        Future<LegacyContents> contents = commands.contents(key).onSuccess(this::count);
        Future<Long> ttl = commands.ttl(key);
        return Future.all(contents, ttl, sidecar).compose(all -> {
            Optional<Token> record =
                    records.token(token.hash(), contents.result(), ttl.result(), sidecar.result(), now);
            if (record.isEmpty() || LegacyRecordMapper.isExpired(record.get(), isForeign, sidecar.result())) {
                return Future.succeededFuture(new Found(key, record, sidecar.result(), false, isForeign));
            }
            return commands.notBefore(record.get().id().tag()).compose(notBefore -> {
                Found found = new Found(
                        key, record, sidecar.result(), record.get().isActive(clock.millis(), notBefore), isForeign);
                return record.get().issuedAtMillis() > notBefore
                        ? Future.succeededFuture(found)
                        : unlessReissued(token, key, found, record.get());
            });
        });
    }

    /** "Expire all but this token" may have issued it again after its sidecar record was read. */
    private Future<Found> unlessReissued(TokenLocator token, byte[] key, Found revoked, Token record) {
        return commands.sidecar(token.hash()).compose(sidecar -> {
            boolean isReissued = sidecar.isPresent()
                    && sidecar.get() instanceof SidecarRecord.Stored stored
                    && stored.token().issuedAtMillis() > record.issuedAtMillis();
            return isReissued
                    ? find(token, key, Future.succeededFuture(sidecar), revoked.isForeign())
                    : Future.succeededFuture(revoked);
        });
    }

    private void count(LegacyContents contents) {
        if (contents instanceof LegacyContents.Refused refused) {
            refusals.accept(refused.reason());
        }
    }
}
