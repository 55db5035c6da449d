package dev.tokencache.store.redis.legacy;

import dev.tokencache.devmode.RespClient;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.testing.LegacySettings;
import dev.tokencache.testing.OldRedis;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The old store behind a sentinel. */
class SentinelLegacyStoreIT {

    private static final LegacyConfig.Format FORMAT = LegacyConfig.Format.JSON;

    private final TokenString token = new TokenString("behind-a-sentinel");
    private final TokenLocator locator = new TokenLocator.Presented(new TokenLocator.Foreign(token.hash()), token);

    @Test
    void shouldFollowTheSentinelToAnotherMaster() {
        try (OldRedis master = OldRedis.start();
                OldRedis replica = master.replica();
                OldRedis.Sentinel sentinel = master.sentinel();
                LegacyStoreFixture fixture = new LegacyStoreFixture(
                        LegacySettings.of("", FORMAT)
                                .withClientType(LegacyConfig.ClientType.SENTINEL, List.of(sentinel.host())),
                        OldRedis.PASSWORD)) {
            LegacyStore store = fixture.store();
            try (RespClient others = master.connect()) {
                LegacyStoreFixture.login(others, FORMAT, "sess:" + token.value(), "alice", 600);
            }
            assertThat(find(store)).isInstanceOf(Verdict.Active.class);
            awaitCopyOn(replica);
            awaitKnownReplica(sentinel);

            master.kill9();

            Awaitility.await().atMost(Duration.ofSeconds(60)).ignoreExceptions().untilAsserted(() -> {
                assertThat(find(store)).isInstanceOf(Verdict.Active.class);
                store.expire(locator, System.currentTimeMillis()).await().indefinitely();
            });
            assertThat(find(store)).isInstanceOf(Verdict.Inactive.class);
        }
    }

    private Verdict find(LegacyStore store) {
        return store.find(locator).await().indefinitely();
    }

    private void awaitCopyOn(OldRedis replica) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
            try (RespClient client = replica.connect()) {
                return LegacyStoreFixture.whoIs(client, FORMAT, "sess:" + token.value()) != null;
            }
        });
    }

    private static void awaitKnownReplica(OldRedis.Sentinel sentinel) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
            try (RespClient client = RespClient.connect(sentinel.port(), OldRedis.SENTINEL_PASSWORD)) {
                Object replicas = client.send("SENTINEL", "REPLICAS", "mymaster");
                return replicas instanceof List<?> list && !list.isEmpty();
            }
        });
    }
}
