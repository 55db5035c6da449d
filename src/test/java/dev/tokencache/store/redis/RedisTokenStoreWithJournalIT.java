package dev.tokencache.store.redis;

import dev.tokencache.seal.Seal;
import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import dev.tokencache.token.RestoringTokenStoreContract;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.Verdict;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** The contract of {@code TokenStore}, on a real cluster behind a journal, which may restore writes late. */
class RedisTokenStoreWithJournalIT extends RestoringTokenStoreContract {

    private static RouterFixture redis;

    private final MutableClock clock = new MutableClock(Instant.now());
    private final List<Token> missedTouches = new CopyOnWriteArrayList<>();
    private final RedisTokenStore store =
            new RedisTokenStore(redis.router(), redis.storeSettings(true), clock, verdict -> {}, missedTouches::add);

    @BeforeAll
    static void connect() {
        redis = RouterFixture.of(
                RedisClusterResource.cluster(), RedisSettings.usual().withoutReplicaReads());
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    @Override
    protected TokenStore store() {
        return store;
    }

    @Override
    protected MutableClock clock() {
        return clock;
    }

    /** In either order of the two calls, the token was issued before it was expired. */
    @Test
    void shouldNotLoseAnExpiryDuringTheCreationOfAForeignToken() {
        for (int round = 0; round < 300; round++) {
            NewToken created = TokenDraft.of("concurrent", clock.millis()).foreign();
            TokenLocator token = new TokenLocator.Foreign(created.token().id().hash());

            Uni.combine()
                    .all()
                    .unis(store.expire(token, clock.millis()), store.create(created))
                    .asTuple()
                    .await()
                    .indefinitely();

            assertThat(store.read(token).await().indefinitely())
                    .as("round %d", round)
                    .isInstanceOf(Verdict.Inactive.class);
        }
    }

    private void importExpiry(TokenLocator token, long atMillis) {
        store.importExpiry(token, atMillis, atMillis + 3_600_000).await().indefinitely();
    }

    @Test
    void shouldExpireTokensByAnImportedExpiry() {
        NewToken ours = TokenDraft.of("past", clock.millis() - 1000).ours();
        NewToken foreign = TokenDraft.of("past", clock.millis() - 1000).foreign();
        TokenLocator unknown = new TokenLocator.Foreign(foreign.token().id().hash());
        TokenLocator byId = new TokenLocator.ById(ours.token().id());
        store.create(ours).await().indefinitely();

        importExpiry(byId, clock.millis() - 1000);
        importExpiry(unknown, clock.millis() - 1000);

        assertThat(store.read(byId).await().indefinitely()).isInstanceOf(Verdict.Inactive.class);
        assertThat(store.create(ours).await().indefinitely()).isInstanceOf(Creation.IssuedTooEarly.class);
        assertThat(store.create(foreign).await().indefinitely()).isInstanceOf(Creation.IssuedTooEarly.class);
    }

    @Test
    void shouldNotExpireATokenIssuedAfterAnImportedExpiry() {
        NewToken again = TokenDraft.of("past", clock.millis()).foreign();
        TokenLocator foreign = new TokenLocator.Foreign(again.token().id().hash());
        store.create(again).await().indefinitely();

        importExpiry(foreign, clock.millis() - 1);
        importExpiry(new TokenLocator.ById(again.token().id()), clock.millis() - 1);

        assertThat(store.read(foreign).await().indefinitely()).isInstanceOf(Verdict.Active.class);
    }

    // --- validations that Redis could not record

    private TestNode masterOf(Token token) {
        TestCluster cluster = RedisClusterResource.cluster();
        return cluster.masterOf(cluster.slotOf(key(token)));
    }

    private static String key(Token token) {
        return redis.config().keyPrefix() + "{" + token.id().tag().value() + "}";
    }

    private Token createdIdle() {
        TokenDraft draft =
                TokenDraft.of("idle", clock.millis()).idleTimeout(100).lifetime(3600, 7200);
        store.create(draft.ours()).await().indefinitely();
        return draft.token();
    }

    private Verdict read(Token token) {
        return store.read(new TokenLocator.ById(token.id())).await().indefinitely();
    }

    private void touch(Token touched) {
        store.touch(touched).await().indefinitely();
    }

    @Test
    void shouldReportAValidationThatRedisRefuses() {
        Token token = createdIdle();
        clock.advance(Duration.ofSeconds(50));
        Token touched = token.touched(clock.millis());
        try (RespClient master = masterOf(token).connect()) {
            master.send("CONFIG", "SET", "min-slaves-to-write", "9");
            try {
                assertThat(store.validate(new TokenLocator.ById(token.id()))
                                .await()
                                .indefinitely())
                        .isInstanceOf(Verdict.Active.class);
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> missedTouches.contains(touched));
            } finally {
                master.send("CONFIG", "SET", "min-slaves-to-write", "0");
            }
        }

        clock.advance(Duration.ofSeconds(60));
        assertThat(store.read(touched).await().indefinitely()).isEqualTo(new Verdict.Active(touched));
        touch(touched);
        assertThat(read(token)).isEqualTo(new Verdict.Active(touched));
    }

    @Test
    void shouldRecordTheValidationOfARecordThatRedisHasDropped() {
        Token token = createdIdle();
        clock.advance(Duration.ofSeconds(50));
        Token touched = token.touched(clock.millis());
        try (RespClient master = masterOf(token).connect()) {
            master.send(
                    "HDEL".getBytes(UTF_8),
                    key(token).getBytes(UTF_8),
                    token.id().hash().bytes());
        }

        assertThat(store.read(touched).await().indefinitely()).isEqualTo(new Verdict.Active(touched));
        touch(touched);
        assertThat(read(token)).isEqualTo(new Verdict.Active(touched));
    }

    @Test
    void shouldNotReviveATokenByALateValidation() {
        Token expired = createdIdle();
        Token ofExpiredSubject = createdIdle();
        Token idle = createdIdle();
        clock.advance(Duration.ofSeconds(50));
        long validated = clock.millis();
        store.expire(new TokenLocator.ById(expired.id()), clock.millis())
                .await()
                .indefinitely();
        store.expireSubject(ofExpiredSubject.id().tag(), OptionalLong.of(ofExpiredSubject.issuedAtMillis()))
                .await()
                .indefinitely();

        for (Token token : List.of(expired, ofExpiredSubject)) {
            assertThat(store.read(token.touched(validated)).await().indefinitely())
                    .isEqualTo(Verdict.INACTIVE);
            touch(token.touched(validated));
            assertThat(read(token)).isEqualTo(Verdict.INACTIVE);
        }
        clock.advance(Duration.ofSeconds(100));
        touch(idle.touched(validated));
        assertThat(read(idle)).isEqualTo(Verdict.INACTIVE);
    }

    @Test
    void shouldNotOverwriteARenewalByALateValidation() {
        Token token = createdIdle();
        clock.advance(Duration.ofSeconds(50));
        store.renew(new TokenLocator.ById(token.id()), OptionalLong.of(5000))
                .await()
                .indefinitely();
        Token renewed = token.renewed(clock.millis() / 1000 + 5000, clock.millis());

        touch(token.touched(clock.millis() - 1000));
        assertThat(read(token)).isEqualTo(new Verdict.Active(renewed));
        clock.advance(Duration.ofSeconds(20));
        touch(token.touched(clock.millis()));
        assertThat(read(token)).isEqualTo(new Verdict.Active(renewed.touched(clock.millis())));
    }

    // --- expiries of unknown foreign tokens

    @Test
    void shouldStoreTheExpiryOfAnUnknownTokenForMinutesIfNoCreationCanBeLate() {
        AtomicBoolean hasLateCreations = new AtomicBoolean(false);
        RedisStoreSettings settings = new RedisStoreSettings(
                redis.config().keyPrefix(),
                redis.config().timeout(),
                Duration.ofDays(30),
                true,
                hasLateCreations::get,
                true,
                Seal.off());
        RedisTokenStore expiring = new RedisTokenStore(redis.router(), settings, clock, verdict -> {});
        NewToken foreign = TokenDraft.of("unknown", clock.millis()).foreign();
        TokenLocator token = new TokenLocator.Foreign(foreign.token().id().hash());

        expiring.expire(token, clock.millis()).await().indefinitely();
        assertThat(expiryTtl(token)).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(10));
        assertThat(store.create(foreign).await().indefinitely()).isInstanceOf(Creation.IssuedTooEarly.class);
        hasLateCreations.set(true);
        expiring.expire(token, clock.millis()).await().indefinitely();
        assertThat(expiryTtl(token)).isGreaterThan(Duration.ofDays(29));
        hasLateCreations.set(false);
        expiring.expire(token, clock.millis() + 1).await().indefinitely();
        assertThat(expiryTtl(token)).as("never shortened").isGreaterThan(Duration.ofDays(29));
    }

    private static Duration expiryTtl(TokenLocator token) {
        String key = redis.config().keyPrefix() + "{" + token.hash().text() + "}";
        TestCluster cluster = RedisClusterResource.cluster();
        try (RespClient master = cluster.masterOf(cluster.slotOf(key)).connect()) {
            return Duration.ofMillis(master.number("PTTL", key));
        }
    }
}
