package dev.tokencache.store.journal;

import dev.tokencache.token.Durability;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectMark;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the journal what could not be written to the store, by the same rules as a store: a token's record is changed
 * only if it is still what the decision was made on.
 */
final class OutageWrites {

    /** How often a change starts anew because somebody else changed the record. */
    private static final int ATTEMPTS = 3;

    private final TokenStore store;
    private final Journal journal;
    private final Clock clock;

    OutageWrites(TokenStore store, Journal journal, Clock clock) {
        this.store = store;
        this.journal = journal;
        this.clock = clock;
    }

    Uni<Creation> create(NewToken created) {
        return create(created, ATTEMPTS);
    }

    private Uni<Creation> create(NewToken created, int attempts) {
        Token token = created.token();
        TokenId id = token.id();
        return journal.find(id.hash(), id.tag()).chain(state -> {
            Creation refusal = refusal(created, state);
            return refusal != null
                    ? Uni.createFrom().item(refusal)
                    : keep(
                            record(token, created.foreignNonce()),
                            state,
                            new Creation.Created(Durability.JOURNALED),
                            attempts,
                            () -> create(created, attempts - 1));
        });
    }

    /** Why the token can not be kept, or null. */
    private @Nullable Creation refusal(NewToken created, JournaledState state) {
        long issuedAt = created.token().issuedAtMillis();
        if (issuedAt <= state.notBeforeMillis()) {
            return new Creation.IssuedTooEarly(state.notBeforeMillis());
        }
        if (record(created.token(), created.foreignNonce()).isVoidedBy(state.expiredAtMillis())) {
            return new Creation.IssuedTooEarly(state.expiredAtMillis());
        }
        JournaledRecord present = state.record().orElse(null);
        if (present == null || !present.token().isActive(clock.millis(), state.notBeforeMillis())) {
            return null;
        }
        // Its own record: the create is repeated, and must not undo what has become of the token since.
        return present.isOf(created) ? new Creation.Created(Durability.JOURNALED) : Creation.TAKEN;
    }

    Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return renew(token, lifetime, ATTEMPTS);
    }

    private Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime, int attempts) {
        Uni<JournaledState> found = token instanceof TokenLocator.ById byId
                ? journal.find(byId.hash(), byId.id().tag()).map(state -> state.about(byId.id()))
                : journal.find(token.hash(), null);
        return found.chain(state -> {
            if (state.isExpired()) {
                return Uni.createFrom().item(Renewal.NOT_ACTIVE);
            }
            JournaledRecord kept = state.record().orElse(null);
            return kept != null
                    ? renew(kept.token(), kept.foreignNonce(), state, lifetime, attempts)
                    : renewStored(token, state, lifetime, attempts);
        });
    }

    /** A record that the journal does not have: a replica may, where its master can not take the renewal. */
    private Uni<Renewal> renewStored(TokenLocator token, JournaledState state, OptionalLong lifetime, int attempts) {
        Uni<Verdict> asked = token instanceof TokenLocator.ById byId ? store.read(byId.id()) : store.validate(token);
        return asked.chain(verdict -> {
            if (verdict instanceof Verdict.Inactive) {
                return Uni.createFrom().item(Renewal.NOT_ACTIVE);
            }
            if (!(verdict instanceof Verdict.Active active)) {
                return Uni.createFrom().failure(new StoreUnavailableException("only Redis could know the record"));
            }
            return token instanceof TokenLocator.Foreign
                    ? renew(new TokenLocator.ById(active.token().id()), lifetime, attempts)
                    : renew(active.token(), null, state, lifetime, attempts);
        });
    }

    private Uni<Renewal> renew(
            Token token, @Nullable String foreignNonce, JournaledState state, OptionalLong lifetime, int attempts) {
        long now = clock.millis();
        if (!token.isActive(now, state.notBeforeMillis())) {
            return Uni.createFrom().item(Renewal.NOT_ACTIVE);
        }
        Renewal renewal = Renewal.of(token, lifetime, now);
        return renewal instanceof Renewal.Renewed renewed
                ? keep(
                        record(renewed.token(), foreignNonce),
                        state,
                        new Renewal.Renewed(renewed.token(), Durability.JOURNALED),
                        attempts,
                        () -> renew(new TokenLocator.ById(token.id()), lifetime, attempts - 1))
                : Uni.createFrom().item(renewal);
    }

    /** Writes a validation of a journaled token down, unless the record was changed meanwhile; nobody waits for it. */
    void touch(JournaledState state, long nowMillis) {
        state.record()
                .ifPresent(kept -> journal.keep(record(kept.token().touched(nowMillis), kept.foreignNonce()), kept)
                        .subscribe()
                        .with(done -> {}, failure -> {}));
    }

    Uni<Durability> expire(TokenLocator token, long atMillis) {
        return journal.expire(token, atMillis).replaceWith(Durability.JOURNALED);
    }

    Uni<SubjectMark> expireSubject(RoutingTag subject, OptionalLong before) {
        return journal.expireSubject(subject, before).map(mark -> new SubjectMark(mark, Durability.JOURNALED));
    }

    private <T> Uni<T> keep(
            JournaledRecord record, JournaledState state, T kept, int attempts, Supplier<Uni<T>> again) {
        return journal.keep(record, state.kept()).chain(done -> {
            if (done) {
                return Uni.createFrom().item(kept);
            }
            return attempts > 1
                    ? again.get()
                    : Uni.createFrom().failure(new StoreUnavailableException("the record changes again and again"));
        });
    }

    private static JournaledRecord record(Token token, @Nullable String foreignNonce) {
        return new JournaledRecord(
                token, foreignNonce, ThreadLocalRandom.current().nextLong());
    }
}
