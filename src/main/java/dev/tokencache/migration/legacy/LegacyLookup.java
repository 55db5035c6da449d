package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyToken;
import dev.tokencache.migration.Refusal;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.Verdict;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Objects;
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
            LegacyContents contents,
            Optional<Token> record,
            Optional<SidecarRecord> sidecar,
            boolean isActive,
            boolean isForeign) {

        /** Why the record cannot be a token. */
        Optional<Refusal> refusal() {
            return contents instanceof LegacyContents.Refused refused
                    ? Optional.of(refused.reason())
                    : Optional.empty();
        }

        Found active(boolean isNow) {
            return new Found(key, contents, record, sidecar, isNow, isForeign);
        }

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
        return located(token).onSuccess(found -> found.refusal().ifPresent(refusals));
    }

    private Future<Found> located(TokenLocator token) {
        if (token instanceof TokenLocator.Presented presented) {
            return find(
                    token.hash(), pattern.key(presented.string()), presented.plain() instanceof TokenLocator.Foreign);
        }
        return commands.sidecar(token.hash())
                .compose(sidecar -> sidecar.isPresent() && sidecar.get() instanceof SidecarRecord.Stored stored
                        ? find(token.hash(), stored.key(), Future.succeededFuture(sidecar), false)
                        : Future.succeededFuture(
                                new Found(null, LegacyContents.NOTHING, Optional.empty(), sidecar, false, false)));
    }

    /** Looks up the token of a key. Without a sidecar record of it, {@code isForeign} says who issued it. */
    Future<Found> find(TokenHash token, byte[] key, boolean isForeign) {
        return find(token, key, commands.sidecar(token), isForeign);
    }

    private Future<Found> find(
            TokenHash token, byte[] key, Future<Optional<SidecarRecord>> sidecar, boolean isForeign) {
        long now = clock.millis();
        Future<LegacyContents> contents = commands.contents(key);
        Future<Long> ttl = commands.ttl(key);
        return Future.all(contents, ttl, sidecar)
                .compose(all -> withNotBefore(new Found(
                        key,
                        contents.result(),
                        records.token(token, contents.result(), ttl.result(), sidecar.result(), now),
                        sidecar.result(),
                        false,
                        sidecar.result()
                                .flatMap(SidecarRecord::stored)
                                .map(stored -> stored.foreignNonce() != null)
                                .orElse(isForeign))));
    }

    private Future<Found> withNotBefore(Found found) {
        if (found.record().isEmpty()
                || LegacyRecordMapper.isExpired(found.record().get(), found.isForeign(), found.sidecar())) {
            return Future.succeededFuture(found);
        }
        Token record = found.record().get();
        return commands.notBefore(record.id().tag())
                .compose(notBefore -> record.issuedAtMillis() > notBefore
                        ? Future.succeededFuture(found.active(record.isActive(clock.millis(), notBefore)))
                        : unlessReissued(found, record));
    }

    /** "Expire all but this token" may have issued it again after its sidecar record was read. */
    private Future<Found> unlessReissued(Found revoked, Token record) {
        TokenHash token = record.id().hash();
        return commands.sidecar(token).compose(sidecar -> {
            boolean isReissued = sidecar.isPresent()
                    && sidecar.get() instanceof SidecarRecord.Stored stored
                    && stored.token().issuedAtMillis() > record.issuedAtMillis();
            return isReissued
                    ? find(
                            token,
                            Objects.requireNonNull(revoked.key()),
                            Future.succeededFuture(sidecar),
                            revoked.isForeign())
                    : Future.succeededFuture(revoked);
        });
    }
}
