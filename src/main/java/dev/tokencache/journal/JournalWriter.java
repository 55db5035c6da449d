package dev.tokencache.journal;

import dev.tokencache.redis.Time;
import dev.tokencache.token.Durability;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.TouchableTokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the journal what the store could not accept, or not with the configured durability. The rules are those of a
 * store: a record is replaced only if it is still the one that the decision was based on.
 */
final class JournalWriter {

    /** How often a write is tried while other callers change the same record. */
    private static final int ATTEMPTS = 3;

    /** By how much the clocks of two instances may differ. */
    static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(5);

    private static final StoreUnavailableException CHANGED =
            new StoreUnavailableException("other callers keep changing the record");

    private final TouchableTokenStore store;
    private final Journal journal;
    private final Time time;
    private final Clock clock;

    JournalWriter(TouchableTokenStore store, Journal journal, Time time) {
        this.store = store;
        this.journal = journal;
        this.time = time;
        this.clock = time.clock();
    }

    /** Repeats a call that {@link #save} has failed because another caller changed the record in between. */
    private static <T> Uni<T> retried(Supplier<Uni<? extends T>> call) {
        return Uni.createFrom()
                .deferred(call)
                .onFailure(failure -> failure == CHANGED)
                .retry()
                .atMost(ATTEMPTS - 1);
    }

    Uni<Creation> create(NewToken created) {
        TokenId id = created.token().id();
        return retried(() -> journal.find(id.hash(), id.tag()).chain(state -> tryCreate(created, state)));
    }

    /** @param state what the journal returned for the token's hash and subject */
    Uni<Creation> create(NewToken created, JournaledState state) {
        return tryCreate(created, state)
                .onFailure(failure -> failure == CHANGED)
                .recoverWithUni(() -> create(created));
    }

    private Uni<Creation> tryCreate(NewToken created, JournaledState state) {
        TokenId id = created.token().id();
        Creation result = resultWithoutWrite(created, state.forToken(id));
        if (result != null) {
            return Uni.createFrom().item(result);
        }
        return isHeldByAnother(state.saved(), id)
                .chain(isHeld -> isHeld ? Uni.createFrom().item(Creation.TAKEN) : saveCreated(created, state));
    }

    private Uni<Creation> saveCreated(NewToken created, JournaledState state) {
        return expireFormer(state.saved())
                .chain(() -> save(
                        record(created.token(), created.foreignNonce()),
                        state,
                        new Creation.Created(Durability.JOURNALED)));
    }

    /** Expires the former token of the same string. It is inactive by the journal's entries, which Redis does not have. */
    private Uni<Void> expireFormer(@Nullable JournaledRecord former) {
        return former == null
                ? Uni.createFrom().voidItem()
                : journal.expire(
                        new TokenLocator.ById(former.token().id()),
                        former.token().issuedAtMillis());
    }

    /** The result of a create that needs no write, or null if it needs one. */
    private @Nullable Creation resultWithoutWrite(NewToken created, JournaledState state) {
        JournaledRecord record = record(created.token(), created.foreignNonce());
        if (created.token().issuedAtMillis() <= state.notBeforeMillis()) {
            return new Creation.IssuedTooEarly(state.notBeforeMillis());
        }
        if (record.isExpiredBy(state.expiredAtMillis())) {
            return new Creation.IssuedTooEarly(state.expiredAtMillis());
        }
        JournaledRecord present = state.record().orElse(null);
        if (present == null || !present.token().isActive(clock.millis(), state.notBeforeMillis())) {
            return null;
        }
        // A repeated create must not undo later changes of its own record.
        return present.isCreatedBy(created) ? new Creation.Created(Durability.JOURNALED) : Creation.TAKEN;
    }

    /** Whether a foreign string's record belongs to an active token of another subject. */
    private Uni<Boolean> isHeldByAnother(@Nullable JournaledRecord saved, TokenId id) {
        return saved == null || saved.token().id().equals(id)
                ? Uni.createFrom().item(false)
                : find(saved.token().id()).map(holder -> holder.verdict(clock.millis())
                        .filter(Verdict.Active.class::isInstance)
                        .isPresent());
    }

    private Uni<JournaledState> find(TokenLocator token) {
        return token instanceof TokenLocator.ById byId ? find(byId.id()) : journal.find(token.hash(), null);
    }

    private Uni<JournaledState> find(TokenId id) {
        return journal.find(id.hash(), id.tag()).map(state -> state.forToken(id));
    }

    Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return retried(() -> tryRenew(token, lifetime));
    }

    private Uni<Renewal> tryRenew(TokenLocator token, OptionalLong lifetime) {
        return find(token).chain(state -> tryRenew(token, state, lifetime));
    }

    /** @param state what the journal returned for the token */
    Uni<Renewal> renew(TokenLocator token, JournaledState state, OptionalLong lifetime) {
        return tryRenew(token, state, lifetime)
                .onFailure(failure -> failure == CHANGED)
                .recoverWithUni(() -> renew(token, lifetime));
    }

    private Uni<Renewal> tryRenew(TokenLocator token, JournaledState state, OptionalLong lifetime) {
        if (state.isExpired()) {
            return Uni.createFrom().item(Renewal.NOT_ACTIVE);
        }
        JournaledRecord saved = state.record().orElse(null);
        return saved != null
                ? renew(saved.token(), saved.foreignNonce(), state, lifetime)
                : renewStored(token, state, lifetime);
    }

    /** Renews a token whose record is only in the store: a replica may return it while the master is down. */
    private Uni<Renewal> renewStored(TokenLocator token, JournaledState state, OptionalLong lifetime) {
        return stored(token, state).chain(verdict -> {
            if (verdict instanceof Verdict.Inactive) {
                return Uni.createFrom().item(Renewal.NOT_ACTIVE);
            }
            if (!(verdict instanceof Verdict.Active active)) {
                return Uni.createFrom().failure(new StoreUnavailableException("the token's record is only in Redis"));
            }
            return token instanceof TokenLocator.Foreign
                    ? tryRenew(new TokenLocator.ById(active.token().id()), lifetime)
                    : renew(active.token(), null, state, lifetime);
        });
    }

    /** The store's verdict on a token, given the validation in the journal. */
    private Uni<Verdict> stored(TokenLocator token, JournaledState state) {
        Token validated = state.validated();
        return validated != null ? store.read(validated) : store.read(token);
    }

    private Uni<Renewal> renew(
            Token token, @Nullable String foreignNonce, JournaledState state, OptionalLong lifetime) {
        long now = clock.millis();
        if (!token.isActive(now, state.notBeforeMillis())) {
            return Uni.createFrom().item(Renewal.NOT_ACTIVE);
        }
        Renewal renewal = Renewal.of(token, lifetime, now);
        return renewal instanceof Renewal.Renewed renewed
                ? save(
                        record(renewed.token(), foreignNonce),
                        state,
                        new Renewal.Renewed(renewed.token(), Durability.JOURNALED))
                : Uni.createFrom().item(renewal);
    }

    /** Saves a renewal that the store accepted. If another caller saved one meanwhile, renews that one. */
    Uni<Renewal> keep(Renewal.Renewed renewed, OptionalLong lifetime) {
        Token token = renewed.token();
        return journal.save(record(token, null), null)
                .chain(isSaved -> isSaved
                        ? Uni.createFrom().item(new Renewal.Renewed(token, Durability.JOURNALED))
                        : renew(new TokenLocator.ById(token.id()), lifetime));
    }

    /** Saves the validation of a journaled token, unless the record was changed meanwhile. Ignores failures. */
    void touch(JournaledState state, long nowMillis) {
        state.record()
                .ifPresent(saved -> journal.save(record(saved.token().touched(nowMillis), saved.foreignNonce()), saved)
                        .subscribe()
                        .with(done -> {}, failure -> {}));
    }

    Uni<Durability> expire(TokenLocator token, long atMillis) {
        return find(token).chain(state -> expire(token, state, atMillis));
    }

    /**
     * Reaches the record that is journaled now, even if the clock of its issuer is ahead. Redis may have the record of a foreign
     * token without a pointer, because its creation was not finished: its expiry is journaled by its id, too.
     *
     * @param state what the journal returned for the token
     */
    Uni<Durability> expire(TokenLocator token, JournaledState state, long atMillis) {
        JournaledRecord saved = state.saved();
        if (saved == null) {
            return journal.expire(token, atMillis).replaceWith(Durability.JOURNALED);
        }
        long at = Math.max(atMillis, saved.token().issuedAtMillis());
        TokenLocator byId = new TokenLocator.ById(saved.token().id());
        return journal.expire(token, at)
                .chain(() -> token.equals(byId) ? Uni.createFrom().voidItem() : journal.expire(byId, at))
                .replaceWith(Durability.JOURNALED);
    }

    Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        return (before.isPresent()
                        ? Uni.createFrom().item(before.getAsLong())
                        : journal.findSubject(subject).map(this::afterAllIssues))
                .chain(notBefore -> journal.expireSubject(subject, OptionalLong.of(notBefore)))
                .map(notBefore -> new SubjectNotBefore(notBefore, Durability.JOURNALED));
    }

    /**
     * A time after all issues of a subject's tokens: the journaled ones are known, and those that only Redis has were issued by
     * clocks that are ahead by no more than {@link #CLOCK_DIFFERENCE}.
     */
    private long afterAllIssues(JournaledSubject subject) {
        return Math.max(clock.millis() + CLOCK_DIFFERENCE.toMillis(), subject.latestIssueMillis());
    }

    /** The kept token's record must be readable: in the journal, or in the store. */
    Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        return retried(() -> tryExpireOthers(kept, before));
    }

    private Uni<SubjectNotBefore> tryExpireOthers(TokenId kept, OptionalLong before) {
        return find(kept).chain(state -> {
            JournaledRecord saved = state.record().orElse(null);
            if (saved != null) {
                return expireOthers(saved.token(), saved.foreignNonce(), state, before);
            }
            if (state.isExpired()) {
                return expireSubject(kept.tag(), before);
            }
            return stored(new TokenLocator.ById(kept), state).chain(verdict -> {
                if (verdict instanceof Verdict.Active active) {
                    return expireOthers(active.token(), null, state, before);
                }
                return verdict instanceof Verdict.Inactive
                        ? expireSubject(kept.tag(), before)
                        : Uni.createFrom()
                                .failure(new StoreUnavailableException("the kept token's record is only in Redis"));
            });
        });
    }

    /** Saves the new issue of the kept token first: without the not-before time it changes nothing else. */
    private Uni<SubjectNotBefore> expireOthers(
            Token kept, @Nullable String foreignNonce, JournaledState state, OptionalLong before) {
        RoutingTag subject = kept.id().tag();
        if (!kept.isActive(clock.millis(), state.notBeforeMillis())) {
            return expireSubject(subject, before);
        }
        return journal.findSubject(subject).chain(journaled -> {
            long notBefore = before.orElseGet(() -> afterAllIssues(journaled));
            return save(record(kept.issuedAfter(notBefore), foreignNonce), state, OptionalLong.of(notBefore))
                    .chain(reached -> expireSubject(subject, reached));
        });
    }

    private <T> Uni<T> save(JournaledRecord record, JournaledState state, T result) {
        return journal.save(record, state.saved())
                .chain(isSaved -> isSaved
                        ? Uni.createFrom().item(result)
                        : Uni.createFrom().failure(CHANGED));
    }

    private JournaledRecord record(Token token, @Nullable String foreignNonce) {
        return new JournaledRecord(token, foreignNonce, time.random().nextLong());
    }
}
