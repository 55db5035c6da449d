package dev.tokencache.journal;

import dev.tokencache.token.Durability;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TouchableTokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.util.OptionalLong;
import java.util.function.Function;

/** The expiries of a {@link JournaledTokenStore}: in the store, in the journal, or in both. */
record JournaledExpiries(
        TouchableTokenStore store,
        Journal journal,
        JournalWriter writer,
        JournaledVerdicts verdicts,
        Fallback fallback) {

    Uni<Durability> expire(TokenLocator token, long atMillis) {
        return journal.isEmpty()
                ? expireInStore(token, atMillis)
                : fallback.limitCall(verdicts.find(token).chain(state -> expireInOutage(token, atMillis, state)));
    }

    private Uni<Durability> expireInStore(TokenLocator token, long atMillis) {
        Uni<Durability> stored = store.expire(token, atMillis)
                .chain(durability -> fallback.kept(durability, durability, () -> writer.expire(token, atMillis)));
        return fallback.orElse(stored, () -> writer.expire(token, atMillis));
    }

    private Uni<Durability> expireInOutage(TokenLocator token, long atMillis, JournaledState state) {
        if (state.isExpired()) {
            // A repeated logout must not delay the confirmation of the first.
            return Uni.createFrom().item(Durability.JOURNALED);
        }
        if (state.hasTokenEntry()) {
            return writer.expire(token, state, atMillis);
        }
        // A renewal may be journaled while the store is called.
        return expireInStore(token, atMillis)
                .chain(durability -> durability == Durability.JOURNALED
                        ? Uni.createFrom().item(durability)
                        : expireIfJournaled(token, atMillis, durability));
    }

    private Uni<Durability> expireIfJournaled(TokenLocator token, long atMillis, Durability durability) {
        return verdicts.find(token)
                .chain(state -> state.hasTokenEntry()
                        ? writer.expire(token, state, atMillis)
                        : Uni.createFrom().item(durability));
    }

    Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        Uni<SubjectNotBefore> stored = alsoInJournal(
                subject,
                before,
                store.expireSubject(subject, before),
                expired -> writer.expireSubject(subject, expired));
        return fallback.limitCall(fallback.orElse(stored, () -> writer.expireSubject(subject, before)));
    }

    Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        if (journal.isEmpty()) {
            return expireOthersInStore(kept, before);
        }
        return fallback.limitCall(verdicts.find(new TokenLocator.ById(kept)).chain(state -> {
            if (state.isExpired()) {
                return expireSubject(kept.tag(), before);
            }
            if (state.saved() != null) {
                return expireOthersOfJournaled(kept, before);
            }
            return state.notBeforeMillis() == Token.NOT_BEFORE_UNSET
                    ? expireOthersInStore(kept, before)
                    : expireOthersIfActive(kept, before);
        }));
    }

    /** The store does not have the not-before time yet, and would issue a token again that expired with its subject. */
    private Uni<SubjectNotBefore> expireOthersIfActive(TokenId kept, OptionalLong before) {
        return verdicts.verdict(new TokenLocator.ById(kept), false).chain(verdict -> {
            if (verdict instanceof Verdict.Active) {
                return expireOthersInStore(kept, before);
            }
            return verdict instanceof Verdict.Inactive
                    ? expireSubject(kept.tag(), before)
                    : writer.expireOthers(kept, before);
        });
    }

    private Uni<SubjectNotBefore> expireOthersInStore(TokenId kept, OptionalLong before) {
        Uni<SubjectNotBefore> stored = alsoInJournal(
                kept.tag(), before, store.expireOthers(kept, before), expired -> writer.expireOthers(kept, expired));
        return fallback.orElse(stored, () -> writer.expireOthers(kept, before));
    }

    /**
     * Applies the store's not-before time to the subject's journaled records, which would otherwise be active until they are
     * replayed, and to its journaled not-before time, which decides about logins in an outage. Reads them after the call, because
     * records may be journaled during it.
     */
    private Uni<SubjectNotBefore> alsoInJournal(
            RoutingTag subject,
            OptionalLong before,
            Uni<SubjectNotBefore> stored,
            Function<OptionalLong, Uni<SubjectNotBefore>> journaled) {
        return stored.chain(notBefore -> fallback.kept(
                        notBefore,
                        notBefore.durability(),
                        () -> journaled.apply(OptionalLong.of(notBefore.notBeforeMillis()))))
                .chain(notBefore -> journal.isEmpty()
                        ? Uni.createFrom().item(notBefore)
                        : journal.findSubject(subject)
                                .chain(present -> alsoIn(present, subject, before, notBefore, journaled))
                                .map(later -> new SubjectNotBefore(later.notBeforeMillis(), notBefore.durability())));
    }

    private Uni<SubjectNotBefore> alsoIn(
            JournaledSubject present,
            RoutingTag subject,
            OptionalLong before,
            SubjectNotBefore notBefore,
            Function<OptionalLong, Uni<SubjectNotBefore>> journaled) {
        if (!present.records().isEmpty()) {
            return journaled.apply(reaching(present, before, notBefore));
        }
        return present.notBeforeMillis() == Token.NOT_BEFORE_UNSET
                ? Uni.createFrom().item(notBefore)
                : writer.expireSubject(subject, OptionalLong.of(notBefore.notBeforeMillis()));
    }

    /** All journaled records, if all tokens are to expire: some may have been issued by a clock that is ahead. */
    private static OptionalLong reaching(JournaledSubject present, OptionalLong before, SubjectNotBefore notBefore) {
        return OptionalLong.of(
                before.isPresent()
                        ? notBefore.notBeforeMillis()
                        : Math.max(notBefore.notBeforeMillis(), present.latestIssueMillis()));
    }

    /**
     * A token with a journal entry is changed only there, so it is kept there. Its new issue is journaled before the store has
     * the not-before time: a replay in between would find the record too old, and remove it.
     */
    private Uni<SubjectNotBefore> expireOthersOfJournaled(TokenId kept, OptionalLong before) {
        return writer.expireOthers(kept, before).chain(journaled -> expireInStore(kept.tag(), journaled)
                .chain(stored -> before.isEmpty() && stored.hasLaterIssue()
                        ? writer.expireOthers(kept, OptionalLong.of(stored.latestIssueMillis()))
                                .chain(latest ->
                                        expireInStore(kept.tag(), latest).replaceWith(latest))
                        : Uni.createFrom().item(journaled))
                .onFailure(StoreUnavailableException.class)
                .recoverWithItem(journaled));
    }

    private Uni<SubjectNotBefore> expireInStore(RoutingTag subject, SubjectNotBefore journaled) {
        return store.expireSubject(subject, OptionalLong.of(journaled.notBeforeMillis()));
    }
}
