package dev.tokencache.endtoend;

import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.WholeApi;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Checks that the service sends only commands of Redis 3.2, and how many of them a validation costs. */
class RedisCommandsIT {

    /** The commands of the service, all available in Redis 3.2. */
    private static final Set<String> USED = Set.of(
            "get",
            "set",
            "del",
            "hget",
            "hset",
            "hdel",
            "hmget",
            "hgetall",
            "hlen",
            "hscan",
            "hexists",
            "pttl",
            "pexpire",
            "eval",
            "evalsha",
            "cluster",
            "ping",
            "publish",
            "readonly",
            "time",
            "zadd",
            "zcount",
            "zrangebyscore",
            "zrem");

    /** Commands of the client's handshake, the replicas and this test. */
    private static final Set<String> OTHERS = Set.of("hello", "auth", "info", "config", "role", "replconf", "psync");

    /** Further commands that a replica receives from its master. */
    private static final Set<String> REPLICATION = Set.of("select", "multi", "exec");

    @Test
    void shouldUseOnlyCommandsOfRedis32() {
        try (TestCluster cluster = TestCluster.start(ClusterSpec.ofSixNodes("commands"))) {
            resetStatistics(cluster);
            try (ServiceProcess service = ServiceProcess.start(ServiceProcess.defaults(cluster))) {
                WholeApi.call(ServiceApi.of(service));
            }

            Set<String> seen = new HashSet<>();
            cluster.nodes().forEach(node -> seen.addAll(statistics(node).keySet()));
            assertThat(seen).isSubsetOf(USED).contains("hmget", "evalsha", "eval", "cluster", "hscan");
        }
    }

    @Test
    void shouldSendOneCommandForAValidationAndNoneForAForgedToken() {
        try (TestCluster cluster = TestCluster.start(ClusterSpec.ofSixNodes("commands"))) {
            Map<String, String> settings = ServiceProcess.settings(cluster);
            settings.put("tokencache.redis.timeout", "20s");
            // A re-created connection would send HELLO and repeat a command.
            settings.put("tokencache.redis.command-timeout", "10s");
            try (ServiceProcess service = ServiceProcess.start(settings)) {
                ServiceApi api = ServiceApi.of(service);
                String token = api.tokenFor("counted");
                String forged = token.substring(0, 70) + (token.charAt(70) == 'A' ? 'B' : 'A') + token.substring(71);
                resetStatistics(cluster);

                for (int i = 0; i < 100; i++) {
                    api.forwardAuth(token).then().statusCode(200);
                    api.forwardAuth(forged).then().statusCode(401);
                    api.forwardAuth("tc1_nonsense").then().statusCode(401);
                }

                Map<String, Long> counted = cluster.nodes().stream()
                        .flatMap(node -> statistics(node).entrySet().stream())
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, Long::sum));
                assertThat(counted).containsEntry("hmget", 100L);
                // The heartbeat of the instance, every ten seconds.
                counted.keySet().removeAll(Set.of("time", "hset", "pexpire", "hgetall"));
                assertThat(counted.keySet()).isSubsetOf("hmget", "ping", "cluster");
            }
        }
    }

    private static void resetStatistics(TestCluster cluster) {
        for (TestNode node : cluster.nodes()) {
            try (RespClient client = node.connect()) {
                client.text("CONFIG", "RESETSTAT");
            }
        }
    }

    /** The number of calls of each command of the service, including those in scripts. */
    private static Map<String, Long> statistics(TestNode node) {
        try (RespClient client = node.connect()) {
            boolean isReplica = RespClient.textOf(client.list("ROLE").get(0)).equals("slave");
            Map<String, Long> calls = calls(client);
            calls.keySet().removeAll(OTHERS);
            if (isReplica) {
                calls.keySet().removeAll(REPLICATION);
            }
            return calls;
        }
    }

    private static Map<String, Long> calls(RespClient client) {
        return client.text("INFO", "commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_"))
                .collect(Collectors.toMap(
                        line -> line.substring("cmdstat_".length(), line.indexOf(':')),
                        line -> Long.parseLong(
                                line.substring(line.indexOf("calls=") + "calls=".length(), line.indexOf(','))),
                        Long::sum,
                        HashMap::new));
    }
}
