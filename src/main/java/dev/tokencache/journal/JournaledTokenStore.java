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
import dev.tokencache.token.TouchableTokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

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

    /** How often to list a subject whose not-before time changes between the reads of the journal and the store. */
    private static final int LIST_ATTEMPTS = 3;

    private final TokenStore store;
    private final Journal journal;
    private final JournalWriter writer;
    private final JournaledVerdicts verdicts;
    private final JournaledExpiries expiries;
    private final Fallback fallback;
    private final LimitedCalls limits;
    private final Clock clock;

    public JournaledTokenStore(TouchableTokenStore store, Journal journal, Time time, CallLimits limits) {
        this.store = store;
        this.journal = journal;
        this.writer = new JournalWriter(store, journal, time);
        this.verdicts = new JournaledVerdicts(store, journal, writer, time);
        this.limits = new LimitedCalls(limits, time);
        this.fallback = new Fallback(journal, this.limits);
        this.expiries = new JournaledExpiries(store, journal, writer, verdicts, fallback);
        this.clock = time.clock();
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
        if (verdicts.stream().noneMatch(this::mayBeJournaled)) {
            return Uni.createFrom().item(verdicts);
        }
        List<Uni<Verdict>> results = new ArrayList<>(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            results.add(orJournaled(tokens.get(i), verdicts.get(i)));
        }
        return Uni.join().all(results).andFailFast();
    }

    /** Whether an entry may say more than the store's verdict: one that was written during the call, or by another process. */
    private boolean mayBeJournaled(Verdict verdict) {
        return verdict instanceof Verdict.Unknown || verdict instanceof Verdict.Inactive && !journal.isEmpty();
    }

    private Uni<Verdict> orJournaled(TokenLocator token, Verdict verdict) {
        return mayBeJournaled(verdict)
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
                        ? fallback.kept(creation, created.durability(), () -> writer.create(token)
                                .map(journaled -> withEvicted(created, journaled)))
                        : Uni.createFrom().item(creation));
        return fallback.orElse(stored, () -> writer.create(token));
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
                        ? fallback.kept(renewal, renewed.durability(), () -> writer.keep(renewed, lifetime))
                        : Uni.createFrom().item(renewal));
        return fallback.orElse(stored, () -> writer.renew(token, lifetime));
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
                    .map(renewal -> isBeforeNotBefore(renewal, state) ? Renewal.NOT_ACTIVE : renewal)
                    .chain(renewal -> renewal instanceof Renewal.NotActive
                            ? renewIfReissued(token, lifetime)
                            : Uni.createFrom().item(renewal));
        });
    }

    /** As {@link JournaledVerdicts#unlessReissued}. */
    private Uni<Renewal> renewIfReissued(TokenLocator token, OptionalLong lifetime) {
        return verdicts.find(token)
                .chain(state -> state.record().isPresent()
                        ? writer.renew(token, state, lifetime)
                        : Uni.createFrom().item(Renewal.NOT_ACTIVE));
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
        return expiries.expire(token, atMillis);
    }

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        return expiries.expireSubject(subject, before);
    }

    @Override
    public Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        return expiries.expireOthers(kept, before);
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
        return limits.limitCall(list(subject, paging, LIST_ATTEMPTS));
    }

    private Uni<SubjectTokens> list(RoutingTag subject, Paging paging, int attempts) {
        return journal.findSubject(subject).chain(journaled -> store.list(subject, journaled.leaveRoomOn(paging))
                .chain(stored -> attempts > 1 && journaled.isOlderThan(stored)
                        ? list(subject, paging, attempts - 1)
                        : Uni.createFrom().item(journaled.applyTo(stored, paging, clock.millis()))));
    }

    /** A journal that cannot be read may hold anything. */
    private static Uni<Verdict> unknownOnFailure(Uni<Verdict> call) {
        return call.onFailure().recoverWithItem(Verdict.Unknown::new);
    }
}
