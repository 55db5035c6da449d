package dev.tokencache.migration.store;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenStore.Renewal;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An old store in memory that fulfils the contract of the port. */
public final class InMemoryLegacyStore implements LegacyStore {

    /** The availability of the store. */
    public enum Mode {
        UP,
        /** Calls do not reach the store. */
        DOWN,
        /** Writes are applied, but the reply is lost. */
        NO_REPLY
    }

    private final Clock clock;
    private final Map<TokenHash, Token> tokens = new HashMap<>();
    private final Map<TokenHash, Long> expired = new HashMap<>();
    private final Map<RoutingTag, Long> notBefores = new HashMap<>();
    private Mode mode = Mode.UP;
    private boolean closed;

    public InMemoryLegacyStore(Clock clock) {
        this.clock = clock;
    }

    public void mode(Mode changed) {
        mode = changed;
    }

    public boolean isUp() {
        return mode == Mode.UP;
    }

    public boolean isClosed() {
        return closed;
    }

    /** Stores a token as another program does. */
    public void put(Token token) {
        tokens.put(token.id().hash(), token);
    }

    /** The token as a scan returns it, without a check of not-before times. */
    public Optional<Token> peek(TokenHash hash) {
        return Optional.ofNullable(tokens.get(hash))
                .filter(token -> token.isActive(clock.millis(), Token.NOT_BEFORE_UNSET));
    }

    @Override
    public Uni<Verdict> find(TokenLocator token) {
        return Uni.createFrom()
                .item(() -> mode == Mode.UP
                        ? live(token.hash()).<Verdict>map(Verdict.Active::new).orElse(Verdict.INACTIVE)
                        : new Verdict.Unknown(unavailable()));
    }

    private Optional<Token> live(TokenHash hash) {
        return Optional.ofNullable(tokens.get(hash))
                .filter(token -> token.issuedAtMillis() > expired.getOrDefault(hash, Token.NOT_BEFORE_UNSET))
                .filter(token -> token.isActive(
                        clock.millis(), notBefores.getOrDefault(token.id().tag(), Token.NOT_BEFORE_UNSET)));
    }

    @Override
    public Uni<Creation> create(NewToken created) {
        return write(() -> {
            Token token = created.token();
            TokenHash hash = token.id().hash();
            long against = Math.max(
                    notBefores.getOrDefault(token.id().tag(), Token.NOT_BEFORE_UNSET),
                    expired.getOrDefault(hash, Token.NOT_BEFORE_UNSET));
            if (token.issuedAtMillis() <= against) {
                return new Creation.IssuedTooEarly(against);
            }
            if (live(hash).isPresent()) {
                return Creation.TAKEN;
            }
            tokens.put(hash, token);
            return Creation.CREATED;
        });
    }

    @Override
    public Uni<Void> undo(NewToken created) {
        return write(() -> {
            tokens.remove(created.token().id().hash(), created.token());
            return null;
        });
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return write(() -> {
            Optional<Token> live = live(token.hash());
            Renewal renewal = live.isEmpty() ? Renewal.NOT_ACTIVE : Renewal.of(live.get(), lifetime, clock.millis());
            if (renewal instanceof Renewal.Renewed renewed) {
                tokens.put(token.hash(), renewed.token());
            }
            return renewal;
        });
    }

    @Override
    public Uni<Void> save(TokenLocator token, Token asInCluster) {
        return write(() -> {
            if (!expired.containsKey(token.hash())) {
                tokens.merge(
                        token.hash(), asInCluster, (present, saved) -> saved.issuedAfter(present.issuedAtMillis() - 1));
            }
            return null;
        });
    }

    @Override
    public Uni<Void> touch(TokenLocator token, Token touched) {
        return write(() -> {
            tokens.computeIfPresent(token.hash(), (hash, present) -> present.touched(touched.lastSeenMillis()));
            return null;
        });
    }

    @Override
    public Uni<Void> expire(TokenLocator token, long atMillis) {
        return write(() -> {
            Token present = tokens.remove(token.hash());
            long at = present == null ? atMillis : Math.max(atMillis, present.issuedAtMillis());
            expired.merge(token.hash(), at, Math::max);
            return null;
        });
    }

    @Override
    public Uni<Long> expireSubject(RoutingTag subject, long notBeforeMillis, boolean reachesAll) {
        return write(() -> {
            return notBefores.merge(subject, notBeforeMillis, Math::max);
        });
    }

    @Override
    public Uni<Long> expireOthers(TokenId kept, long notBeforeMillis, boolean reachesAll) {
        return write(() -> {
            Optional<Token> live = live(kept.hash());
            long notBefore = notBefores.merge(kept.tag(), notBeforeMillis, Math::max);
            live.ifPresent(token -> tokens.put(kept.hash(), token.issuedAfter(notBefore)));
            return notBefore;
        });
    }

    @Override
    public Uni<List<Master>> masters() {
        return write(() -> List.of(new Master("only", tokens.size())));
    }

    @Override
    public Uni<Page> scan(String master, String cursor, int count) {
        return write(() -> {
            List<LegacyToken> live = tokens.keySet().stream()
                    .flatMap(hash -> peek(hash).stream())
                    .map(token -> new LegacyToken(token, true))
                    .toList();
            return new Page(Page.START, live, List.of(), List.of(), tokens.size());
        });
    }

    @Override
    public void close() {
        closed = true;
    }

    private <T extends @Nullable Object> Uni<T> write(Supplier<T> change) {
        return Uni.createFrom().item(() -> {
            if (mode == Mode.DOWN || closed) {
                throw unavailable();
            }
            T done = change.get();
            if (mode == Mode.NO_REPLY) {
                throw unavailable();
            }
            return done;
        });
    }

    private static StoreUnavailableException unavailable() {
        return new StoreUnavailableException("made to fail by a test");
    }
}
