package dev.tokencache.journal;

import dev.tokencache.token.Durability;
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
 * Keeps in a journal what the store behind it can not take, answers for it at once, and asks the journal before the store
 * for as long as there is something in it.
 *
 * <p>What is in the journal was written later than what the store has, and the order of the two questions is what keeps
 * that true: an entry leaves the journal only after the store has it, so that whoever asks the journal first and the
 * store then misses nothing. For the same reason a token that is in the journal is changed there and nowhere else.
 * While the journal is empty all of this costs one volatile read.
 *
 * <p>What only the store could know stays unknown.
 */
public final class JournaledTokenStore implements TokenStore {

    private final TokenStore store;
    private final Journal journal;
    private final JournalWriter outage;
    private final Clock clock;
    private final CallLimits limits;

    private JournaledTokenStore(TokenStore store, Journal journal, Clock clock, CallLimits limits) {
        this.store = store;
        this.journal = journal;
        this.outage = new JournalWriter(store, journal, clock);
        this.clock = clock;
        this.limits = limits;
    }

    /** The same store, with a journal. */
    public static TokenStore wrap(TokenStore store, Journal journal, Clock clock, CallLimits limits) {
        return new JournaledTokenStore(store, journal, clock, limits);
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        return journal.isEmpty()
                ? store.validate(token).chain(verdict -> orJournaled(token, verdict))
                : question(limits.call(ask(token, true)));
    }

    @Override
    public Uni<List<Verdict>> validateAll(List<TokenLocator> tokens) {
        if (journal.isEmpty()) {
            return store.validateAll(tokens).chain(verdicts -> orJournaled(tokens, verdicts));
        }
        return Uni.join().all(tokens.stream().map(this::validate).toList()).andFailFast();
    }

    private Uni<List<Verdict>> orJournaled(List<TokenLocator> tokens, List<Verdict> verdicts) {
        if (verdicts.stream().noneMatch(Verdict.Unknown.class::isInstance)) {
            return Uni.createFrom().item(verdicts);
        }
        List<Uni<Verdict>> answers = new ArrayList<>(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            answers.add(orJournaled(tokens.get(i), verdicts.get(i)));
        }
        return Uni.join().all(answers).andFailFast();
    }

    /** Another process may have journaled something a moment ago: a store that can not be asked is a reason to look. */
    private Uni<Verdict> orJournaled(TokenLocator token, Verdict verdict) {
        return verdict instanceof Verdict.Unknown
                ? question(
                        limits.journalPart(find(token).map(state -> known(state).orElse(verdict))))
                : Uni.createFrom().item(verdict);
    }

    /** What the journal knows, or else what the store says and the journal has nothing against. */
    private Uni<Verdict> ask(TokenLocator token, boolean isValidation) {
        return find(token).chain(state -> {
            Optional<Verdict> known = known(state);
            if (known.isEmpty()) {
                Uni<Verdict> stored = isValidation ? store.validate(token) : store.read(token);
                return stored.chain(verdict -> underNotBefore(token, isValidation, state, verdict));
            }
            if (isValidation) {
                touch(state, known.get());
            }
            return Uni.createFrom().item(known.get());
        });
    }

    private Uni<Verdict> underNotBefore(
            TokenLocator token, boolean isValidation, JournaledState state, Verdict verdict) {
        if (verdict instanceof Verdict.Active active && token instanceof TokenLocator.Foreign) {
            // Only now it is known whose token it is, and the journal must be asked first.
            return ask(new TokenLocator.ById(active.token().id()), isValidation);
        }
        return Uni.createFrom().item(state.underNotBefore(verdict));
    }

    /** The verdict does not wait for this, and does not change if it fails. */
    private void touch(JournaledState state, Verdict verdict) {
        long now = clock.millis();
        if (verdict instanceof Verdict.Active active && active.token().isTouchDue(now)) {
            outage.touch(state, now);
        }
    }

    @Override
    public Uni<Verdict> read(TokenLocator token) {
        return journal.isEmpty()
                ? store.read(token).chain(verdict -> orJournaled(token, verdict))
                : question(limits.call(ask(token, false)));
    }

    @Override
    public Uni<Creation> create(NewToken token) {
        return journal.isEmpty() ? createInStore(token) : limits.call(createInOutage(token));
    }

    private Uni<Creation> createInStore(NewToken token) {
        return orElse(store.create(token), () -> outage.create(token));
    }

    private Uni<Creation> createInOutage(NewToken token) {
        TokenId id = token.token().id();
        return journal.find(id.hash(), id.tag()).chain(state -> {
            if (token.token().issuedAtMillis() <= state.notBeforeMillis()) {
                return Uni.createFrom().item(new Creation.IssuedTooEarly(state.notBeforeMillis()));
            }
            if (!state.isOnToken()) {
                return createInStore(token)
                        .chain(creation -> creation instanceof Creation.Taken && token.isForeign()
                                ? createUnlessHeld(token)
                                : Uni.createFrom().item(creation));
            }
            return state.kept() == null ? createUnlessHeld(token) : outage.create(token);
        });
    }

    /**
     * A string that another system made is free, too, if the store still takes its holder for alive and only the journal
     * knows better; and it is not, whatever the journal knows of others, if the store has a live holder.
     */
    private Uni<Creation> createUnlessHeld(NewToken token) {
        if (!token.isForeign()) {
            return outage.create(token);
        }
        return ask(new TokenLocator.Foreign(token.token().id().hash()), false)
                .chain(verdict -> verdict instanceof Verdict.Active
                        ? Uni.createFrom().item(Creation.TAKEN)
                        : outage.create(token));
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return journal.isEmpty() ? renewInStore(token, lifetime) : limits.call(renewInOutage(token, lifetime));
    }

    private Uni<Renewal> renewInStore(TokenLocator token, OptionalLong lifetime) {
        return orElse(store.renew(token, lifetime), () -> outage.renew(token, lifetime));
    }

    private Uni<Renewal> renewInOutage(TokenLocator token, OptionalLong lifetime) {
        return find(token).chain(state -> {
            if (state.isOnToken()) {
                return outage.renew(token, lifetime);
            }
            if (token instanceof TokenLocator.Foreign) {
                return renewForeignInOutage(token, lifetime);
            }
            return renewInStore(token, lifetime)
                    .map(renewal -> isBeforeNotBefore(renewal, state) ? Renewal.NOT_ACTIVE : renewal);
        });
    }

    /** Whose it is must be known before the journal can be asked for the subject's mark. */
    private Uni<Renewal> renewForeignInOutage(TokenLocator token, OptionalLong lifetime) {
        return store.read(token).chain(verdict -> {
            if (verdict instanceof Verdict.Active active) {
                return renewInOutage(new TokenLocator.ById(active.token().id()), lifetime);
            }
            return verdict instanceof Verdict.Inactive
                    ? Uni.createFrom().item(Renewal.NOT_ACTIVE)
                    : Uni.createFrom().failure(new StoreUnavailableException("nobody knows whose token it is"));
        });
    }

    /** The store may have renewed what it did not know to be expired with its subject; that does no harm. */
    private static boolean isBeforeNotBefore(Renewal renewal, JournaledState state) {
        return renewal instanceof Renewal.Renewed renewed
                && renewed.token().issuedAtMillis() <= state.notBeforeMillis();
    }

    @Override
    public Uni<Durability> expire(TokenLocator token, long atMillis) {
        return journal.isEmpty()
                ? orElse(store.expire(token, atMillis), () -> outage.expire(token, atMillis))
                : limits.call(expireInOutage(token, atMillis));
    }

    private Uni<Durability> expireInOutage(TokenLocator token, long atMillis) {
        return find(token).chain(state -> {
            if (state.isOnToken()) {
                return outage.expire(token, atMillis);
            }
            // A renewal may be journaled while the store is told.
            Uni<Durability> stored = store.expire(token, atMillis).chain(durability -> find(token)
                    .chain(later -> later.isOnToken()
                            ? outage.expire(token, atMillis)
                            : Uni.createFrom().item(durability)));
            return orElse(stored, () -> outage.expire(token, atMillis));
        });
    }

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        Uni<SubjectNotBefore> stored = store.expireSubject(subject, before)
                .chain(notBefore ->
                        journal.isEmpty() ? Uni.createFrom().item(notBefore) : expireJournaled(subject, notBefore));
        return orElse(stored, () -> outage.expireSubject(subject, before));
    }

    /** Records of the subject that are on their way to the store would be told as good until they are there. */
    private Uni<SubjectNotBefore> expireJournaled(RoutingTag subject, SubjectNotBefore notBefore) {
        return journal.ofSubject(subject)
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
    public Uni<SubjectTokens> list(RoutingTag subject) {
        if (journal.isEmpty()) {
            return store.list(subject);
        }
        return limits.call(journal.ofSubject(subject)
                .chain(journaled -> store.list(subject).map(stored -> journaled.over(stored, clock.millis()))));
    }

    private Uni<JournaledState> find(TokenLocator token) {
        return token instanceof TokenLocator.ById byId
                ? journal.find(byId.hash(), byId.id().tag()).map(state -> state.about(byId.id()))
                : journal.find(token.hash(), null);
    }

    private Optional<Verdict> known(JournaledState state) {
        return state.verdict(clock.millis());
    }

    /** The store, or else the journal, for what is left of the time. */
    private <T> Uni<T> orElse(Uni<T> stored, Supplier<Uni<T>> journaled) {
        return stored.onFailure(StoreUnavailableException.class)
                .recoverWithUni(() -> limits.journalPart(journaled.get()));
    }

    /** A journal that can not be asked may hold anything: unknown. */
    private static Uni<Verdict> question(Uni<Verdict> call) {
        return call.onFailure().recoverWithItem(Verdict.Unknown::new);
    }
}
