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
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the journal what the store could not accept, or not with the configured durability. The rules are those of a store: a record is replaced only if it
 * is still the one that the decision was based on.
 */
final class JournalWriter {

    /** How often a write is tried while other callers change the same record. */
    private static final int ATTEMPTS = 3;

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

    Uni<Creation> create(NewToken created) {
        return create(created, ATTEMPTS);
    }

    private Uni<Creation> create(NewToken created, int attempts) {
        TokenId id = created.token().id();
        return journal.find(id.hash(), id.tag()).chain(state -> create(created, state, attempts));
    }

    Uni<Creation> create(NewToken created, JournaledState state) {
        return create(created, state, ATTEMPTS);
    }

    private Uni<Creation> create(NewToken created, JournaledState state, int attempts) {
        TokenId id = created.token().id();
        Creation result = resultWithoutWrite(created, state.forToken(id));
        if (result != null) {
            return Uni.createFrom().item(result);
        }
        return isHeldByAnother(state.saved(), id)
                .chain(isHeld ->
                        isHeld ? Uni.createFrom().item(Creation.TAKEN) : saveCreated(created, state, attempts));
    }

    private Uni<Creation> saveCreated(NewToken created, JournaledState state, int attempts) {
        return expireFormer(state.saved())
                .chain(() -> save(
                        record(created.token(), created.foreignNonce()),
                        state,
                        new Creation.Created(Durability.JOURNALED),
                        attempts,
                        () -> create(created, attempts - 1)));
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

    private Uni<JournaledState> find(TokenId id) {
        return journal.find(id.hash(), id.tag()).map(state -> state.forToken(id));
    }

    Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return renew(token, lifetime, ATTEMPTS);
    }

    private Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime, int attempts) {
        Uni<JournaledState> found =
                token instanceof TokenLocator.ById byId ? find(byId.id()) : journal.find(token.hash(), null);
        return found.chain(state -> renew(token, state, lifetime, attempts));
    }

    Uni<Renewal> renew(TokenLocator token, JournaledState state, OptionalLong lifetime) {
        return renew(token, state, lifetime, ATTEMPTS);
    }

    private Uni<Renewal> renew(TokenLocator token, JournaledState state, OptionalLong lifetime, int attempts) {
        if (state.isExpired()) {
            return Uni.createFrom().item(Renewal.NOT_ACTIVE);
        }
        JournaledRecord saved = state.record().orElse(null);
        return saved != null
                ? renew(saved.token(), saved.foreignNonce(), state, lifetime, attempts)
                : renewStored(token, state, lifetime, attempts);
    }

    /** Renews a token whose record is only in the store: a replica may return it while the master is down. */
    private Uni<Renewal> renewStored(TokenLocator token, JournaledState state, OptionalLong lifetime, int attempts) {
        return stored(token, state).chain(verdict -> {
            if (verdict instanceof Verdict.Inactive) {
                return Uni.createFrom().item(Renewal.NOT_ACTIVE);
            }
            if (!(verdict instanceof Verdict.Active active)) {
                return Uni.createFrom().failure(new StoreUnavailableException("the token's record is only in Redis"));
            }
            return token instanceof TokenLocator.Foreign
                    ? renew(new TokenLocator.ById(active.token().id()), lifetime, attempts)
                    : renew(active.token(), null, state, lifetime, attempts);
        });
    }

    /** The store's verdict on a token, given the validation in the journal. */
    private Uni<Verdict> stored(TokenLocator token, JournaledState state) {
        Token validated = state.validated();
        return validated != null ? store.read(validated) : store.read(token);
    }

    private Uni<Renewal> renew(
            Token token, @Nullable String foreignNonce, JournaledState state, OptionalLong lifetime, int attempts) {
        long now = clock.millis();
        if (!token.isActive(now, state.notBeforeMillis())) {
            return Uni.createFrom().item(Renewal.NOT_ACTIVE);
        }
        Renewal renewal = Renewal.of(token, lifetime, now);
        return renewal instanceof Renewal.Renewed renewed
                ? save(
                        record(renewed.token(), foreignNonce),
                        state,
                        new Renewal.Renewed(renewed.token(), Durability.JOURNALED),
                        attempts,
                        () -> renew(new TokenLocator.ById(token.id()), lifetime, attempts - 1))
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
        return journal.expire(token, atMillis).replaceWith(Durability.JOURNALED);
    }

    Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        return journal.expireSubject(subject, before)
                .map(notBefore -> new SubjectNotBefore(notBefore, Durability.JOURNALED));
    }

    /** The kept token's record must be readable: in the journal, or in the store. */
    Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        return expireOthers(kept, before, ATTEMPTS);
    }

    private Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before, int attempts) {
        return find(kept).chain(state -> {
            JournaledRecord saved = state.record().orElse(null);
            if (saved != null) {
                return expireOthers(saved.token(), saved.foreignNonce(), state, before, attempts);
            }
            if (state.isExpired()) {
                return expireSubject(kept.tag(), before);
            }
            return stored(new TokenLocator.ById(kept), state).chain(verdict -> {
                if (verdict instanceof Verdict.Active active) {
                    return expireOthers(active.token(), null, state, before, attempts);
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
            Token kept, @Nullable String foreignNonce, JournaledState state, OptionalLong before, int attempts) {
        RoutingTag subject = kept.id().tag();
        if (!kept.isActive(clock.millis(), state.notBeforeMillis())) {
            return expireSubject(subject, before);
        }
        return journal.findSubject(subject).chain(journaled -> {
            long notBefore = before.orElse(Math.max(clock.millis(), journaled.latestIssueMillis()));
            return save(
                            record(kept.issuedAfter(notBefore), foreignNonce),
                            state,
                            OptionalLong.of(notBefore),
                            attempts,
                            () -> expireOthers(kept.id(), before, attempts - 1)
                                    .map(done -> OptionalLong.of(done.notBeforeMillis())))
                    .chain(reached -> expireSubject(subject, reached));
        });
    }

    private <T> Uni<T> save(
            JournaledRecord record, JournaledState state, T result, int attempts, Supplier<Uni<T>> retry) {
        return journal.save(record, state.saved()).chain(isSaved -> {
            if (isSaved) {
                return Uni.createFrom().item(result);
            }
            return attempts > 1
                    ? retry.get()
                    : Uni.createFrom().failure(new StoreUnavailableException("other callers keep changing the record"));
        });
    }

    private JournaledRecord record(Token token, @Nullable String foreignNonce) {
        return new JournaledRecord(token, foreignNonce, time.random().nextLong());
    }
}
