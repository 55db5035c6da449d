package dev.tokencache.store.redis;

import dev.tokencache.redis.command.RoutedReply;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenCodec;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.Verdict;
import io.vertx.redis.client.Response;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of a read: the record or the expiry as stored, null if there is none, and the not-before time of the
 * subject, or {@link Token#NOT_BEFORE_UNSET}. A replica replies only if its master does not.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; the bytes are sent back to Redis unchanged
record Found(TokenId id, byte @Nullable [] record, long notBeforeMillis, boolean isFromReplica) {

    private static final Verdict NOT_ON_REPLICA = new Verdict.Unknown(
            new StoreUnavailableException("the master did not reply, and its replica has no such record"));

    /** The result of an {@code HMGET} of the not-before time and the record. */
    static Found of(TokenId id, RoutedReply answer) {
        Response fields = RedisCommands.list(answer);
        Response notBefore = fields.get(0);
        Response record = fields.get(1);
        return new Found(
                id,
                record == null ? null : record.toBytes(),
                notBefore == null ? Token.NOT_BEFORE_UNSET : notBefore.toLong(),
                answer.isFromReplica());
    }

    /** The verdict on the token. Throws {@link IllegalArgumentException} if the record is unreadable. */
    Verdict verdict(long nowMillis) {
        if (record == null) {
            // A replica may have missed the last writes, so the record may exist.
            return isFromReplica ? NOT_ON_REPLICA : Verdict.INACTIVE;
        }
        if (SubjectContents.isExpiry(record)) {
            return Verdict.INACTIVE;
        }
        Verdict verdict = Verdict.of(TokenCodec.decode(id, record), nowMillis, notBeforeMillis);
        return isFromReplica ? onReplica(verdict) : verdict;
    }

    /**
     * The verdict on a token with a validation that the record may not have. A missing record counts as present, since
     * it may have gone with its idle timeout, while an expiry is stored.
     */
    Verdict verdict(Token touched, long nowMillis) {
        if (record == null) {
            return isFromReplica ? NOT_ON_REPLICA : Verdict.of(touched, nowMillis, notBeforeMillis);
        }
        Verdict verdict = token().map(
                        present -> Verdict.of(present.touched(touched.lastSeenMillis()), nowMillis, notBeforeMillis))
                .orElse(Verdict.INACTIVE);
        return isFromReplica ? onReplica(verdict) : verdict;
    }

    /** The token of the record, active or not. */
    Optional<Token> token() {
        return record == null || SubjectContents.isExpiry(record)
                ? Optional.empty()
                : Optional.of(TokenCodec.decode(id, record));
    }

    static Verdict onReplica(Verdict verdict) {
        return verdict instanceof Verdict.Active active
                ? new Verdict.Active(active.token(), Verdict.Basis.REPLICA)
                : verdict;
    }
}
