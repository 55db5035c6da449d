package dev.tokencache.store.redis;

import dev.tokencache.redis.command.RoutedReply;
import dev.tokencache.seal.Place;
import dev.tokencache.seal.Seal;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.Verdict;
import io.vertx.redis.client.Response;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of a read. A replica replies only if its master does not.
 *
 * @param record the record or the expiry as stored; null if there is none
 * @param decoded the token of the record; null for an expiry
 * @param isOutdated whether the record is not sealed with the active key
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; the bytes are sent back to Redis unchanged
record Found(
        TokenId id,
        byte @Nullable [] record,
        @Nullable Token decoded,
        NotBefore notBefore,
        boolean isFromReplica,
        boolean isOutdated) {

    private static final Verdict NOT_ON_REPLICA = new Verdict.Unknown(
            new StoreUnavailableException("the master did not reply, and its replica has no such record"));

    /**
     * The result of an {@code HMGET} of the not-before time and the record. Throws {@link IllegalArgumentException} if one of
     * them is unreadable or does not verify.
     */
    static Found of(TokenId id, byte[] key, RoutedReply answer, Seal seal) {
        Response fields = RedisCommands.list(answer);
        NotBefore notBefore = NotBefore.of(fields.get(0), key, seal);
        Response value = fields.get(1);
        byte[] record = value == null ? null : value.toBytes();
        if (record == null || SubjectContents.isExpiry(record)) {
            return new Found(id, record, null, notBefore, answer.isFromReplica(), false);
        }
        Seal.Opened opened =
                seal.decode(id, record, Place.ofRecord(key, id.hash().bytes()));
        return new Found(id, record, opened.token(), notBefore, answer.isFromReplica(), opened.isOutdated());
    }

    /** The not-before time of the subject, or {@link Token#NOT_BEFORE_UNSET}. */
    long notBeforeMillis() {
        return notBefore.millis();
    }

    /** Whether to seal the record or the not-before time again. */
    boolean hasOutdated() {
        return isOutdated || notBefore.isOutdated();
    }

    /** The verdict on the token. */
    Verdict verdict(long nowMillis) {
        if (record == null) {
            // A replica may have missed the last writes, so the record may exist.
            return isFromReplica ? NOT_ON_REPLICA : Verdict.INACTIVE;
        }
        if (decoded == null) {
            return Verdict.INACTIVE;
        }
        Verdict verdict = Verdict.of(decoded, nowMillis, notBeforeMillis());
        return isFromReplica ? onReplica(verdict) : verdict;
    }

    /**
     * The verdict on a token with a validation that the record may not have. A missing record counts as present, since
     * it may have gone with its idle timeout, while an expiry is stored.
     */
    Verdict verdict(Token touched, long nowMillis) {
        if (record == null) {
            return isFromReplica ? NOT_ON_REPLICA : Verdict.of(touched, nowMillis, notBeforeMillis());
        }
        Verdict verdict = token().map(
                        present -> Verdict.of(present.touched(touched.lastSeenMillis()), nowMillis, notBeforeMillis()))
                .orElse(Verdict.INACTIVE);
        return isFromReplica ? onReplica(verdict) : verdict;
    }

    /** The token of the record, active or not. */
    Optional<Token> token() {
        return Optional.ofNullable(decoded);
    }

    static Verdict onReplica(Verdict verdict) {
        return verdict instanceof Verdict.Active active
                ? new Verdict.Active(active.token(), Verdict.Basis.REPLICA)
                : verdict;
    }
}
