package dev.tokencache.store.nearcache;

import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.store.revocation.RevocationBus;
import dev.tokencache.token.Durability;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.SubjectNotBefore;
import dev.tokencache.token.SubjectTokens;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.Verdict;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers validations from memory, for as long as it is told to at most. Revocations end that at once: those made here,
 * from the moment they begin, and those made elsewhere, as soon as the bus brings them. While the bus is not sure to bring
 * all of them, each validation asks the store.
 *
 * <p>Reading a record, which is no validation, always asks the store.
 */
public final class NearCachedTokenStore implements TokenStore, RevocationBus.Listener {

    private final TokenStore store;
    private final RevocationBus bus;
    private final VerdictCache cache;
    private final SingleFlight flights;
    private final NearCacheMetrics metrics;

    private NearCachedTokenStore(TokenStore store, RevocationBus bus, VerdictCache cache, NearCacheMetrics metrics) {
        this.store = store;
        this.bus = bus;
        this.cache = cache;
        this.metrics = metrics;
        this.flights = new SingleFlight(
                cache, question -> store.validate(question.token()).map(verdict -> settle(question, verdict)), metrics);
    }

    /**
     * The same store, with a memory; or nothing but the store, if that is turned off.
     *
     * @param keepsInactive whether inactive verdicts are kept, too: not while tokens of ours can still be copied into the
     *     store, which only ever knew of their absence
     * @param nanoTime a clock that only moves forward
     * @throws IllegalArgumentException naming the property, if a setting makes no sense
     */
    public static TokenStore wrap(
            TokenStore store,
            RevocationBus bus,
            NearCacheConfig config,
            boolean keepsInactive,
            Clock clock,
            LongSupplier nanoTime,
            MeterRegistry registry) {
        NearCacheConfigRules.check(config);
        if (!config.isOn()) {
            return store;
        }
        NearCacheMetrics metrics = new NearCacheMetrics(registry);
        VerdictCache cache = new VerdictCache(config, keepsInactive, bus, clock, nanoTime, metrics);
        metrics.watch(cache, bus);
        NearCachedTokenStore cached = new NearCachedTokenStore(store, bus, cache, metrics);
        bus.subscribe(cached);
        return cached;
    }

    @Override
    public Uni<Verdict> validate(TokenLocator token) {
        CachedVerdict kept = cache.find(token);
        if (kept != null) {
            metrics.hit();
            return kept.answer();
        }
        return flights.answer(cache.ask(token));
    }

    @Override
    public Uni<List<Verdict>> validateAll(List<TokenLocator> tokens) {
        @Nullable Verdict[] verdicts = new @Nullable Verdict[tokens.size()];
        List<CacheLookup> questions = new ArrayList<>();
        for (int i = 0; i < verdicts.length; i++) {
            CachedVerdict kept = cache.find(tokens.get(i));
            if (kept != null) {
                metrics.hit();
                verdicts[i] = kept.verdict();
            } else {
                metrics.missed();
                questions.add(cache.ask(tokens.get(i)));
            }
        }
        return questions.isEmpty()
                ? Uni.createFrom().item(() -> Arrays.asList(verdicts))
                : store.validateAll(questions.stream().map(CacheLookup::token).toList())
                        .map(answers -> merge(verdicts, questions, answers));
    }

    private List<Verdict> merge(@Nullable Verdict[] kept, List<CacheLookup> questions, List<Verdict> answers) {
        List<Verdict> merged = new ArrayList<>(kept.length);
        int next = 0;
        for (Verdict verdict : kept) {
            if (verdict != null) {
                merged.add(verdict);
            } else {
                merged.add(settle(questions.get(next), answers.get(next)));
                next++;
            }
        }
        return merged;
    }

    /** What a validation is told, after the store gave its answer. */
    private Verdict settle(CacheLookup question, Verdict verdict) {
        if (!(verdict instanceof Verdict.Unknown)) {
            cache.answered(question, verdict);
            return verdict;
        }
        Verdict.Active stale = cache.stale(question.token());
        if (stale == null) {
            return verdict;
        }
        metrics.stale();
        return stale;
    }

    @Override
    public Uni<Verdict> read(TokenLocator token) {
        return store.read(token);
    }

    /** Nobody can have asked for a token of ours before there was one, but for one of another system. */
    @Override
    public Uni<Creation> create(NewToken token) {
        Uni<Creation> creation = store.create(token);
        return token.isForeign()
                ? creation.onTermination()
                        .invoke(() -> cache.revoke(
                                new Revocation.OfToken(token.token().id().hash())))
                : creation;
    }

    @Override
    public Uni<Renewal> renew(TokenLocator token, OptionalLong lifetime) {
        return changing(
                new Revocation.OfToken(token.hash()),
                store.renew(token, lifetime),
                renewal ->
                        renewal instanceof Renewal.Renewed renewed ? renewed.durability() : Durability.AS_CONFIGURED);
    }

    @Override
    public Uni<Durability> expire(TokenLocator token, long atMillis) {
        return changing(new Revocation.OfToken(token.hash()), store.expire(token, atMillis), durability -> durability);
    }

    @Override
    public Uni<SubjectNotBefore> expireSubject(RoutingTag subject, OptionalLong before) {
        return changing(
                new Revocation.OfSubject(subject), store.expireSubject(subject, before), SubjectNotBefore::durability);
    }

    /**
     * Forgets before and after: what is asked meanwhile may be answered either way. A change whose outcome is unknown is
     * forgotten, too. What the store itself does not publish, is announced.
     */
    private <T> Uni<T> changing(Revocation revocation, Uni<T> change, Function<T, Durability> durability) {
        return Uni.createFrom()
                .deferred(() -> {
                    cache.revoke(revocation);
                    return change;
                })
                .onTermination()
                .invoke((done, failure, isCancelled) -> {
                    cache.revoke(revocation);
                    if (failure != null || isCancelled || durability.apply(done) == Durability.JOURNALED) {
                        bus.announce(revocation);
                    }
                });
    }

    @Override
    public Uni<Restoration> restore(NewToken token) {
        return changing(
                new Revocation.OfToken(token.token().id().hash()),
                store.restore(token),
                restoration -> Durability.AS_CONFIGURED);
    }

    @Override
    public Uni<SubjectTokens> list(RoutingTag subject) {
        return store.list(subject);
    }

    @Override
    public void heard(Revocation revocation, Duration age, boolean isFirst) {
        cache.revoke(revocation);
        if (isFirst) {
            metrics.heard(revocation, age);
        }
    }
}
