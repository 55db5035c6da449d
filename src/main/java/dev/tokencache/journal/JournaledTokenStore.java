package dev.tokencache.journal;

import dev.tokencache.redis.Time;
import dev.tokencache.token.Durability;
import dev.tokencache.token.Paging;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TouchableTokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A token store decorator that saves writes to a journal while the store behind it is unavailable.
 *
 * <p>While the journal has entries, every call reads the journal before the store. Journal entries are newer than the
 * store's data, and an entry is removed only after the store has accepted it and confirmed that later. A caller that reads
 * first the journal and then the store therefore misses nothing. For the same reason a token with a journal entry is changed
 * only there. While the journal is empty, all of this costs one volatile read.
 *
 * <p>A write that the store accepted on fewer replicas than configured is journaled as well, so that a failover cannot undo
 * it.
 *
 * <p>A verdict that only the store can give stays unknown.
 */
public final class JournaledTokenStore implements TokenStore {

    private final TokenStore store;
    private final Journal journal;
    private final JournalWriter writer;
    private final JournaledVerdicts verdicts;
    private final Clock clock;
    private final LimitedCalls limits;

    public JournaledTokenStore(TouchableTokenStore store, Journal journal, Time time, CallLimits limits) {
        this.store = store;
        this.journal = journal;
        this.writer = new JournalWriter(store, journal, time);
        this.verdicts = new JournaledVerdicts(store, journal, writer, time);
        this.clock = time.clock();
        this.limits = new LimitedCalls(limits, time);
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        return journal.isEmpty()
                ? store.validate(token).chain(verdict -> orJournaled(token, verdict))
                : validateInOutage(token);
    }

    private Uni<Verdict> validateInOutage(TokenLocator token) {
        return unknownOnFailure(limits.limitCall(verdicts.verdict(token, true)));
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
                ? unknownOnFailure(limits.limitJournal(verdicts.find(token)
                        .map(state -> state.verdict(clock.millis()).orElse(verdict))))
                : Uni.createFrom().item(verdict);
    }

    @Override
    public Uni<Verdict> read(TokenLocator token) {
        return journal.isEmpty()
                ? store.read(token).chain(verdict -> orJournaled(token, verdict))
                : unknownOnFailure(limits.limitCall(verdicts.verdict(token, false)));
    }

    @Override
    public Uni<Creation> create(NewToken token) {
        return journal.isEmpty() ? createInStore(token) : limits.limitCall(createInOutage(token));
    }

    private Uni<Creation> createInStore(NewToken token) {
        Uni<Creation> stored = store.create(token)
                .chain(creation -> creation instanceof Creation.Created created
                        ? kept(creation, created.durability(), () -> writer.create(token)
                                .map(journaled -> withEvicted(created, journaled)))
                        : Uni.createFrom().item(creation));
        return orElse(stored, () -> writer.create(token));
    }

    private static Creation withEvicted(Creation.Created stored, Creation journaled) {
        return journaled instanceof Creation.Created created
                ? new Creation.Created(created.durability(), stored.evicted())
                : journaled;
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
        return verdicts.verdict(new TokenLocator.Foreign(token.token().id().hash()), false)
                .chain(verdict -> verdict instanceof Verdict.Active
                        ? Uni.createFrom().item(Creation.TAKEN)
                        : writer.create(token));
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return journal.isEmpty() ? renewInStore(token, lifetime) : limits.limitCall(renewInOutage(token, lifetime));
    }

    private Uni<Renewal> renewInStore(TokenLocator token, OptionalLong lifetime) {
        Uni<Renewal> stored = store.renew(token, lifetime)
                .chain(renewal -> renewal instanceof Renewal.Renewed renewed
                        ? kept(renewal, renewed.durability(), () -> writer.keep(renewed, lifetime))
                        : Uni.createFrom().item(renewal));
        return orElse(stored, () -> writer.renew(token, lifetime));
    }

    private Uni<Renewal> renewInOutage(TokenLocator token, OptionalLong lifetime) {
        return verdicts.find(token).chain(state -> {
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
                ? expireInStore(token, atMillis)
                : limits.limitCall(verdicts.find(token).chain(state -> expireInOutage(token, atMillis, state)));
    }

    private Uni<Durability> expireInStore(TokenLocator token, long atMillis) {
        Uni<Durability> stored = store.expire(token, atMillis)
                .chain(durability -> kept(durability, durability, () -> writer.expire(token, atMillis)));
        return orElse(stored, () -> writer.expire(token, atMillis));
    }

    private Uni<Durability> expireInOutage(TokenLocator token, long atMillis, JournaledState state) {
        if (state.isExpired()) {
            // A repeated logout must not delay the confirmation of the first.
            return Uni.createFrom().item(Durability.JOURNALED);
        }
        if (state.hasTokenEntry()) {
            return writer.expire(token, atMillis);
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
                        ? writer.expire(token, atMillis)
                        : Uni.createFrom().item(durability));
    }

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        Uni<SubjectNotBefore> stored = alsoInJournal(
                subject, store.expireSubject(subject, before), expired -> writer.expireSubject(subject, expired));
        return limits.limitCall(orElse(stored, () -> writer.expireSubject(subject, before)));
    }

    @Override
    public Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        if (journal.isEmpty()) {
            return expireOthersInStore(kept, before);
        }
        return limits.limitCall(verdicts.find(new TokenLocator.ById(kept)).chain(state -> {
            if (state.saved() != null || state.isExpired()) {
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
                kept.tag(), store.expireOthers(kept, before), expired -> writer.expireOthers(kept, expired));
        return orElse(stored, () -> writer.expireOthers(kept, before));
    }

    /** Reads the journal's state after the call, because records may be journaled during it. */
    private Uni<SubjectNotBefore> alsoInJournal(
            RoutingTag subject, Uni<SubjectNotBefore> stored, Function<OptionalLong, Uni<SubjectNotBefore>> journaled) {
        return stored.chain(notBefore -> kept(
                        notBefore,
                        notBefore.durability(),
                        () -> journaled.apply(OptionalLong.of(notBefore.notBeforeMillis()))))
                .chain(notBefore ->
                        journal.isEmpty() ? Uni.createFrom().item(notBefore) : expireJournaled(subject, notBefore));
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

    /**
     * Also journals a write that fewer replicas have than configured, because a failover could undo it. Without room in the
     * journal, the result reports it as under-replicated.
     */
    private <T> Uni<T> kept(T stored, Durability durability, Supplier<Uni<T>> journaled) {
        return durability == Durability.UNDER_REPLICATED && journal.hasRoom()
                ? limits.limitJournal(journaled.get())
                        .onFailure(StoreUnavailableException.class)
                        .recoverWithItem(stored)
                : Uni.createFrom().item(stored);
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
