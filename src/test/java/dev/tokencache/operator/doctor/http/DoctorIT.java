package dev.tokencache.operator.doctor.http;

import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static dev.tokencache.http.Api.dev;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
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
