package dev.tokencache.http;

import dev.tokencache.testing.InMemoryTokenStore;
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
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** A store whose verdicts a test can make unknown, for all tokens or for some. */
@Alternative
@Singleton
class UnreachableStore implements TokenStore {

    private static final Verdict UNKNOWN =
            new Verdict.Unknown(new StoreUnavailableException("redis://:hunter2@10.0.0.1:6379 is away"));

    private final InMemoryTokenStore store;
    private volatile Predicate<TokenLocator> unreachable = token -> false;
    private volatile boolean broken;

    UnreachableStore(Clock clock) {
        this.store = new InMemoryTokenStore(clock);
    }

    /** Makes all verdicts unknown, or ends that. */
    void unreachable(boolean away) {
        unreachable = token -> away;
        store.fail(away);
    }

    /** Makes the verdicts of some tokens unknown. */
    void unreachable(Predicate<TokenLocator> tokens) {
        unreachable = tokens;
    }

    /** Makes every call fail with an unexpected exception, or ends that. */
    void broken(boolean broken) {
        this.broken = broken;
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        if (broken) {
            return Uni.createFrom().failure(new IllegalStateException("hunter2"));
        }
        return unreachable.test(token) ? Uni.createFrom().item(UNKNOWN) : store.validate(token);
    }

    @Override
    public Uni<List<Verdict>> validateAll(List<TokenLocator> tokens) {
        return Uni.join().all(tokens.stream().map(this::validate).toList()).andFailFast();
    }

    @Override
    public Uni<Verdict> read(TokenLocator token) {
        return store.read(token);
    }

    @Override
    public Uni<Creation> create(NewToken token) {
        return store.create(token);
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return store.renew(token, lifetime);
    }

    @Override
    public Uni<Durability> expire(TokenLocator token, long atMillis) {
        return store.expire(token, atMillis);
    }

    @Override
    public Uni<Restoration> restore(NewToken token) {
        return store.restore(token);
    }

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        return store.expireSubject(subject, before);
    }

    @Override
    public Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        return store.expireOthers(kept, before);
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag subject, Paging paging) {
        return store.list(subject, paging);
    }
}
