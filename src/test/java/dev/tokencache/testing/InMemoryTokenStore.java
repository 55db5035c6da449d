package dev.tokencache.testing;

import dev.tokencache.token.Durability;
import dev.tokencache.token.Paging;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TouchableTokenStore;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A minimal {@link TokenStore} that fulfills the contract, and can fail ({@link #fail}). Thread-safe. */
public final class InMemoryTokenStore implements TouchableTokenStore {

    private static final class Subject {
        long notBefore = Token.NOT_BEFORE_UNSET;
        long lastIssued = Token.NOT_BEFORE_UNSET;
        final Map<TokenHash, Token> tokens = new HashMap<>();
        final Map<TokenHash, Long> expired = new HashMap<>();

        Subject copy() {
            Subject copy = new Subject();
            copy.notBefore = notBefore;
            copy.lastIssued = lastIssued;
            copy.tokens.putAll(tokens);
            copy.expired.putAll(expired);
            return copy;
        }
    }

    private final Clock clock;
    private final Map<RoutingTag, Subject> subjects = new HashMap<>();
    private final Map<TokenHash, RoutingTag> foreign = new HashMap<>();
    private final Map<TokenHash, String> foreignNonces = new HashMap<>();
    private final Map<TokenHash, Long> expiredForeign = new HashMap<>();
    private boolean failing;

    public InMemoryTokenStore(Clock clock) {
        this.clock = clock;
    }

    /** Another store with the same content, as a replica has it. */
    public synchronized InMemoryTokenStore copy() {
        InMemoryTokenStore copy = new InMemoryTokenStore(clock);
        subjects.forEach((tag, subject) -> copy.subjects.put(tag, subject.copy()));
        copy.foreign.putAll(foreign);
        copy.foreignNonces.putAll(foreignNonces);
        copy.expiredForeign.putAll(expiredForeign);
        return copy;
    }

    /** The time of the store's clock. */
    public long now() {
        return clock.millis();
    }

    /** Sets whether every call has an unknown outcome from now on. */
    public synchronized void fail(boolean failing) {
        this.failing = failing;
    }

    /** Removes a token without recording an expiry, as if its master failed before replicating it. */
    public synchronized void lose(TokenId token) {
        subjects.get(token.tag()).tokens.remove(token.hash());
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        return query(() -> {
            Verdict verdict = verdict(token);
            if (verdict instanceof Verdict.Active active && active.token().isTouchDue(clock.millis())) {
                save(active.token().touched(clock.millis()));
            }
            return verdict;
        });
    }

    @Override
    public Uni<List<Verdict>> validateAll(List<TokenLocator> tokens) {
        return Uni.createFrom().item(() -> tokens.stream()
                .map(token -> validate(token).await().indefinitely())
                .toList());
    }

    @Override
    public Uni<Verdict> read(TokenLocator token) {
        return query(() -> verdict(token));
    }

    @Override
    public Uni<Creation> create(NewToken created) {
        return write(() -> createNow(created));
    }

    private Creation createNow(NewToken created) {
        Token token = created.token();
        Subject subject = subjects.computeIfAbsent(token.id().tag(), tag -> new Subject());
        if (token.issuedAtMillis() <= subject.notBefore) {
            return new Creation.IssuedTooEarly(subject.notBefore);
        }
        OptionalLong expired = expiredAt(created);
        if (expired.isPresent()) {
            return new Creation.IssuedTooEarly(expired.getAsLong());
        }
        TokenLocator locator =
                created.isForeign() ? new TokenLocator.Foreign(token.id().hash()) : new TokenLocator.ById(token.id());
        if (verdict(locator) instanceof Verdict.Active active) {
            // A repeated create must not undo later changes of the token.
            boolean isRepeated = created.isForeign()
                    ? created.foreignNonce().equals(foreignNonces.get(token.id().hash()))
                    : active.token().isSameIssue(token);
            return isRepeated ? Creation.CREATED : Creation.TAKEN;
        }
        // As in Redis, where a record and its expiry share one field.
        subject.expired.remove(token.id().hash());
        if (created.isForeign()) {
            expiredForeign.remove(token.id().hash());
            foreign.put(token.id().hash(), token.id().tag());
            foreignNonces.put(token.id().hash(), created.foreignNonce());
        }
        subject.lastIssued = Math.max(subject.lastIssued, token.issuedAtMillis());
        save(token);
        return new Creation.Created(Durability.AS_CONFIGURED, evict(subject, created));
    }

    private List<TokenId> evict(Subject subject, NewToken created) {
        List<Token> live = live(subject);
        List<TokenId> evicted = live.stream()
                .map(Token::id)
                .filter(id -> !id.equals(created.token().id()))
                .limit(Math.max(0, live.size() - created.maxTokens()))
                .toList();
        evicted.forEach(id -> expireNow(id, clock.millis()));
        return evicted;
    }

    private List<Token> live(Subject subject) {
        return subject.tokens.values().stream()
                .filter(token -> token.isActive(clock.millis(), subject.notBefore))
                .sorted(Paging.OLDEST_FIRST)
                .toList();
    }

    private void expireNow(TokenId id, long atMillis) {
        Subject subject = subjects.computeIfAbsent(id.tag(), tag -> new Subject());
        Token present = subject.tokens.remove(id.hash());
        long at = present == null ? atMillis : Math.max(atMillis, present.issuedAtMillis());
        subject.expired.merge(id.hash(), at, Math::max);
    }

    /** When the token was expired; empty if a foreign token is issued again later. */
    private OptionalLong expiredAt(NewToken created) {
        Token token = created.token();
        Long byId = subjects.get(token.id().tag()).expired.get(token.id().hash());
        Long byHash = created.isForeign() ? expiredForeign.get(token.id().hash()) : null;
        return Stream.of(Optional.ofNullable(byId), Optional.ofNullable(byHash))
                .flatMap(Optional::stream)
                .mapToLong(Long::longValue)
                .filter(at -> !created.isForeign() || token.issuedAtMillis() <= at)
                .max();
    }

    @Override
    public Uni<Restoration> restore(NewToken entry) {
        return write(() -> {
            Creation creation = createNow(entry);
            if (!(creation instanceof Creation.Created || isLaterIssue(entry))) {
                return creation instanceof Creation.Taken ? Restoration.TAKEN : Restoration.EXPIRED;
            }
            Token present = subjects.get(entry.token().id().tag())
                    .tokens
                    .get(entry.token().id().hash());
            if (present.issuedAtMillis() > entry.token().issuedAtMillis()) {
                return Restoration.TAKEN;
            }
            save(entry.token().touched(present.lastSeenMillis()));
            return Restoration.RESTORED;
        });
    }

    /** Whether "expire all but this token" issued a live token again, which is one of our own. */
    private boolean isLaterIssue(NewToken entry) {
        Token token = entry.token();
        return !entry.isForeign()
                && verdict(new TokenLocator.ById(token.id())) instanceof Verdict.Active active
                && active.token().issuedAtMillis() < token.issuedAtMillis();
    }

    @Override
    public Uni<Verdict> read(Token touched) {
        return query(() -> verdict(touched));
    }

    private Verdict verdict(Token touched) {
        Subject subject = subjects.getOrDefault(touched.id().tag(), new Subject());
        if (subject.expired.containsKey(touched.id().hash())) {
            return Verdict.INACTIVE;
        }
        Token present = subject.tokens.getOrDefault(touched.id().hash(), touched);
        return Verdict.of(present.touched(touched.lastSeenMillis()), clock.millis(), subject.notBefore);
    }

    @Override
    public Uni<Void> touch(Token touched) {
        return write(() -> {
            if (verdict(touched) instanceof Verdict.Active active) {
                save(active.token());
            }
            return null;
        });
    }

    @Override
    public Uni<Renewal> renew(TokenLocator locator, OptionalLong lifetime) {
        return write(() -> {
            if (!(verdict(locator) instanceof Verdict.Active active)) {
                return Renewal.NOT_ACTIVE;
            }
            Renewal renewal = Renewal.of(active.token(), lifetime, clock.millis());
            if (renewal instanceof Renewal.Renewed renewed) {
                save(renewed.token());
            }
            return renewal;
        });
    }

    @Override
    public Uni<Durability> expire(TokenLocator locator, long atMillis) {
        return write(() -> {
            Optional<TokenId> known = idOf(locator);
            if (known.isEmpty()) {
                expiredForeign.merge(locator.hash(), atMillis, Math::max);
                return Durability.AS_CONFIGURED;
            }
            expireNow(known.get(), atMillis);
            return Durability.AS_CONFIGURED;
        });
    }

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag tag, OptionalLong before) {
        return write(() -> {
            Subject subject = subjects.computeIfAbsent(tag, created -> new Subject());
            long notBefore = before.orElse(Math.max(clock.millis(), subject.lastIssued));
            subject.notBefore = Math.max(subject.notBefore, notBefore);
            return new SubjectNotBefore(subject.notBefore, subject.lastIssued, Durability.AS_CONFIGURED);
        });
    }

    @Override
    public Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        return write(() -> {
            boolean isKept = verdict(new TokenLocator.ById(kept)) instanceof Verdict.Active;
            Subject subject = subjects.computeIfAbsent(kept.tag(), created -> new Subject());
            long notBefore = before.orElse(Math.max(clock.millis(), subject.lastIssued));
            subject.notBefore = Math.max(subject.notBefore, notBefore);
            if (isKept) {
                Token reissued = subject.tokens.get(kept.hash()).issuedAfter(subject.notBefore);
                subject.lastIssued = Math.max(subject.lastIssued, reissued.issuedAtMillis());
                save(reissued);
            }
            return new SubjectNotBefore(subject.notBefore, Durability.AS_CONFIGURED);
        });
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag tag, Paging paging) {
        return write(() -> {
            Subject subject = subjects.getOrDefault(tag, new Subject());
            List<Token> left = live(subject).stream()
                    .filter(token ->
                            paging.after().map(after -> after.isBefore(token)).orElse(true))
                    .toList();
            List<Token> page = left.subList(0, Math.min(paging.limit(), left.size()));
            return new SubjectTokens(
                    subject.notBefore == Token.NOT_BEFORE_UNSET
                            ? OptionalLong.empty()
                            : OptionalLong.of(subject.notBefore),
                    page,
                    page.size() == left.size()
                            ? Optional.empty()
                            : Optional.of(Paging.Position.after(0, page.get(page.size() - 1))));
        });
    }

    private void save(Token token) {
        subjects.get(token.id().tag()).tokens.put(token.id().hash(), token);
    }

    private Optional<TokenId> idOf(TokenLocator locator) {
        if (locator instanceof TokenLocator.ById byId) {
            return Optional.of(byId.id());
        }
        return Optional.ofNullable(foreign.get(locator.hash())).map(tag -> new TokenId(tag, locator.hash()));
    }

    private Verdict verdict(TokenLocator locator) {
        return idOf(locator)
                .flatMap(id -> {
                    Subject subject = subjects.getOrDefault(id.tag(), new Subject());
                    return Optional.ofNullable(subject.tokens.get(id.hash()))
                            .map(token -> Verdict.of(token, clock.millis(), subject.notBefore));
                })
                .orElse(Verdict.INACTIVE);
    }

    private Uni<Verdict> query(Supplier<Verdict> verdict) {
        return Uni.createFrom().item(() -> queryNow(verdict));
    }

    private synchronized Verdict queryNow(Supplier<Verdict> verdict) {
        return failing ? new Verdict.Unknown(unavailable()) : verdict.get();
    }

    /** Applies the change again for each subscriber, so a retry repeats it. */
    private <T extends @Nullable Object> Uni<T> write(Supplier<T> change) {
        return Uni.createFrom().item(() -> changeNow(change));
    }

    private synchronized <T extends @Nullable Object> T changeNow(Supplier<T> change) {
        if (failing) {
            throw unavailable();
        }
        return change.get();
    }

    private static StoreUnavailableException unavailable() {
        return new StoreUnavailableException("made to fail by a test");
    }
}
