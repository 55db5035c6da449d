package dev.tokencache.migration.legacy;

import dev.tokencache.migration.LegacyStore;
import dev.tokencache.testing.LegacySettings;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.RouterFixture;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.token.TokenString;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The old store in a cluster, with hashed key names. */
class ClusterLegacyStoreIT extends LegacyStoreContract {

    private static final String PREFIX = "old-" + UUID.randomUUID() + ":";

    private static RouterFixture others;
    private static LegacyStoreFixture fixture;
    private static KeyPattern pattern;

    @BeforeAll
    static void start() {
        TestCluster cluster = RedisClusterResource.cluster();
        cluster.heal();
        others = RouterFixture.of(cluster);
        pattern = KeyPattern.of(PREFIX + "{sha256}");
        fixture = new LegacyStoreFixture(
                LegacySettings.of("", LegacyConfig.Format.STRING)
                        .withClientType(
                                LegacyConfig.ClientType.CLUSTER,
                                List.of(cluster.hosts().split(",")))
                        .withKeyPattern(PREFIX + "{sha256}"),
                cluster.password());
    }

    @AfterAll
    static void stop() {
        fixture.close();
        others.close();
    }

    @Override
    LegacyStore store() {
        return fixture.store();
    }

    @Override
    void login(TokenString token, String subject, long seconds) {
        byte[] key = pattern.key(token);
        others.send(key, Request.cmd(Command.SETEX).arg(key).arg(seconds).arg(subject))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @Override
    String subjectOf(TokenString token) {
        byte[] key = pattern.key(token);
        Response value = others.send(key, Request.cmd(Command.GET).arg(key))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        return value == null ? null : value.toString(StandardCharsets.UTF_8);
    }
}
