package dev.tokencache.store.metrics;

import dev.tokencache.token.Durability;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** Measures how long the store behind it takes: {@code tokencache_store_seconds}, by operation. */
public final class MeteredTokenStore implements TokenStore {

    private final TokenStore store;
    private final Timer validate;
    private final Timer validateAll;
    private final Timer read;
    private final Timer create;
    private final Timer renew;
    private final Timer expire;
    private final Timer restore;
    private final Timer expireSubject;
    private final Timer list;

    private MeteredTokenStore(TokenStore store, MeterRegistry registry) {
        this.store = store;
        this.validate = timer(registry, "validate");
        this.validateAll = timer(registry, "validate_all");
        this.read = timer(registry, "read");
        this.create = timer(registry, "create");
        this.renew = timer(registry, "renew");
        this.expire = timer(registry, "expire");
        this.restore = timer(registry, "restore");
        this.expireSubject = timer(registry, "expire_subject");
        this.list = timer(registry, "list");
    }

    /** The same store, measured. */
    public static TokenStore wrap(TokenStore store, MeterRegistry registry) {
        return new MeteredTokenStore(store, registry);
    }

    private static Timer timer(MeterRegistry registry, String operation) {
        return Timer.builder("tokencache.store")
                .description("How long the store took, by operation; failures included")
                .tag("operation", operation)
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(20),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2))
                .register(registry);
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        return measured(validate, store.validate(token));
    }

    @Override
    public Uni<List<Verdict>> validateAll(List<TokenLocator> tokens) {
        return measured(validateAll, store.validateAll(tokens));
    }

    @Override
    public Uni<Verdict> read(TokenLocator token) {
        return measured(read, store.read(token));
    }

    @Override
    public Uni<Creation> create(NewToken token) {
        return measured(create, store.create(token));
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return measured(renew, store.renew(token, lifetime));
    }

    @Override
    public Uni<Durability> expire(TokenLocator token, long atMillis) {
        return measured(expire, store.expire(token, atMillis));
    }

    @Override
    public Uni<Restoration> restore(NewToken token) {
        return measured(restore, store.restore(token));
    }

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        return measured(expireSubject, store.expireSubject(subject, before));
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag subject) {
        return measured(list, store.list(subject));
    }

    /** From the call on, which is when a chain is built and subscribed to: nothing here is subscribed to later. */
    private static <T> Uni<T> measured(Timer timer, Uni<T> call) {
        long start = System.nanoTime();
        return call.onTermination()
                .invoke(() -> timer.record(System.nanoTime() - start, java.util.concurrent.TimeUnit.NANOSECONDS));
    }
}
