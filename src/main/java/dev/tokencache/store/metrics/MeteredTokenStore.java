package dev.tokencache.store.metrics;

import dev.tokencache.redis.Time;
import dev.tokencache.token.Durability;
import dev.tokencache.token.Paging;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** Times each operation ({@code tokencache_store_seconds}); counts {@code tokencache_tokens_evicted_total}. */
public final class MeteredTokenStore implements TokenStore {

    private final TokenStore store;
    private final Time time;
    private final Timer validate;
    private final Timer validateAll;
    private final Timer read;
    private final Timer create;
    private final Timer renew;
    private final Timer expire;
    private final Timer restore;
    private final Timer expireSubject;
    private final Timer list;
    private final Counter evicted;

    public MeteredTokenStore(TokenStore store, Time time, MeterRegistry registry) {
        this.store = store;
        this.time = time;
        this.validate = validationTimer(registry);
        this.validateAll = timer(registry, "validate_all");
        this.read = timer(registry, "read");
        this.create = timer(registry, "create");
        this.renew = timer(registry, "renew");
        this.expire = timer(registry, "expire");
        this.restore = timer(registry, "restore");
        this.expireSubject = timer(registry, "expire_subject");
        this.list = timer(registry, "list");
        this.evicted = Counter.builder("tokencache.tokens.evicted")
                .description("Tokens expired because their subject had more than tokencache.token.max-per-subject")
                .register(registry);
    }

    /** Validations are the promise, and mostly faster than a millisecond. */
    private static Timer validationTimer(MeterRegistry registry) {
        return builder("validate")
                .serviceLevelObjectives(
                        Duration.ofNanos(250_000),
                        Duration.ofNanos(500_000),
                        Duration.ofMillis(1),
                        Duration.ofMillis(2),
                        Duration.ofMillis(5),
                        Duration.ofMillis(10),
                        Duration.ofMillis(20),
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2))
                .register(registry);
    }

    private static Timer timer(MeterRegistry registry, String operation) {
        return builder(operation)
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(20),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2))
                .register(registry);
    }

    private static Timer.Builder builder(String operation) {
        return Timer.builder("tokencache.store")
                .description("Duration of store operations, including failures")
                .tag("operation", operation);
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        return timed(validate, store.validate(token));
    }

    @Override
    public Uni<List<Verdict>> validateAll(List<TokenLocator> tokens) {
        return timed(validateAll, store.validateAll(tokens));
    }

    @Override
    public Uni<Verdict> read(TokenLocator token) {
        return timed(read, store.read(token));
    }

    @Override
    public Uni<Creation> create(NewToken token) {
        return timed(create, store.create(token)).invoke(creation -> {
            if (creation instanceof Creation.Created created) {
                evicted.increment(created.evicted().size());
            }
        });
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return timed(renew, store.renew(token, lifetime));
    }

    @Override
    public Uni<Durability> expire(TokenLocator token, long atMillis) {
        return timed(expire, store.expire(token, atMillis));
    }

    @Override
    public Uni<Restoration> restore(NewToken token) {
        return timed(restore, store.restore(token));
    }

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        return timed(expireSubject, store.expireSubject(subject, before));
    }

    @Override
    public Uni<SubjectNotBefore> expireOthers(TokenId kept, OptionalLong before) {
        return timed(expireSubject, store.expireOthers(kept, before));
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag subject, Paging paging) {
        return timed(list, store.list(subject, paging));
    }

    /** Measures from the call on, because callers subscribe immediately. */
    private <T> Uni<T> timed(Timer timer, Uni<T> call) {
        long start = time.nanoTime();
        return call.onTermination().invoke(() -> timer.record(time.nanoTime() - start, TimeUnit.NANOSECONDS));
    }
}
