package dev.tokencache.journal;

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
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** A token store that can fail in the same ways as Redis. */
public final class UnreliableStore implements TokenStore {

    public enum Mode {
        UP,
        /** Calls do not reach the store. */
        AWAY,
        /** Writes reach the store, but no reply comes back. */
        MUTE,
        /** A replica serves reads: an active token is active, everything else is unknown. Writes fail. */
        REPLICA
    }

    private final TokenStore store;
    private Mode mode = Mode.UP;

    public UnreliableStore(TokenStore store) {
        this.store = store;
    }

    public void mode(Mode mode) {
        this.mode = mode;
    }

    public boolean isUp() {
        return mode == Mode.UP;
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        // A replica read does not restart the idle timeout.
        return verdict(() -> mode == Mode.UP ? store.validate(token) : store.read(token));
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
            case UP -> read.get();
            case AWAY, MUTE -> Uni.createFrom().item(new Verdict.Unknown(unavailable()));
            case REPLICA ->
                read.get()
                        .map(verdict ->
                                verdict instanceof Verdict.Active ? verdict : new Verdict.Unknown(unavailable()));
        });
    }

    @Override
    public Uni<Creation> create(NewToken token) {
        return write(() -> store.create(token));
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return write(() -> store.renew(token, lifetime));
    }

    @Override
    public Uni<Durability> expire(TokenLocator token, long atMillis) {
        return write(() -> store.expire(token, atMillis));
    }

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        return write(() -> store.expireSubject(subject, before));
    }

    @Override
    public Uni<Restoration> restore(NewToken token) {
        return write(() -> store.restore(token));
    }

    @Override
    public Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        return write(() -> store.expireOthers(kept, before));
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag subject, Paging paging) {
        return mode == Mode.UP ? store.list(subject, paging) : Uni.createFrom().failure(unavailable());
    }

    private <T> Uni<T> write(Supplier<Uni<T>> change) {
        return Uni.createFrom().deferred(() -> switch (mode) {
            case UP -> change.get();
            case AWAY, REPLICA -> Uni.createFrom().failure(unavailable());
            case MUTE -> change.get().chain(done -> Uni.createFrom().failure(unavailable()));
        });
    }

    private static StoreUnavailableException unavailable() {
        return new StoreUnavailableException("made to fail by a test");
    }
}
