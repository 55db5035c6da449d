package dev.tokencache.journal;

import dev.tokencache.redis.Time;
import dev.tokencache.token.Durability;
import dev.tokencache.token.Paging;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * A token store decorator that saves writes to a journal while the store behind it is unavailable.
 *
 * <p>While the journal has entries, every call reads the journal before the store. Journal entries are newer than the
 * store's data, and an entry is removed only after the store has accepted it. A caller that reads first the journal and
 * then the store therefore misses nothing. For the same reason a token with a journal entry is changed only there. While
 * the journal is empty, all of this costs one volatile read.
 *
 * <p>A verdict that only the store can give stays unknown.
 */
public final class JournaledTokenStore implements TokenStore {

    private final TokenStore store;
    private final Journal journal;
    private final JournalWriter writer;
    private final Clock clock;
    private final CallLimits limits;

    private JournaledTokenStore(TokenStore store, Journal journal, Time time, CallLimits limits) {
        this.store = store;
        this.journal = journal;
        this.writer = new JournalWriter(store, journal, time);
        this.clock = time.clock();
        this.limits = limits;
    }

    /** Adds a journal to the store. */
    public static TokenStore wrap(TokenStore store, Journal journal, Time time, CallLimits limits) {
        return new JournaledTokenStore(store, journal, time, limits);
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        return journal.isEmpty()
                ? store.validate(token).chain(verdict -> orJournaled(token, verdict))
                : validateInOutage(token);
    }

    private Uni<Verdict> validateInOutage(TokenLocator token) {
        return unknownOnFailure(limits.limitCall(verdict(token, true)));
    }

    @Override
    public Uni<List<Verdict>> validateAll(List<TokenLocator> tokens) {
        if (journal.isEmpty()) {
            return store.validateAll(tokens).chain(verdicts -> orJournaled(tokens, verdicts));
        }
        return Uni.join()
                .all(tokens.stream().map(this::validateInOutage).toList())
                .andFailFast();
    }

    private Uni<List<Verdict>> orJournaled(List<TokenLocator> tokens, List<Verdict> verdicts) {
        if (verdicts.stream().noneMatch(Verdict.Unknown.class::isInstance)) {
            return Uni.createFrom().item(verdicts);
        }
        List<Uni<Verdict>> results = new ArrayList<>(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            results.add(orJournaled(tokens.get(i), verdicts.get(i)));
        }
        return Uni.join().all(results).andFailFast();
    }

    /** Reads the journal if the store is unavailable: another process may have written an entry a moment ago. */
    private Uni<Verdict> orJournaled(TokenLocator token, Verdict verdict) {
        return verdict instanceof Verdict.Unknown
                ? unknownOnFailure(limits.limitJournal(
                        find(token).map(state -> state.verdict(clock.millis()).orElse(verdict))))
                : Uni.createFrom().item(verdict);
    }

    /** The journal's verdict, or else the store's under the journaled not-before time. */
    private Uni<Verdict> verdict(TokenLocator token, boolean isValidation) {
        return find(token).chain(state -> {
            Optional<Verdict> journaled = state.verdict(clock.millis());
            if (journaled.isEmpty()) {
                Uni<Verdict> stored = isValidation ? store.validate(token) : store.read(token);
                return stored.chain(verdict -> applyNotBefore(token, isValidation, state, verdict));
            }
            if (isValidation) {
                touch(state, journaled.get());
            }
            return Uni.createFrom().item(journaled.get());
        });
    }

    private Uni<Verdict> applyNotBefore(
            TokenLocator token, boolean isValidation, JournaledState state, Verdict verdict) {
        if (verdict instanceof Verdict.Active active && token instanceof TokenLocator.Foreign) {
            // The store has named the foreign token's subject. The journal must be read for that subject first.
            return verdict(new TokenLocator.ById(active.token().id()), isValidation);
        }
        return Uni.createFrom().item(state.applyNotBefore(verdict));
    }

    /** Records the validation. The verdict neither waits for it nor depends on it. */
    private void touch(JournaledState state, Verdict verdict) {
        long now = clock.millis();
        if (verdict instanceof Verdict.Active active && active.token().isTouchDue(now)) {
            writer.touch(state, now);
        }
    }

    @Override
    public Uni<Verdict> read(TokenLocator token) {
        return journal.isEmpty()
                ? store.read(token).chain(verdict -> orJournaled(token, verdict))
                : unknownOnFailure(limits.limitCall(verdict(token, false)));
    }

    @Override
    public Uni<Creation> create(NewToken token) {
        return journal.isEmpty() ? createInStore(token) : limits.limitCall(createInOutage(token));
    }

    private Uni<Creation> createInStore(NewToken token) {
        return orElse(store.create(token), () -> writer.create(token));
    }

    private Uni<Creation> createInOutage(NewToken token) {
        TokenId id = token.token().id();
        return journal.find(id.hash(), id.tag()).chain(state -> {
            if (token.token().issuedAtMillis() <= state.notBeforeMillis()) {
                return Uni.createFrom().item(new Creation.IssuedTooEarly(state.notBeforeMillis()));
            }
            if (!state.hasTokenEntry()) {
                return createInStore(token)
                        .chain(creation -> creation instanceof Creation.Taken && token.isForeign()
                                ? createUnlessHeld(token)
                                : Uni.createFrom().item(creation));
            }
            return state.saved() == null && token.isForeign() ? createUnlessHeld(token) : writer.create(token, state);
        });
    }

    /**
     * Creates a foreign token, unless its string belongs to an active one. If the journal has expired the holder, the string
     * is free, though the store does not know that yet. The writer reads the journal again, because the store was called
     * since.
     */
    private Uni<Creation> createUnlessHeld(NewToken token) {
        return verdict(new TokenLocator.Foreign(token.token().id().hash()), false)
                .chain(verdict -> verdict instanceof Verdict.Active
                        ? Uni.createFrom().item(Creation.TAKEN)
                        : writer.create(token));
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return journal.isEmpty() ? renewInStore(token, lifetime) : limits.limitCall(renewInOutage(token, lifetime));
    }

    private Uni<Renewal> renewInStore(TokenLocator token, OptionalLong lifetime) {
        return orElse(store.renew(token, lifetime), () -> writer.renew(token, lifetime));
    }

    private Uni<Renewal> renewInOutage(TokenLocator token, OptionalLong lifetime) {
        return find(token).chain(state -> {
            if (state.hasTokenEntry()) {
                return writer.renew(token, state, lifetime);
            }
            if (token instanceof TokenLocator.Foreign) {
                return renewForeignInOutage(token, lifetime);
            }
            return renewInStore(token, lifetime)
                    .map(renewal -> isBeforeNotBefore(renewal, state) ? Renewal.NOT_ACTIVE : renewal);
        });
    }

    /** The journal can be searched for the not-before time only once the token's subject is known. */
    private Uni<Renewal> renewForeignInOutage(TokenLocator token, OptionalLong lifetime) {
        return store.read(token).chain(verdict -> {
            if (verdict instanceof Verdict.Active active) {
                return renewInOutage(new TokenLocator.ById(active.token().id()), lifetime);
            }
            return verdict instanceof Verdict.Inactive
                    ? Uni.createFrom().item(Renewal.NOT_ACTIVE)
                    : Uni.createFrom().failure(new StoreUnavailableException("the token's subject is only in Redis"));
        });
    }

    /** Whether the store has renewed a token that expired with its subject. The renewal has no effect. */
    private static boolean isBeforeNotBefore(Renewal renewal, JournaledState state) {
        return renewal instanceof Renewal.Renewed renewed
                && renewed.token().issuedAtMillis() <= state.notBeforeMillis();
    }

    @Override
    public Uni<Durability> expire(TokenLocator token, long atMillis) {
        return journal.isEmpty()
                ? orElse(store.expire(token, atMillis), () -> writer.expire(token, atMillis))
                : limits.limitCall(expireInOutage(token, atMillis));
    }

    private Uni<Durability> expireInOutage(TokenLocator token, long atMillis) {
        return find(token).chain(state -> {
            if (state.hasTokenEntry()) {
                return writer.expire(token, atMillis);
            }
            // A renewal may be journaled while the store is called.
            Uni<Durability> stored = store.expire(token, atMillis).chain(durability -> find(token)
                    .chain(later -> later.hasTokenEntry()
                            ? writer.expire(token, atMillis)
                            : Uni.createFrom().item(durability)));
            return orElse(stored, () -> writer.expire(token, atMillis));
        });
    }

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        // The journal's state is read after the call, because records may be journaled during it.
        Uni<SubjectNotBefore> stored = store.expireSubject(subject, before)
                .chain(notBefore ->
                        journal.isEmpty() ? Uni.createFrom().item(notBefore) : expireJournaled(subject, notBefore));
        return limits.limitCall(orElse(stored, () -> writer.expireSubject(subject, before)));
    }

    @Override
    public Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        if (journal.isEmpty()) {
            return expireOthersInStore(kept, before);
        }
        return limits.limitCall(find(new TokenLocator.ById(kept))
                .chain(state -> state.hasTokenEntry()
                        ? expireOthersOfJournaled(kept, before)
                        : expireOthersInStore(kept, before)));
    }

    private Uni<SubjectNotBefore> expireOthersInStore(TokenId kept, OptionalLong before) {
        Uni<SubjectNotBefore> stored = store.expireOthers(kept, before)
                .chain(notBefore ->
                        journal.isEmpty() ? Uni.createFrom().item(notBefore) : expireJournaled(kept.tag(), notBefore));
        return orElse(stored, () -> writer.expireOthers(kept, before));
    }

    /** A token with a journal entry is changed only there, so it is kept there. */
    private Uni<SubjectNotBefore> expireOthersOfJournaled(TokenId kept, OptionalLong before) {
        Uni<SubjectNotBefore> stored = store.expireSubject(kept.tag(), before)
                .chain(notBefore -> writer.expireOthers(kept, OptionalLong.of(notBefore.notBeforeMillis())));
        return orElse(stored, () -> writer.expireOthers(kept, before));
    }

    /** Expires the subject's journaled records, which would otherwise be active until they are replayed. */
    private Uni<SubjectNotBefore> expireJournaled(RoutingTag subject, SubjectNotBefore notBefore) {
        return journal.findSubject(subject)
                .chain(journaled -> journaled.records().isEmpty()
                        ? Uni.createFrom().item(notBefore)
                        : journal.expireSubject(subject, OptionalLong.of(notBefore.notBeforeMillis()))
                                .replaceWith(notBefore));
    }

    @Override
    public Uni<Restoration> restore(NewToken token) {
        return store.restore(token);
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag subject, Paging paging) {
        if (journal.isEmpty()) {
            return store.list(subject, paging);
        }
        return limits.limitCall(
                journal.findSubject(subject).chain(journaled -> store.list(subject, journaled.leaveRoomOn(paging))
                        .map(stored -> journaled.applyTo(stored, paging, clock.millis()))));
    }

    private Uni<JournaledState> find(TokenLocator token) {
        return token instanceof TokenLocator.ById byId
                ? journal.find(byId.hash(), byId.id().tag()).map(state -> state.forToken(byId.id()))
                : journal.find(token.hash(), null);
    }

    /** The store's result, or the journal's in the remaining time if the store is unavailable. */
    private <T> Uni<T> orElse(Uni<T> stored, Supplier<Uni<T>> journaled) {
        return stored.onFailure(StoreUnavailableException.class)
                .recoverWithUni(() -> limits.limitJournal(journaled.get()));
    }

    /** A journal that cannot be read may hold anything. */
    private static Uni<Verdict> unknownOnFailure(Uni<Verdict> call) {
        return call.onFailure().recoverWithItem(Verdict.Unknown::new);
    }
}
