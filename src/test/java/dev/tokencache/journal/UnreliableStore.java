package dev.tokencache.journal;

import dev.tokencache.testing.InMemoryTokenStore;
import dev.tokencache.token.Durability;
import dev.tokencache.token.Paging;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TouchableTokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A token store that can fail in the same ways as Redis, and lose what only a demoted master had. */
public final class UnreliableStore implements TouchableTokenStore {

    public enum Mode {
        UP,
        /** Calls do not reach the store. */
        AWAY,
        /** Writes reach the store, but no reply comes back. */
        MUTE,
        /** A replica serves reads: an active token is active, everything else is unknown. Writes fail. */
        REPLICA,
        /** Reads succeed, and writes are refused, as by a full memory. */
        READ_ONLY,
        /** Writes reach only the master, which reports it. */
        UNDER_REPLICATED,
        /** Writes reach only a master that is cut off from the others, and no one notices. */
        CUT_OFF
    }

    private static final Supplier<Uni<?>> NOTHING = () -> Uni.createFrom().voidItem();

    private InMemoryTokenStore store;
    /** What a replica has while the master's writes do not reach it. */
    private @Nullable InMemoryTokenStore replica;

    private Mode mode = Mode.UP;
    private Consumer<Token> missedTouches = touched -> {};
    private Supplier<Uni<?>> afterNextWrite = NOTHING;

    public UnreliableStore(InMemoryTokenStore store) {
        this.store = store;
    }

    public void mode(Mode mode) {
        this.mode = mode;
        if (mode == Mode.UP) {
            replica = null;
        } else if (isIsolated() && replica == null) {
            replica = store.copy();
        }
    }

    /** Does something else before the reply to the next write. */
    void afterNextWrite(Supplier<Uni<?>> action) {
        afterNextWrite = action;
    }

    private boolean isIsolated() {
        return mode == Mode.UNDER_REPLICATED || mode == Mode.CUT_OFF;
    }

    /** Promotes the replica. The writes that it does not have are lost. */
    public void failOver() {
        if (replica != null) {
            store = replica;
        }
        mode(Mode.UP);
    }

    /** Receives the validations that could not be recorded. */
    public void onMissedTouch(Consumer<Token> missedTouches) {
        this.missedTouches = missedTouches;
    }

    /** Drops a record, as Redis does when it is past its idle timeout. */
    void lose(TokenId token) {
        store.lose(token);
    }

    public boolean isUp() {
        return mode == Mode.UP;
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        // Neither a replica read nor a full master restarts the idle timeout.
        return verdict(() -> mode == Mode.UP || isIsolated()
                ? store.validate(token)
                : store.read(token).invoke(this::missTouch));
    }

    private void missTouch(Verdict verdict) {
        if (verdict instanceof Verdict.Active active && active.token().isTouchDue(store.now())) {
            missedTouches.accept(active.token().touched(store.now()));
        }
    }

    @Override
    public Uni<List<Verdict>> validateAll(List<TokenLocator> tokens) {
        return Uni.join().all(tokens.stream().map(this::validate).toList()).andFailFast();
    }

    @Override
    public Uni<Verdict> read(TokenLocator token) {
        return verdict(() -> store.read(token));
    }

    private Uni<Verdict> verdict(Supplier<Uni<Verdict>> read) {
        return Uni.createFrom().deferred(() -> switch (mode) {
            case UP, READ_ONLY, UNDER_REPLICATED, CUT_OFF -> read.get();
            case AWAY, MUTE -> Uni.createFrom().item(new Verdict.Unknown(unavailable()));
            case REPLICA ->
                read.get()
                        .map(verdict ->
                                verdict instanceof Verdict.Active ? verdict : new Verdict.Unknown(unavailable()));
        });
    }

    @Override
    public Uni<Creation> create(NewToken token) {
        return write(() -> store.create(token))
                .map(creation -> creation instanceof Creation.Created created
                        ? new Creation.Created(durability(), created.evicted())
                        : creation);
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return write(() -> store.renew(token, lifetime))
                .map(renewal -> renewal instanceof Renewal.Renewed renewed
                        ? new Renewal.Renewed(renewed.token(), durability())
                        : renewal);
    }

    @Override
    public Uni<Durability> expire(TokenLocator token, long atMillis) {
        return write(() -> store.expire(token, atMillis)).map(done -> durability());
    }

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        return write(() -> store.expireSubject(subject, before))
                .map(done -> new SubjectNotBefore(done.notBeforeMillis(), done.latestIssueMillis(), durability()));
    }

    @Override
    public Uni<Restoration> restore(NewToken token) {
        return write(() -> store.restore(token))
                .map(done -> done == Restoration.RESTORED && mode == Mode.UNDER_REPLICATED
                        ? Restoration.UNDER_REPLICATED
                        : done);
    }

    private Durability durability() {
        return mode == Mode.UNDER_REPLICATED ? Durability.UNDER_REPLICATED : Durability.AS_CONFIGURED;
    }

    @Override
    public Uni<Verdict> read(Token touched) {
        return verdict(() -> store.read(touched));
    }

    @Override
    public Uni<Void> touch(Token touched) {
        return write(() -> store.touch(touched));
    }

    @Override
    public Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        return write(() -> store.expireOthers(kept, before))
                .map(done -> new SubjectNotBefore(done.notBeforeMillis(), done.latestIssueMillis(), durability()));
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag subject, Paging paging) {
        return switch (mode) {
            case UP, READ_ONLY, UNDER_REPLICATED, CUT_OFF -> store.list(subject, paging);
            case AWAY, MUTE, REPLICA -> Uni.createFrom().failure(unavailable());
        };
    }

    private <T> Uni<T> write(Supplier<Uni<T>> change) {
        return Uni.createFrom().deferred(() -> switch (mode) {
            case UP, UNDER_REPLICATED, CUT_OFF ->
                change.get().call(() -> {
                    Supplier<Uni<?>> action = afterNextWrite;
                    afterNextWrite = NOTHING;
                    return action.get();
                });
            case AWAY, REPLICA, READ_ONLY -> Uni.createFrom().failure(unavailable());
            case MUTE -> change.get().chain(done -> Uni.createFrom().failure(unavailable()));
        });
    }

    private static StoreUnavailableException unavailable() {
        return new StoreUnavailableException("made to fail by a test");
    }
}
