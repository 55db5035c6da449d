package dev.tokencache.journal;

import dev.tokencache.redis.Time;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TouchableTokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.Optional;

/** The verdicts on tokens that may have journal entries, which are newer than the store's data. */
final class JournaledVerdicts {

    private final TouchableTokenStore store;
    private final Journal journal;
    private final JournalWriter writer;
    private final MissedTouches missedTouches;
    private final Clock clock;

    JournaledVerdicts(TouchableTokenStore store, Journal journal, JournalWriter writer, Time time) {
        this.store = store;
        this.journal = journal;
        this.writer = writer;
        this.missedTouches = new MissedTouches(journal);
        this.clock = time.clock();
    }

    Uni<JournaledState> find(TokenLocator token) {
        return token instanceof TokenLocator.ById byId
                ? journal.find(byId.hash(), byId.id().tag()).map(state -> state.forToken(byId.id()))
                : journal.find(token.hash(), null);
    }

    /** The journal's verdict, or else the store's with the validation and the not-before time of the journal. */
    Uni<Verdict> verdict(TokenLocator token, boolean isValidation) {
        return find(token).chain(state -> {
            Optional<Verdict> journaled = state.verdict(clock.millis());
            if (journaled.isPresent()) {
                if (isValidation) {
                    touch(state, journaled.get());
                }
                return Uni.createFrom().item(journaled.get());
            }
            Token validated = state.validated();
            if (validated == null) {
                return stored(token, isValidation, state);
            }
            return token instanceof TokenLocator.Foreign
                    ? ofHolder(token, isValidation, state, validated)
                    : validated(validated, isValidation, state);
        });
    }

    /** A foreign string may have been issued to another subject since the validation. */
    private Uni<Verdict> ofHolder(TokenLocator token, boolean isValidation, JournaledState state, Token validated) {
        return verdict(new TokenLocator.ById(validated.id()), isValidation)
                .chain(verdict -> verdict instanceof Verdict.Active
                        ? Uni.createFrom().item(verdict)
                        : stored(token, isValidation, state));
    }

    /** The store's verdict on a token with a journaled validation. The store records none, which would most likely fail. */
    private Uni<Verdict> validated(Token validated, boolean isValidation, JournaledState state) {
        TokenLocator token = new TokenLocator.ById(validated.id());
        return store.read(validated)
                .map(state::applyNotBefore)
                .chain(verdict -> unlessReissued(token, verdict))
                .invoke(verdict -> {
                    long now = clock.millis();
                    if (isValidation
                            && verdict instanceof Verdict.Active active
                            && active.token().isTouchDue(now)) {
                        missedTouches.accept(active.token().touched(now));
                    }
                });
    }

    private Uni<Verdict> stored(TokenLocator token, boolean isValidation, JournaledState state) {
        Uni<Verdict> stored = isValidation ? store.validate(token) : store.read(token);
        return stored.chain(verdict -> applyNotBefore(token, isValidation, state, verdict));
    }

    private Uni<Verdict> applyNotBefore(
            TokenLocator token, boolean isValidation, JournaledState state, Verdict verdict) {
        if (verdict instanceof Verdict.Active active && token instanceof TokenLocator.Foreign) {
            // The store has named the foreign token's subject. The journal must be read for that subject first.
            return verdict(new TokenLocator.ById(active.token().id()), isValidation);
        }
        return unlessReissued(token, state.applyNotBefore(verdict));
    }

    /**
     * Reads the journal again if a token is inactive. "Expire all but this token" may have journaled its new issue, and the
     * store may have the not-before time but not the new issue yet.
     */
    Uni<Verdict> unlessReissued(TokenLocator token, Verdict verdict) {
        return verdict instanceof Verdict.Inactive && !journal.isEmpty()
                ? find(token).map(state -> state.verdict(clock.millis()).orElse(verdict))
                : Uni.createFrom().item(verdict);
    }

    /** Records the validation of a journaled record. The verdict neither waits for it nor depends on it. */
    private void touch(JournaledState state, Verdict verdict) {
        long now = clock.millis();
        if (verdict instanceof Verdict.Active active && active.token().isTouchDue(now)) {
            writer.touch(state, now);
        }
    }
}
