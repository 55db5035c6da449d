package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.testing.LegacySettings;
import dev.tokencache.testing.OldRedis;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.token.TokenLocator;
import dev.tokencache.token.TokenString;
import dev.tokencache.token.Verdict;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** An old store whose master a sentinel monitors. */
class SentinelLegacyStoreIT {

    private static final LegacyConfig.Format FORMAT = LegacyConfig.Format.JSON;

    /** A sentinel pauses for half a minute after a stall of the machine. */
    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(120);

    private final TokenString token = new TokenString("behind-a-sentinel");
    private final TokenLocator locator = new TokenLocator.Presented(new TokenLocator.Foreign(token.hash()), token);

    @Test
    void shouldFollowAFailoverBySentinel() {
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
            Awaitility.await().atMost(REPLY_TIMEOUT).until(() -> find(store) instanceof Verdict.Active);
            awaitCopyOn(replica);
            awaitKnownReplica(sentinel);
            beImpatient(sentinel);

            master.kill9();

            Awaitility.await().atMost(REPLY_TIMEOUT).ignoreExceptions().untilAsserted(() -> {
                assertThat(find(store)).isInstanceOf(Verdict.Active.class);
                store.expire(locator, System.currentTimeMillis()).await().indefinitely();
            });
            Awaitility.await().atMost(REPLY_TIMEOUT).until(() -> find(store) instanceof Verdict.Inactive);
        }
    }

    @Test
    void shouldLogInAsAUserWhereTheSentinelsAreOpen() {
        try (OldRedis master = OldRedis.start();
                OldRedis.Sentinel sentinel = master.openSentinel();
                RespClient others = master.connect()) {
            others.send("ACL", "SETUSER", "migr@tion", "on", ">" + OldRedis.PASSWORD, "~*", "+@all");
            others.send("ACL", "SETUSER", "default", "-@all", "+ping", "+hello", "+auth");
            LegacySettings settings = LegacySettings.of("", FORMAT)
                    .withClientType(LegacyConfig.ClientType.SENTINEL, List.of(sentinel.host()))
                    .withOpenSentinels()
                    .withUser("migr@tion");
            try (LegacyStoreFixture fixture = new LegacyStoreFixture(settings, OldRedis.PASSWORD)) {
                assertThat(find(fixture.store())).isInstanceOf(Verdict.Inactive.class);
            }
        }
    }

    private Verdict find(LegacyStore store) {
        return store.find(locator).await().indefinitely();
    }

    private void awaitCopyOn(OldRedis replica) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
            try (RespClient client = replica.connect()) {
                return LegacyStoreFixture.subjectOf(client, FORMAT, "sess:" + token.value()) != null;
            }
        });
    }

    /** Lowers the failure detection to half a second. Earlier, a stalled master would be replaced. */
    private static void beImpatient(OldRedis.Sentinel sentinel) {
        try (RespClient client = RespClient.connect(sentinel.port(), OldRedis.SENTINEL_PASSWORD)) {
            client.send("SENTINEL", "SET", "mymaster", "down-after-milliseconds", "500");
        }
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
