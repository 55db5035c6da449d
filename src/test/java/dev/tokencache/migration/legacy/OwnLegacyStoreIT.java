package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.store.redis.RedisStoreSettings;
import dev.tokencache.store.redis.RedisTokenStore;
import dev.tokencache.testing.LegacySettings;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.token.Paging;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** An old store that is another token-cache in a cluster. The other program is a token-cache without a migration. */
class OwnLegacyStoreIT extends LegacyStoreContract {

    private static final String PREFIX = "old-" + UUID.randomUUID() + ":";

    private static RouterFixture redis;
    private static TokenStore others;
    private static LegacyStoreFixture fixture;

    @BeforeAll
    static void start() {
        TestCluster cluster = RedisClusterResource.cluster();
        cluster.heal();
        redis = RouterFixture.of(cluster);
        others = new RedisTokenStore(
                redis.router(),
                new RedisStoreSettings(PREFIX, Duration.ofSeconds(5), Duration.ofDays(30), true, false),
                Clock.systemUTC(),
                verdict -> {});
        fixture = new LegacyStoreFixture(
                LegacySettings.of("", LegacyConfig.Format.TOKEN_CACHE)
                        .withClientType(
                                LegacyConfig.ClientType.CLUSTER,
                                List.of(cluster.hosts().split(",")))
                        .withKeyPrefix(PREFIX),
                cluster.password());
    }

    @AfterAll
    static void stop() {
        fixture.close();
        redis.close();
    }

    @Override
    LegacyStore store() {
        return fixture.store();
    }

    @Override
    void login(TokenString token, String subject, long seconds) {
        save(TokenDraft.of(subject, System.currentTimeMillis())
                .hash(token.hash())
                .lifetime(seconds, 6000)
                .foreign());
    }

    private static void save(NewToken token) {
        assertThat(await(others.create(token))).isInstanceOf(Creation.Created.class);
    }

    @Override
    String subjectOf(TokenString token) {
        return await(others.read(new TokenLocator.Foreign(token.hash()))) instanceof Verdict.Active active
                ? active.token().sub()
                : null;
    }

    private List<LegacyToken> walked(RoutingTag subject) {
        return walk().stream()
                .flatMap(page -> page.tokens().stream())
                .filter(token -> token.token().id().tag().equals(subject))
                .toList();
    }

    @Test
    void shouldScanRecordsUnchanged() {
        String sub = "carol-" + UUID.randomUUID();
        long now = System.currentTimeMillis();
        NewToken ours = TokenDraft.of(sub, now)
                .idleTimeout(600)
                .scope("read")
                .claims("{\"n\":1.50}")
                .ours();
        NewToken foreign = TokenDraft.of(sub, now).foreign();
        save(ours);
        save(foreign);

        assertThat(walked(RoutingTag.ofSubject(sub)).stream().map(LegacyToken::copy))
                .containsExactlyInAnyOrder(ours, foreign);
        assertThat(await(store().original(new TokenLocator.ById(foreign.token().id()), foreign.token())))
                .as("by its id alone")
                .isEqualTo(new LegacyToken(foreign.token(), foreign.foreignNonce()));
    }

    @Test
    void shouldScanExpiriesAndNotBeforeTimes() {
        long now = System.currentTimeMillis();
        NewToken loggedOut =
                TokenDraft.of("dave-" + UUID.randomUUID(), now - 1000).ours();
        NewToken marked = TokenDraft.of("erin-" + UUID.randomUUID(), now - 1000).ours();
        TokenLocator nobodys = new TokenLocator.Foreign(TokenDraft.randomHash());
        save(loggedOut);
        save(marked);
        await(others.expire(new TokenLocator.ById(loggedOut.token().id()), now));
        await(others.expire(nobodys, now));
        RoutingTag subject = marked.token().id().tag();
        await(others.expireSubject(subject, OptionalLong.of(now)));

        List<LegacyExpiry> expiries =
                walk().stream().flatMap(page -> page.expiries().stream()).toList();

        assertThat(walked(loggedOut.token().id().tag())).isEmpty();
        assertThat(walked(subject)).isEmpty();
        assertThat(expiries)
                .contains(new LegacyExpiry.OfSubject(subject, now))
                .contains(new LegacyExpiry.OfToken(
                        new TokenLocator.ById(loggedOut.token().id()),
                        now,
                        loggedOut.token().renewableUntil() * 1000 + (now - 1000) % 1000))
                .anyMatch(expiry -> expiry instanceof LegacyExpiry.OfToken token
                        && token.token().equals(nobodys)
                        && token.atMillis() == now);
    }

    @Test
    void shouldContinueAfterAnUnreadableRecord() {
        byte[] key = (PREFIX + "{" + RoutingTag.ofSubject("mallory").value() + "}").getBytes(StandardCharsets.UTF_8);
        byte[] field = TokenDraft.randomHash().bytes();
        redis.send(key, Request.cmd(Command.HSET).arg(key).arg(field).arg("not a record"))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        NewToken ours = TokenDraft.of("ivan-" + UUID.randomUUID(), System.currentTimeMillis())
                .ours();
        save(ours);

        assertThat(walked(ours.token().id().tag())).hasSize(1);
        assertThat(walked(RoutingTag.ofSubject("mallory"))).isEmpty();
    }

    @Test
    void shouldExpireTokensOfAnIssuerWhoseClockIsAhead() {
        long now = System.currentTimeMillis();
        NewToken ahead =
                TokenDraft.of("heidi-" + UUID.randomUUID(), now + 60_000).ours();
        save(ahead);
        RoutingTag subject = ahead.token().id().tag();

        assertThat(await(store().expireSubject(subject, now, true))).isEqualTo(now + 60_000);
        assertThat(await(store().expireSubject(subject, now + 70_000, true))).isEqualTo(now + 70_000);
        assertThat(await(store().list(subject, Paging.FIRST)).tokens()).isEmpty();
    }

    @Test
    void shouldListTheTokensOfASubject() {
        String sub = "frank-" + UUID.randomUUID();
        NewToken ours = TokenDraft.of(sub, System.currentTimeMillis()).ours();
        save(ours);

        assertThat(await(store().list(RoutingTag.ofSubject(sub), Paging.FIRST)).tokens())
                .containsExactly(ours.token());
    }

    @Test
    void shouldKeepTheNonceOfAForeignTokenThatWasRenewedInTheCluster() {
        NewToken foreign = TokenDraft.of("grace-" + UUID.randomUUID(), System.currentTimeMillis())
                .lifetime(60, 6000)
                .foreign();
        save(foreign);
        long end = foreign.token().expiresAt() + 500;

        await(store().save(
                        new TokenLocator.Foreign(foreign.token().id().hash()),
                        foreign.token().renewed(end, System.currentTimeMillis())));

        List<LegacyToken> walked = walked(foreign.token().id().tag());
        assertThat(walked).singleElement().satisfies(token -> {
            assertThat(token.token().expiresAt()).isEqualTo(end);
            assertThat(token.foreignNonce()).isEqualTo(foreign.foreignNonce());
        });
    }
}
