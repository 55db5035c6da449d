package dev.tokencache.journal;

import dev.tokencache.token.Durability;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** A store that can fail in every way that Redis does. */
public final class UnreliableStore implements TokenStore {

    public enum Mode {
        UP,
        /** Nothing gets there. */
        AWAY,
        /** What is written gets there, but no answer comes back. */
        MUTE,
        /** A replica answers reads: what it knows as good is good, and everything else is unknown. Writes get nowhere. */
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
        // A replica's answer counts for no idle timeout.
        return question(() -> mode == Mode.UP ? store.validate(token) : store.read(token));
    }

    @Override
    public Uni<List<Verdict>> validateAll(List<TokenLocator> tokens) {
        return Uni.join().all(tokens.stream().map(this::validate).toList()).andFailFast();
    }

    @Override
    public Uni<Verdict> read(TokenLocator token) {
        return question(() -> store.read(token));
    }

    private Uni<Verdict> question(Supplier<Uni<Verdict>> asked) {
        return Uni.createFrom().deferred(() -> switch (mode) {
            case UP -> asked.get();
            case AWAY, MUTE -> Uni.createFrom().item(new Verdict.Unknown(unavailable()));
            case REPLICA ->
                asked.get()
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
    public Uni<SubjectTokens> list(RoutingTag subject) {
        return mode == Mode.UP ? store.list(subject) : Uni.createFrom().failure(unavailable());
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
