package dev.tokencache.endtoend;

import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.WholeApi;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import io.restassured.response.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A cluster with the settings of {@code deploy/redis/redis.conf}. */
class RedisSettingsIT {

    private static final Path SETTINGS = Path.of("deploy/redis/redis.conf").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static TestCluster cluster;

    @BeforeAll
    static void start() {
        cluster = TestCluster.start(ClusterSpec.ofSixNodes("settings")
                .withNodeTimeout(Duration.ofSeconds(15))
                .withExtraLines("include " + SETTINGS));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @ParameterizedTest
    @CsvSource({
        "protected-mode, yes",
        "cluster-node-timeout, 2000",
        "cluster-require-full-coverage, no",
        "maxmemory-policy, volatile-ttl",
        "appendonly, yes",
        "appendfsync, everysec",
        "save, ''",
        "repl-diskless-sync-delay, 0",
        "min-replicas-to-write, 0"
    })
    void shouldTakeEffect(String setting, String value) {
        for (TestNode node : cluster.nodes()) {
            try (RespClient client = node.connect()) {
                assertThat(RespClient.textOf(
                                client.list("CONFIG", "GET", setting).get(1)))
                        .isEqualTo(value);
            }
        }
    }

    @Test
    void shouldKeepTokensAfterARestartOfAMasterWithoutAFailover() {
        try (ServiceProcess service = ServiceProcess.start(ServiceProcess.settings(cluster))) {
            ServiceApi api = ServiceApi.of(service);
            WholeApi.call(api);
            List<String> tokens = IntStream.range(0, 12)
                    .mapToObj(i -> api.tokenFor("kept-" + i))
                    .toList();

            TestNode master = cluster.masterOf(0);
            Awaitility.await("the data to be written to the file")
                    .atMost(PATIENCE)
                    .until(() -> isWritten(master));
            master.restart();

            Awaitility.await().atMost(PATIENCE).until(() -> tokens.stream().allMatch(token -> {
                Response answer = api.validate(token);
                if (answer.statusCode() == 200) {
                    assertThat(answer.<Boolean>path("active"))
                            .as("a live token")
                            .isTrue();
                }
                return answer.statusCode() == 200;
            }));
        }
    }

    /** With {@code appendfsync everysec} and a slow disk, the last one or two seconds may still be in memory. */
    private static boolean isWritten(TestNode node) {
        try (RespClient client = node.connect()) {
            String persistence = client.text("INFO", "persistence");
            return persistence.contains("aof_buffer_length:0\r\n")
                    && persistence.contains("aof_pending_bio_fsync:0\r\n");
        }
    }
}
