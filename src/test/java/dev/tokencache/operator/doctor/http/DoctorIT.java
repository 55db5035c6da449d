package dev.tokencache.operator.doctor.http;

import dev.tokencache.operator.drill.ClusterRecords;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static dev.tokencache.http.Api.dev;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.oneOf;

@QuarkusTest
class DoctorIT {

    @Test
    void shouldExamineTheClusterOfTheService() {
        dev().get("/v1/admin/doctor?only=TC201,tc205&only=TC502&skip=TC205")
                .then()
                .statusCode(200)
                .body("nodes", greaterThanOrEqualTo(6))
                .body("checks", equalTo(List.of("TC201", "TC502")))
                .body("status", oneOf("ok", "unknown", "warn", "error"))
                .body("findings.code", everyItem(oneOf("TC201", "TC502")));
    }

    @Test
    void shouldKnowTheSettingsOfTheService() {
        // Its min-replicas are 0. Without facts of the service, the finding is missing.
        Awaitility.await().untilAsserted(() -> dev().get("/v1/admin/doctor?only=TC504")
                .then()
                .statusCode(200)
                .body("findings.status", equalTo(List.of("warn")))
                .body("findings.subject", equalTo(List.of("service"))));
    }

    /** The heartbeat of an instance with another clock and other settings. Services of earlier tests may have left theirs. */
    @Test
    void shouldCompareTheInstances() {
        plant(
                "HSET",
                "tc:{instances}",
                "another",
                "{\"at\":" + System.currentTimeMillis()
                        + ",\"clock_ahead\":9000,\"version\":\"1\",\"fingerprints\":{\"prefix\":\"other:\"}}");
        try {
            Awaitility.await().untilAsserted(() -> dev().get("/v1/admin/doctor?only=TC501,TC502")
                    .then()
                    .body("findings.code", equalTo(List.of("TC501", "TC502")))
                    .body("findings.status", equalTo(List.of("error", "error")))
                    .body(
                            "findings[0].evidence",
                            matchesPattern("the clock of instance another is \\d+ ms ahead of .*"))
                    .body("findings[1].evidence", matchesPattern("\\d+ instances have 2 values of prefix")));
        } finally {
            plant("HDEL", "tc:{instances}", "another");
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        dev().get("/v1/admin/doctor?only=TC501,TC502").then().body("findings", empty()));
    }

    @Test
    void shouldMissADrill() {
        dev().get("/v1/admin/doctor?only=TC505")
                .then()
                .body("findings.evidence", equalTo(List.of("no drill is recorded")));
        report(Instant.now().minus(91, ChronoUnit.DAYS));
        try {
            dev().get("/v1/admin/doctor?only=TC505").then().body("findings.code", equalTo(List.of("TC505")));
            report(Instant.now());
            dev().get("/v1/admin/doctor?only=TC505").then().body("findings", empty());
        } finally {
            plant("DEL", ClusterRecords.reportsKey("tc:"));
        }
    }

    private static void report(Instant ended) {
        plant("HSET", ClusterRecords.reportsKey("tc:"), "planted", "{\"report\":{\"ended\":\"" + ended + "\"}}");
    }

    /** Sends the command to the master of its key. */
    private static void plant(String... command) {
        TestCluster cluster = RedisClusterResource.cluster();
        try (RespClient client = cluster.masterOf(cluster.slotOf(command[1])).connect()) {
            client.send(command);
        }
    }

    @Test
    void shouldShareARunBetweenCalls() {
        List<Integer> statuses = IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> dev().get("/v1/admin/doctor").statusCode())
                .toList();

        assertThat(statuses).containsOnly(200);
    }

    @Test
    void shouldRefuseUnknownCodes() {
        dev().get("/v1/admin/doctor?skip=TC999")
                .then()
                .statusCode(400)
                .body("violations.field", equalTo(List.of("skip")))
                .body("detail", not(containsString("TC999")));
    }
}
