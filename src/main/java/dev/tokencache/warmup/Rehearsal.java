package dev.tokencache.warmup;

import dev.tokencache.caller.Caller;
import dev.tokencache.caller.Callers;
import dev.tokencache.caller.Role;
import dev.tokencache.redis.Time;
import dev.tokencache.store.metrics.MeteredTokenStore;
import dev.tokencache.store.metrics.VerdictCounter;
import dev.tokencache.store.nearcache.NearCacheConfig;
import dev.tokencache.store.nearcache.NearCachedTokenStore;
import dev.tokencache.store.revocation.Revocation;
import dev.tokencache.store.revocation.RevocationBus;
import dev.tokencache.token.Claims;
import dev.tokencache.token.IssuedToken;
import dev.tokencache.token.TokenConfig;
import dev.tokencache.token.TokenRequest;
import dev.tokencache.token.TokenService;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenString;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the requests of the warm-up use instead of users' tokens, callers and metrics: a caller and a token key that exist only
 * in the memory of this process, and a second {@link TokenService} of the same classes on the same Redis, with metrics that are
 * not published. Its tokens expire in Redis after two minutes.
 */
public final class Rehearsal implements AutoCloseable {

    /** Enough that every shard of a cluster has some. */
    static final int TOKENS = 64;

    /** Longer than any warm-up, and short enough to leave nothing in Redis for long. */
    private static final Duration LIFETIME = Duration.ofMinutes(2);

    private static final int SECRET_BYTES = 32;

    private final TokenService tokens;
    private final TokenService rehearsed;
    private final Callers callers;
    private final String callerId;
    private final String callerSecret;

    /**
     * @param store the chain of the service up to its journal
     */
    public Rehearsal(
            TokenService tokens,
            Callers callers,
            TokenStore store,
            NearCacheConfig nearCache,
            Duration timeout,
            Time time,
            MeterRegistry registry) {
        SecureRandom random = new SecureRandom();
        MeterRegistry unread = unread(registry);
        TokenStore cached = NearCachedTokenStore.wrap(store, new SilentBus(), nearCache, true, timeout, time, unread);
        Clock clock = time.clock();
        this.rehearsed = new TokenService(
                new MeteredTokenStore(cached, time, unread),
                new Settings(hex(random, SECRET_BYTES)),
                clock,
                random,
                VerdictCounter.ofAll(unread),
                false);
        this.tokens = tokens;
        this.callers = callers;
        this.callerId = "warm-up-" + hex(random, 8);
        this.callerSecret = hex(random, SECRET_BYTES);
    }

    /** Also valid as base64. */
    private static String hex(SecureRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** A registry of the same classes: other ones would teach the compilers another use of the metrics. */
    private static MeterRegistry unread(MeterRegistry registry) {
        MeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        return registry instanceof CompositeMeterRegistry ? new CompositeMeterRegistry().add(prometheus) : prometheus;
    }

    /**
     * Creates the tokens, and lets the interfaces accept them and the caller until {@link #close}. Blocks. A creation that ends
     * after the limit changes nothing but Redis.
     *
     * @throws dev.tokencache.token.StoreUnavailableException if Redis does not accept them
     * @throws io.smallrye.mutiny.TimeoutException after the limit
     */
    List<TokenString> begin(Duration limit) {
        List<TokenString> created = Multi.createFrom()
                .range(0, TOKENS)
                .onItem()
                .transformToUniAndMerge(this::create)
                .map(IssuedToken::string)
                .collect()
                .asList()
                .await()
                .atMost(limit);
        callers.admit(new Caller(callerId, Set.of(Role.VALIDATE)), callerSecret);
        tokens.rehearse(rehearsed);
        return created;
    }

    /** Every second one has a scope and claims, as sites have tokens with and without, and one in eight soon expires. */
    private Uni<IssuedToken> create(int number) {
        boolean isRich = number % 2 == 0;
        boolean expires = number % 8 == 3;
        byte[] claims = "{\"email\":\"warm-up@mail.example\",\"roles\":[\"none\"]}".getBytes(StandardCharsets.UTF_8);
        return rehearsed.create(
                new TokenRequest(
                        callerId + "-" + number,
                        OptionalLong.of(expires ? 1 : LIFETIME.toSeconds()),
                        OptionalLong.of(LIFETIME.toSeconds()),
                        OptionalLong.empty(),
                        isRich ? "openid" : null,
                        null,
                        isRich ? Claims.ofJson(claims) : null,
                        null),
                callerId);
    }

    /** The value of {@code Authorization} for the caller. */
    String credentials() {
        String pair = callerId + ":" + callerSecret;
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        tokens.rehearse(null);
        callers.dismiss();
    }

    /** A key that no configuration has. */
    private record Settings(String key) implements TokenConfig {

        private static final String KID = "warm-up";

        @Override
        public Map<String, String> keys() {
            return Map.of(KID, key);
        }

        @Override
        public Optional<String> activeKey() {
            return Optional.of(KID);
        }

        @Override
        public Duration defaultTtl() {
            return LIFETIME;
        }

        @Override
        public Duration maxTtl() {
            return LIFETIME;
        }

        @Override
        public int maxPerSubject() {
            return 1;
        }

        @Override
        public boolean foreign() {
            return false;
        }
    }

    /** These tokens are never revoked. */
    private static final class SilentBus implements RevocationBus {

        @Override
        public long listeningEpoch() {
            return 1;
        }

        @Override
        public void subscribe(Listener listener) {
            // Never called.
        }

        @Override
        public void announce(Revocation revocation) {
            // There is no listener.
        }
    }
}
