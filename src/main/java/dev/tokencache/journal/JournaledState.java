package dev.tokencache.journal;

import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.Verdict;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a journal has on one token.
 *
 * @param kept the record of the token with that string, or null if there is none
 * @param expiredAtMillis when it was expired last, milliseconds since the epoch, or {@link #NEVER}
 * @param notBeforeMillis the mark of its subject (of the record's, where the question named none), or
 *     {@link Token#NOT_BEFORE_UNSET}
 */
public record JournaledState(@Nullable JournaledRecord kept, long expiredAtMillis, long notBeforeMillis) {

    /** Stands for "it was not expired". */
    public static final long NEVER = -1;

    /** The journal has nothing on it. */
    public static final JournaledState NOTHING = new JournaledState(null, NEVER, Token.NOT_BEFORE_UNSET);

    /** The same, in answer to a question about one subject's token: a foreign string can be another subject's by now. */
    JournaledState about(TokenId id) {
        return kept == null || kept.token().id().equals(id)
                ? this
                : new JournaledState(null, expiredAtMillis, notBeforeMillis);
    }

    /** Its record, unless an expiry has made that void. */
    public Optional<JournaledRecord> record() {
        return kept == null || kept.isVoidedBy(expiredAtMillis) ? Optional.empty() : Optional.of(kept);
    }

    /** Whether it was expired, and not issued again since. */
    public boolean isExpired() {
        return expiredAtMillis != NEVER && record().isEmpty();
    }

    /** What it says of the token, or empty if the store must be asked. */
    Optional<Verdict> verdict(long nowMillis) {
        return isExpired()
                ? Optional.of(Verdict.INACTIVE)
                : record().map(kept -> Verdict.of(kept.token(), nowMillis, notBeforeMillis));
    }

    /** What the store said of the token, unless the subject's mark says otherwise. */
    Verdict underNotBefore(Verdict stored) {
        return stored instanceof Verdict.Active active && active.token().issuedAtMillis() <= notBeforeMillis
                ? Verdict.INACTIVE
                : stored;
    }

    /** Whether there is a record or an expiry: what is written to such a token must go through the journal, too. */
    public boolean isOnToken() {
        return kept != null || expiredAtMillis != NEVER;
    }
}
