package dev.tokencache.journal;

import dev.tokencache.token.Durability;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
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
final class JournalWriter {

    /** How often a change starts anew because somebody else changed the record. */
    private static final int ATTEMPTS = 3;

    private final TokenStore store;
    private final Journal journal;
    private final Clock clock;

    JournalWriter(TokenStore store, Journal journal, Clock clock) {
        this.store = store;
        this.journal = journal;
        this.clock = clock;
    }

    Uni<Creation> create(NewToken created) {
        return create(created, ATTEMPTS);
    }

    private Uni<Creation> create(NewToken created, int attempts) {
        TokenId id = created.token().id();
        return journal.find(id.hash(), id.tag()).chain(state -> {
            Creation answer = withoutWriting(created, state.about(id));
            if (answer != null) {
                return Uni.createFrom().item(answer);
            }
            return isHeldByAnother(state.kept(), id)
                    .chain(isHeld -> isHeld
                            ? Uni.createFrom().item(Creation.TAKEN)
                            : expireFormer(state.kept())
                                    .chain(() -> keep(
                                            record(created.token(), created.foreignNonce()),
                                            state,
                                            new Creation.Created(Durability.JOURNALED),
                                            attempts,
                                            () -> create(created, attempts - 1))));
        });
    }

    /** A former token of the same string is dead by what the journal knows; without that, Redis would not know it. */
    private Uni<Void> expireFormer(@Nullable JournaledRecord former) {
        return former == null
                ? Uni.createFrom().voidItem()
                : journal.expire(
                        new TokenLocator.ById(former.token().id()),
                        former.token().issuedAtMillis());
    }

    /** What there is to say to a create if nothing has to be written for it, or null. */
    private @Nullable Creation withoutWriting(NewToken created, JournaledState state) {
        JournaledRecord record = record(created.token(), created.foreignNonce());
        if (created.token().issuedAtMillis() <= state.notBeforeMillis()) {
            return new Creation.IssuedTooEarly(state.notBeforeMillis());
        }
        if (record.isVoidedBy(state.expiredAtMillis())) {
            return new Creation.IssuedTooEarly(state.expiredAtMillis());
        }
        JournaledRecord present = state.record().orElse(null);
        if (present == null || !present.token().isActive(clock.millis(), state.notBeforeMillis())) {
            return null;
        }
        // Its own record: the create is repeated, and must not undo what has become of the token since.
        return present.isOf(created) ? new Creation.Created(Durability.JOURNALED) : Creation.TAKEN;
    }

    /** Whether the record of a foreign string is that of another subject's live token. */
    private Uni<Boolean> isHeldByAnother(@Nullable JournaledRecord kept, TokenId id) {
        return kept == null || kept.token().id().equals(id)
                ? Uni.createFrom().item(false)
                : find(kept.token().id()).map(holder -> holder.verdict(clock.millis())
                        .filter(Verdict.Active.class::isInstance)
                        .isPresent());
    }

    private Uni<JournaledState> find(TokenId id) {
        return journal.find(id.hash(), id.tag()).map(state -> state.about(id));
    }

    Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return renew(token, lifetime, ATTEMPTS);
    }

    private Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime, int attempts) {
        Uni<JournaledState> found =
                token instanceof TokenLocator.ById byId ? find(byId.id()) : journal.find(token.hash(), null);
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
        return store.read(token).chain(verdict -> {
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

    Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        return journal.expireSubject(subject, before)
                .map(notBefore -> new SubjectNotBefore(notBefore, Durability.JOURNALED));
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
