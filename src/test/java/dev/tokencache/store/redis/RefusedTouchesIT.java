package dev.tokencache.store.redis;

import dev.tokencache.testing.MutableClock;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RedisSettings;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.TokenDraft;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestNode;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Each way in which Redis refuses the writes that move idle timeouts. The clock of two stores, as of two instances, is moved. */
class RefusedTouchesIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static RouterFixture redis;

    private final MutableClock clock = new MutableClock(Instant.now());
    private final RedisTokenStore store = newStore();
    private final RedisTokenStore other = newStore();
    private final Token token = TokenDraft.of("idle-" + UUID.randomUUID(), clock.millis())
            .idleTimeout(100)
            .token();

    private RedisTokenStore newStore() {
        return new RedisTokenStore(redis.router(), redis.storeSettings(false), clock, verdict -> {});
    }

    @BeforeAll
    static void connect() {
        redis = RouterFixture.of(
                RedisClusterResource.cluster(), RedisSettings.usual().withoutReplicaReads());
    }

    @AfterAll
    static void disconnect() {
        redis.close();
    }

    private Verdict validate(RedisTokenStore by) {
        return by.validate(new TokenLocator.ById(token.id())).await().atMost(PATIENCE);
    }

    private void assertSurvives(Runnable refuse, Runnable accept) {
        assertThat(store.create(TokenDraft.of(token.sub(), token.issuedAtMillis())
                                .hash(token.id().hash())
                                .idleTimeout(100)
                                .ours())
                        .await()
                        .atMost(PATIENCE))
                .isEqualTo(Creation.CREATED);
        try {
            refuse.run();
            for (int i = 0; i < 3; i++) {
                clock.advance(Duration.ofSeconds(33));
                assertThat(validate(store)).isInstanceOf(Verdict.Active.class);
            }
            for (int i = 0; i < 3; i++) {
                clock.advance(Duration.ofSeconds(50));
                assertThat(validate(store)).isInstanceOf(Verdict.Unknown.class);
                assertThat(validate(other)).isInstanceOf(Verdict.Unknown.class);
            }
        } finally {
            accept.run();
        }
        clock.advance(Duration.ofSeconds(50));
        assertThat(validate(store)).isInstanceOf(Verdict.Active.class);
        assertThat(validate(other)).isInstanceOf(Verdict.Active.class);
        clock.advance(Duration.ofSeconds(100));
        assertThat(validate(other)).isEqualTo(Verdict.INACTIVE);
        assertThat(validate(store)).isEqualTo(Verdict.INACTIVE);
    }

    private static void onEachNode(String... command) {
        for (TestNode node : RedisClusterResource.cluster().nodes()) {
            try (RespClient client = node.connect()) {
                client.text(command);
            }
        }
    }

    @Test
    void shouldNotEndATokenInUseWhileTheMemoryIsFull() {
        assertSurvives(
                () -> onEachNode("CONFIG", "SET", "maxmemory", "1"),
                () -> onEachNode("CONFIG", "SET", "maxmemory", "0"));
    }

    @Test
    void shouldNotEndATokenInUseWhileReplicasAreMissing() {
        assertSurvives(
                () -> onEachNode("CONFIG", "SET", "min-replicas-to-write", "5"),
                () -> onEachNode("CONFIG", "SET", "min-replicas-to-write", "0"));
    }

    /** A snapshot that cannot be written stops writes, {@code MISCONF}. */
    @Test
    void shouldNotEndATokenInUseWhileSnapshotsFail() {
        List<TestNode> nodes = RedisClusterResource.cluster().nodes();
        List<String> folders = nodes.stream()
                .map(node -> {
                    try (RespClient client = node.connect()) {
                        return RespClient.textOf(
                                client.list("CONFIG", "GET", "dir").get(1));
                    }
                })
                .toList();
        assertSurvives(
                () -> {
                    onEachNode("CONFIG", "SET", "save", "3600 1000000");
                    onEachNode("CONFIG", "SET", "dir", "/proc");
                    nodes.forEach(RefusedTouchesIT::failASnapshot);
                },
                () -> {
                    onEachNode("CONFIG", "SET", "save", "");
                    for (int i = 0; i < nodes.size(); i++) {
                        try (RespClient client = nodes.get(i).connect()) {
                            client.text("CONFIG", "SET", "dir", folders.get(i));
                        }
                    }
                });
    }

    private static void failASnapshot(TestNode node) {
        try (RespClient client = node.connect()) {
            client.text("BGSAVE");
            Awaitility.await().atMost(PATIENCE).until(() -> client.text("INFO", "persistence")
                    .contains("rdb_last_bgsave_status:err"));
        }
    }
}
