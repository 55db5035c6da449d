package dev.tokencache.endtoend;

import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import io.restassured.RestAssured;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Two services on one cluster that cache verdicts for a long time: a revocation by one reaches the other. */
class NearCacheServicesIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int ROUNDS = 30;
    private static final int ROUNDS_AFTER_A_FAULT = 6;

    private static TestCluster cluster;
    private static ServiceProcess first;
    private static ServiceProcess second;
    private static ServiceApi one;
    private static ServiceApi other;

    private final String sub = "near-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        cluster = RedisClusterResource.cluster();
        cluster.heal();
        Map<String, String> settings = ServiceProcess.defaults(cluster);
        settings.put("tokencache.near-cache.max-age", "10M");
        settings.put("tokencache.near-cache.stale-if-error", "10M");
        first = ServiceProcess.start(settings);
        second = ServiceProcess.start(settings);
        one = ServiceApi.of(first);
        other = ServiceApi.of(second);
    }

    @AfterAll
    static void stop() {
        first.close();
        second.close();
    }

    @BeforeEach
    void awaitTrust() {
        awaitTrusted(first);
        awaitTrusted(second);
    }

    @AfterEach
    void heal() {
        cluster.heal();
    }

    @Test
    void shouldAnswerFromMemory() {
        String token = one.tokenFor(sub);
        ServiceApi.known(() -> other.forwardAuth(token)).then().statusCode(200);
        // Ten in a row, unless a revocation may have been missed meanwhile.
        Awaitility.await().atMost(PATIENCE).until(() -> {
            double before = metric(second, "tokencache_near_cache_hits_total");
            for (int i = 0; i < 10; i++) {
                other.forwardAuth(token).then().statusCode(200).header("X-Auth-Stale", (String) null);
            }
            return metric(second, "tokencache_near_cache_hits_total") - before >= 10;
        });
    }

    @Test
    void shouldSeeARevocationMadeElsewhereLongBeforeMaxAge() {
        assertRevocationsAreSeen(ROUNDS);
        assertThat(metric(second, "tokencache_revocation_propagation_seconds_count"))
                .isGreaterThanOrEqualTo(ROUNDS);
    }

    private void assertRevocationsAreSeen(int rounds) {
        long[] millis = new long[rounds];
        for (int round = 0; round < rounds; round++) {
            String subject = sub + round;
            String token = one.tokenFor(subject);
            assertThat(other.isActive(token)).isTrue();

            if (round % 2 == 0) {
                ServiceApi.known(() -> one.expire(token)).then().statusCode(204);
            } else {
                ServiceApi.known(() -> one.expireSubject(subject)).then().statusCode(200);
            }

            long revoked = System.nanoTime();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> !other.isActive(token));
            millis[round] = Duration.ofNanos(System.nanoTime() - revoked).toMillis();
        }
        Arrays.sort(millis);
        assertThat(millis[rounds / 2]).as("the median, in milliseconds").isLessThan(1_000);
    }

    @Test
    void shouldImmediatelyForgetTokensThatItRevokesItself() {
        for (int round = 0; round < ROUNDS; round++) {
            String token = one.tokenFor(sub);
            assertThat(one.isActive(token)).isTrue();
            ServiceApi.known(() -> one.expire(token)).then().statusCode(204);
            assertThat(one.isActive(token)).isFalse();
        }
    }

    @Test
    void shouldTrustNoEntryFromBeforeItsSubscriptionsWereCut() {
        String token = one.tokenFor(sub);
        assertThat(other.isActive(token)).isTrue();
        double before = metric(second, "tokencache_near_cache_misses_total");

        cluster.nodes().forEach(node -> send(node, "CLIENT", "KILL", "TYPE", "pubsub"));
        Awaitility.await().atMost(PATIENCE).until(() -> {
            assertThat(other.isActive(token)).isTrue();
            return metric(second, "tokencache_near_cache_misses_total") > before;
        });

        awaitTrust();
        assertRevocationsAreSeen(ROUNDS_AFTER_A_FAULT);
    }

    @Test
    void shouldListenAgainAfterAFailoverAndAnswerStaleUntilThen() {
        String token = one.tokenFor(sub);
        String revoked = one.tokenFor(sub);
        assertThat(other.isActive(token)).isTrue();
        assertThat(other.isActive(revoked)).isTrue();
        ServiceApi.known(() -> one.expire(revoked)).then().statusCode(204);
        Awaitility.await().atMost(PATIENCE).until(() -> !other.isActive(revoked));
        TestNode master = cluster.masterOf(cluster.slotOf(
                "{" + dev.tokencache.token.RoutingTag.ofSubject(sub).value() + "}"));
        cluster.replicasOf(master).forEach(TestNode::kill9);
        master.kill9();

        Awaitility.await().atMost(PATIENCE).until(() -> "true"
                .equals(other.forwardAuth(token).header("X-Auth-Stale")));
        assertThat(other.validate(token).then().statusCode(200).extract().<Boolean>path("stale"))
                .isTrue();
        other.forwardAuth(revoked).then().statusCode(503);

        cluster.heal();
        awaitTrust();
        Awaitility.await().atMost(PATIENCE).until(() -> other.forwardAuth(token).header("X-Auth-Stale") == null);
        assertRevocationsAreSeen(ROUNDS_AFTER_A_FAULT);
    }

    private static void awaitTrusted(ServiceProcess service) {
        Awaitility.await().atMost(PATIENCE).until(() -> metric(service, "tokencache_near_cache_trusted") == 1);
    }

    private static double metric(ServiceProcess service, String name) {
        String all = RestAssured.get(service.managementUri().resolve("/q/metrics"))
                .then()
                .statusCode(200)
                .extract()
                .asString();
        Matcher line =
                Pattern.compile("(?m)^" + name + "(?:\\{[^}]*})? ([0-9.E]+)$").matcher(all);
        assertThat(line.find()).as(name).isTrue();
        return Double.parseDouble(line.group(1));
    }

    private static void send(TestNode node, String... command) {
        try (RespClient client = node.connect()) {
            client.send(command);
        }
    }
}
