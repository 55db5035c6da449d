package dev.tokencache.journal;

import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.Verdict;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The journal's entries about one token.
 *
 * @param saved the record saved for the token string, or null
 * @param expiredAtMillis when the token was last expired, milliseconds since the epoch, or {@link #NEVER}
 * @param notBeforeMillis the not-before time of its subject, or {@link Token#NOT_BEFORE_UNSET}. If the lookup named no
 *     subject, that of the record's subject.
 * @param validated the token with its last validation, which the store could not record, or null
 */
public record JournaledState(
        @Nullable JournaledRecord saved,
        long expiredAtMillis,
        long notBeforeMillis,
        @Nullable Token validated) {

    /** The value of {@link #expiredAtMillis} for a token that was not expired. */
    public static final long NEVER = -1;

    public static final JournaledState NOTHING = new JournaledState(null, NEVER, Token.NOT_BEFORE_UNSET);

    public JournaledState(@Nullable JournaledRecord saved, long expiredAtMillis, long notBeforeMillis) {
        this(saved, expiredAtMillis, notBeforeMillis, null);
    }

    /** This state without a record of another subject, which may have been issued the same foreign string since. */
    JournaledState forToken(TokenId id) {
        boolean isSaved = saved != null && saved.token().id().equals(id);
        boolean isValidated = validated != null && validated.id().equals(id);
        return new JournaledState(
                isSaved ? saved : null, expiredAtMillis, notBeforeMillis, isValidated ? validated : null);
    }

    /** The record, unless it is expired. */
    public Optional<JournaledRecord> record() {
        return saved == null || saved.isExpiredBy(expiredAtMillis) ? Optional.empty() : Optional.of(saved);
    }

    /** Whether the token was expired and not issued again since. */
    public boolean isExpired() {
        return expiredAtMillis != NEVER && record().isEmpty();
    }

    /** The verdict on the token, or empty if only the store knows it. */
    Optional<Verdict> verdict(long nowMillis) {
        return isExpired()
                ? Optional.of(Verdict.INACTIVE)
                : record().map(live -> Verdict.of(live.token(), nowMillis, notBeforeMillis));
    }

    /** The store's verdict, or inactive if the subject's not-before time covers the token. */
    Verdict applyNotBefore(Verdict stored) {
        return stored instanceof Verdict.Active active && active.token().issuedAtMillis() <= notBeforeMillis
                ? Verdict.INACTIVE
                : stored;
    }

    /** Whether there is an entry of the token. Further writes to such a token must also go through the journal. */
    public boolean hasTokenEntry() {
        return saved != null || expiredAtMillis != NEVER || validated != null;
    }
}
