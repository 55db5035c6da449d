package dev.tokencache.endtoend;

import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import dev.tokencache.token.RoutingTag;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

/** The behaviour of the packaged service with a journal, during and after an outage of the whole cluster. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OutageWithJournal {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The two seconds that a call may take, plus a large reserve for a busy machine. */
    private static final Duration DEADLINE = Duration.ofSeconds(8);

    /** The tests journal about ten writes each. */
    private static final int MAX_ENTRIES = 40;

    private String run;
    private String alice;
    private String bob;

    private TestCluster cluster;
    private ServiceProcess one;
    private ServiceProcess other;

    /** The journal settings, the same for all services. */
    abstract Map<String, String> journalSettings();

    /** Whether two processes can share the journal. */
    abstract boolean isShared();

    @BeforeAll
    void start() {
        cluster = TestCluster.start(ClusterSpec.ofSixNodes("journal"));
        one = startService();
        other = isShared() ? startService() : one;
    }

    @BeforeEach
    void namePeople() {
        run = UUID.randomUUID().toString();
        alice = "alice-" + run;
        bob = "bob-" + run;
    }

    /** The next test begins with a healthy cluster and an empty journal. */
    @AfterEach
    void heal() {
        cluster.heal();
        awaitReplay();
    }

    private ServiceProcess startService() {
        Map<String, String> settings = ServiceProcess.defaults(cluster);
        settings.putAll(journalSettings());
        settings.put("quarkus.shutdown.delay", "0S");
        settings.put("tokencache.journal.confirm-after", "2S");
        settings.put("tokencache.journal.max-entries", Integer.toString(MAX_ENTRIES));
        return ServiceProcess.start(settings);
    }

    @AfterAll
    void stop() {
        if (one != null) {
            other.close();
            one.close();
        }
        if (cluster != null) {
            cluster.close();
        }
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

        Response created = ServiceApi.known(() -> one().create(Map.of(
                "sub",
                alice,
                "expires_in",
                600,
                "max_lifetime",
                6000,
                "scope",
                "read",
                "claims",
                Map.of("role", "x"))));
        created.then().statusCode(201);
        assertThat(created.<Boolean>path("journaled")).isTrue();
        assertThat(created.time()).isLessThan(DEADLINE.toMillis());
        String token = created.path("token");
        assertActive(other(), token);
        assertThat(ServiceApi.known(() -> other().introspect(token)).<String>path("role"))
                .isEqualTo("x");
        assertThat(ServiceApi.known(() -> other().forwardAuth(token)).statusCode())
                .isEqualTo(200);

        Response renewed = ServiceApi.known(() -> other().renew(token));
        renewed.then().statusCode(200);
        assertThat(ServiceApi.known(() -> one().validate(token)).<Integer>path("exp"))
                .isEqualTo(renewed.<Integer>path("exp"));

        String gone = created(alice);
        String ofBobToo = created(bob);
        String foreignToo = "another-foreign-token-" + run;
        ServiceApi.known(() -> one().create(Map.of("sub", alice, "token", foreignToo)))
                .then()
                .statusCode(201);
        ServiceApi.known(() -> other().expire(gone)).then().statusCode(204).header("X-Journaled", "true");
        ServiceApi.known(() -> other().expire(expiredLater)).then().statusCode(204);
        ServiceApi.known(() -> other().delete(jti)).then().statusCode(204);
        ServiceApi.known(() -> other().revoke(foreign)).then().statusCode(200);
        ServiceApi.known(() -> one().expireSubject(bob)).then().statusCode(200);
        assertThat(List.of(gone, expiredLater, deletedLater, foreign, ofBobToo))
                .allSatisfy(this::assertInactiveEverywhere);
        // Only Redis knows whether the token exists and when it was issued.
        assertThat(other().validate(untouched).statusCode()).isEqualTo(503);
        assertThat(other().validate(ofBob).statusCode()).isEqualTo(503);
        assertThat(journal(one).<Integer>path("entries")).isPositive();
        assertThatDoctorReportsANearlyFullJournal();

        resumeRedis();
        awaitReplay();

        assertThat(List.of(gone, expiredLater, deletedLater, foreign, ofBob, ofBobToo))
                .allSatisfy(this::assertInactiveEverywhere);
        assertThat(List.of(untouched, token, foreignToo)).allSatisfy(live -> assertActive(other(), live));
        assertThat(ServiceApi.known(() -> other().validate(token)).<Integer>path("exp"))
                .isEqualTo(renewed.<Integer>path("exp"));
        List<String> listed = one().list(alice).then().statusCode(200).extract().path("tokens.jti");
        assertThat(listed).contains(created.<String>path("jti")).doesNotContain(jti);
        // A token that is created after the subject expiry is active.
        assertActive(other(), created(bob));
        assertThat(one.output() + other.output()).doesNotContain(token).doesNotContain(foreign);
    }

    /** TC503, although no Redis node replies. */
    private void assertThatDoctorReportsANearlyFullJournal() {
        Awaitility.await().atMost(PATIENCE).pollDelay(Duration.ZERO).until(() -> {
            created("dave-" + run);
            return journal(one).<Integer>path("entries") >= MAX_ENTRIES * 8 / 10;
        });
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        one().doctor("TC503").<List<String>>path("findings.evidence"))
                .singleElement(as(STRING))
                .contains("% full"));
    }

    @Test
    void shouldLoseNoAcknowledgedWriteIfTheServiceIsKilledDuringTheOutage() {
        String expired = one().tokenFor(alice);
        suspendRedis();
        String created = created(alice);
        String createdAndExpired = created(alice);
        ServiceApi.known(() -> one().expire(expired)).then().statusCode(204);
        ServiceApi.known(() -> one().expire(createdAndExpired)).then().statusCode(204);
        ServiceApi.known(() -> one().expireSubject(bob)).then().statusCode(200);

        one.kill9();
        other.kill9();
        one = startService();
        other = isShared() ? startService() : one;

        assertActive(other(), created);
        assertInactiveEverywhere(expired);
        assertInactiveEverywhere(createdAndExpired);

        resumeRedis();
        awaitReplay();

        assertActive(other(), created);
        assertInactiveEverywhere(expired);
        assertInactiveEverywhere(createdAndExpired);
    }

    @Test
    void shouldReportPendingEntriesAndStoreTheSameDataInRedisAsWithoutTheOutage() {
        cluster.nodes().forEach(TestNode::kill9);
        int lifetime = 300;
        // An attempt that returned 503 may have been journaled all the same, so each one has a subject of its own.
        AtomicReference<String> subject = new AtomicReference<>();
        Response created = ServiceApi.known(() -> {
            subject.set("carol-" + UUID.randomUUID());
            return one().create(Map.of("sub", subject.get(), "expires_in", lifetime));
        });
        String sub = subject.get();
        created.then().statusCode(201);
        int exp = created.path("exp");
        assertPendingIsReported();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> System.currentTimeMillis() / 1000 > created.<Integer>path("iat") + 2);

        cluster.heal();
        awaitReplay();

        assertReplayIsReported();
        String key = "tc:{" + RoutingTag.ofSubject(sub).value() + "}";
        try (RespClient master = cluster.masterOf(cluster.slotOf(key)).connect()) {
            long ttlMillis = master.number("PTTL", key);
            long endMillis = System.currentTimeMillis() + ttlMillis;
            // The key may expire later, by the duration of the command, but not earlier.
            assertThat(endMillis).isBetween(exp * 1000L - 100, exp * 1000L + 5000);
            assertThat(master.number("HLEN", key)).isEqualTo(1);
        }
        assertThat(ServiceApi.known(() -> other().validate(created.<String>path("token")))
                        .<Integer>path("exp"))
                .isEqualTo(exp);
    }

    private void assertPendingIsReported() {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            // A create whose first attempt was unknown is repeated, and leaves two entries.
            assertThat(readiness(other)).containsPattern("\"entries\": [12]");
            assertThat(management(other, "/q/metrics")).containsPattern("tokencache_journal_entries [12]\\.0");
        });
    }

    private void assertReplayIsReported() {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(readiness(other)).contains("\"entries\": 0");
            assertThat(management(one, "/q/metrics") + management(other, "/q/metrics"))
                    // An entry is replayed twice if Redis executed it but the journal was not updated in time.
                    .containsPattern("tokencache_journal_replayed_total [1-9]");
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

    private String created(String sub) {
        return ServiceApi.known(() -> one().create(Map.of("sub", sub)))
                .then()
                .statusCode(201)
                .extract()
                .path("token");
    }

    private static void assertActive(ServiceApi api, String token) {
        Response answer = ServiceApi.known(() -> api.validate(token));
        answer.then().statusCode(200);
        assertThat(answer.<Boolean>path("active")).isTrue();
    }

    private void assertInactiveEverywhere(String token) {
        for (ServiceApi api : List.of(one(), other())) {
            Response answer = ServiceApi.known(() -> api.validate(token));
            answer.then().statusCode(200);
            assertThat(answer.<Boolean>path("active")).isFalse();
            assertThat(ServiceApi.known(() -> api.introspect(token)).<Boolean>path("active"))
                    .isFalse();
            assertThat(ServiceApi.known(() -> api.forwardAuth(token)).statusCode())
                    .isEqualTo(401);
        }
    }

    private void suspendRedis() {
        cluster.nodes().forEach(TestNode::suspend);
    }

    private void resumeRedis() {
        cluster.nodes().forEach(TestNode::resume);
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
