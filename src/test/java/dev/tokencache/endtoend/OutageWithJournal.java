package dev.tokencache.endtoend;

import dev.tokencache.devmode.ClusterSpec;
import dev.tokencache.devmode.EmbeddedCluster;
import dev.tokencache.devmode.RedisNode;
import dev.tokencache.devmode.RespClient;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.token.RoutingTag;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What callers of the packaged service see of an outage of the whole cluster, and of what comes after it. */
abstract class OutageWithJournal {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Far more than the two seconds that a call may take, on a machine that has other things to do. */
    private static final Duration DEADLINE = Duration.ofSeconds(8);

    private final String run = UUID.randomUUID().toString();
    private final String alice = "alice-" + run;
    private final String bob = "bob-" + run;

    private EmbeddedCluster cluster;
    private ServiceProcess one;
    private ServiceProcess other;

    /** What a service needs to have the journal; the same for all of them. */
    abstract Map<String, String> journalSettings();

    /** Whether two processes can have one journal. */
    abstract boolean isShared();

    @BeforeEach
    void start() {
        cluster = EmbeddedCluster.start(ClusterSpec.ofSixNodes("journal"));
        one = startService();
        other = isShared() ? startService() : one;
    }

    private ServiceProcess startService() {
        Map<String, String> settings = ServiceProcess.settings(cluster);
        settings.putAll(journalSettings());
        settings.put("quarkus.shutdown.delay", "0S");
        return ServiceProcess.start(settings);
    }

    @AfterEach
    void stop() {
        other.close();
        one.close();
        cluster.close();
    }

    private ServiceApi one() {
        return ServiceApi.of(one);
    }

    private ServiceApi other() {
        return ServiceApi.of(other);
    }

    @Test
    void shouldKeepLoginsAndLogoutsThroughAnOutage() {
        String untouched = one().tokenFor(alice);
        String expiredLater = one().tokenFor(alice);
        String deletedLater = one().tokenFor(alice);
        String foreign = "a-foreign-token-" + run;
        one().create(Map.of("sub", alice, "token", foreign)).then().statusCode(201);
        String ofBob = one().tokenFor(bob);
        String jti = one().validate(deletedLater).path("jti");
        suspendRedis();

        Response created = one().create(Map.of(
                "sub", alice, "expires_in", 600, "max_lifetime", 6000, "scope", "read", "claims", Map.of("role", "x")));
        created.then().statusCode(201);
        assertThat(created.<Boolean>path("journaled")).isTrue();
        assertThat(created.time()).isLessThan(DEADLINE.toMillis());
        String token = created.path("token");
        other().validate(token).then().statusCode(200);
        assertThat(other().validate(token).<Boolean>path("active")).isTrue();
        assertThat(other().introspect(token).<String>path("role")).isEqualTo("x");
        assertThat(other().forwardAuth(token).statusCode()).isEqualTo(200);

        Response renewed = other().renew(token);
        renewed.then().statusCode(200);
        assertThat(one().validate(token).<Integer>path("exp")).isEqualTo(renewed.<Integer>path("exp"));

        String gone = one().tokenFor(alice);
        String ofBobToo = one().tokenFor(bob);
        String foreignToo = "another-foreign-token-" + run;
        one().create(Map.of("sub", alice, "token", foreignToo)).then().statusCode(201);
        other().expire(gone).then().statusCode(204).header("X-Journaled", "true");
        other().expire(expiredLater).then().statusCode(204);
        other().delete(jti).then().statusCode(204);
        other().revoke(foreign).then().statusCode(200);
        one().expireSubject(bob).then().statusCode(200);
        assertThat(List.of(gone, expiredLater, deletedLater, foreign, ofBobToo))
                .allSatisfy(this::assertInactiveEverywhere);
        // Whether it exists, and when it was issued, only Redis knows.
        assertThat(other().validate(untouched).statusCode()).isEqualTo(503);
        assertThat(other().validate(ofBob).statusCode()).isEqualTo(503);
        assertThat(journal(one).<Integer>path("entries")).isPositive();

        resumeRedis();
        awaitReplay();

        assertThat(List.of(gone, expiredLater, deletedLater, foreign, ofBob, ofBobToo))
                .allSatisfy(this::assertInactiveEverywhere);
        assertThat(List.of(untouched, token, foreignToo))
                .allSatisfy(live -> assertThat(other().isActive(live)).isTrue());
        assertThat(other().validate(token).<Integer>path("exp")).isEqualTo(renewed.<Integer>path("exp"));
        List<String> listed = one().list(alice).then().statusCode(200).extract().path("tokens.jti");
        assertThat(listed).contains(created.<String>path("jti")).doesNotContain(jti);
        // What comes after the logout of all is good again.
        assertThat(other().isActive(one().tokenFor(bob))).isTrue();
        assertThat(one.output() + other.output()).doesNotContain(token).doesNotContain(foreign);
    }

    @Test
    void shouldLoseNothingThatWasAcknowledgedIfTheServiceIsKilledInTheOutage() {
        String expired = one().tokenFor(alice);
        suspendRedis();
        String created = one().tokenFor(alice);
        String createdAndExpired = one().tokenFor(alice);
        one().expire(expired).then().statusCode(204);
        one().expire(createdAndExpired).then().statusCode(204);
        one().expireSubject(bob).then().statusCode(200);

        one.kill9();
        other.kill9();
        one = startService();
        other = isShared() ? startService() : one;

        assertThat(other().isActive(created)).isTrue();
        assertInactiveEverywhere(expired);
        assertInactiveEverywhere(createdAndExpired);

        resumeRedis();
        awaitReplay();

        assertThat(other().isActive(created)).isTrue();
        assertInactiveEverywhere(expired);
        assertInactiveEverywhere(createdAndExpired);
    }

    @Test
    void shouldLeaveInRedisWhatWasThereWithoutTheOutageAndForAsLong() {
        cluster.nodes().forEach(RedisNode::kill9);
        String sub = "carol-" + run;
        int lifetime = 300;
        Response created = one().create(Map.of("sub", sub, "expires_in", lifetime));
        created.then().statusCode(201);
        int exp = created.path("exp");
        Awaitility.await()
                .pollDelay(Duration.ofSeconds(3))
                .atMost(PATIENCE)
                .until(() -> System.currentTimeMillis() / 1000 > created.<Integer>path("iat") + 2);

        cluster.heal();
        awaitReplay();

        String key = "tc:{" + RoutingTag.ofSubject(sub).value() + "}";
        try (RespClient master = cluster.masterOf(cluster.slotOf(key)).connect()) {
            long endMillis = System.currentTimeMillis() + master.number("PTTL", key);
            // Redis may forget it later, by the time that the command was under way, but not earlier.
            assertThat(endMillis).isBetween(exp * 1000L - 100, exp * 1000L + 5000);
            assertThat(master.number("HLEN", key)).isEqualTo(1);
        }
        assertThat(other().validate(created.<String>path("token")).<Integer>path("exp"))
                .isEqualTo(exp);
    }

    @Test
    void shouldSayInReadinessAndMetricsWhatWaits() {
        suspendRedis();
        one().tokenFor(alice);

        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(readiness(other)).contains("\"entries\": 1");
            assertThat(management(other, "/q/metrics")).contains("tokencache_journal_entries 1.0");
        });

        resumeRedis();
        awaitReplay();
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(readiness(other)).contains("\"entries\": 0");
            assertThat(management(one, "/q/metrics") + management(other, "/q/metrics"))
                    .contains("tokencache_journal_replayed_total 1.0");
        });
    }

    private static String readiness(ServiceProcess service) {
        return management(service, "/q/health/ready");
    }

    private static String management(ServiceProcess service, String path) {
        return RestAssured.given()
                .baseUri(service.managementUri().toString())
                .get(path)
                .then()
                .statusCode(200)
                .extract()
                .asString();
    }

    private void assertInactiveEverywhere(String token) {
        for (ServiceApi api : List.of(one(), other())) {
            assertThat(api.validate(token).then().statusCode(200).extract().<Boolean>path("active"))
                    .isFalse();
            assertThat(api.introspect(token).<Boolean>path("active")).isFalse();
            assertThat(api.forwardAuth(token).statusCode()).isEqualTo(401);
        }
    }

    private void suspendRedis() {
        cluster.nodes().forEach(RedisNode::suspend);
    }

    private void resumeRedis() {
        cluster.nodes().forEach(RedisNode::resume);
        cluster.awaitHealthy();
    }

    private void awaitReplay() {
        for (ServiceProcess service : List.of(one, other)) {
            Awaitility.await("replay")
                    .atMost(PATIENCE)
                    .pollInterval(100, TimeUnit.MILLISECONDS)
                    .until(() -> journal(service).<Integer>path("entries") == 0);
        }
    }

    private static Response journal(ServiceProcess service) {
        return ServiceApi.of(service).journal();
    }
}
