package dev.tokencache.journal.http;

import dev.tokencache.testing.ManagementInterface;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.net.URL;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.tokencache.http.Api.as;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

/** The admin API, readiness and metrics of an empty journal in a file. */
@QuarkusTest
@TestProfile(JournalIT.WithLocalJournal.class)
@NullUnmarked
class JournalIT {

    public static class WithLocalJournal implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "tokencache.journal.kind",
                    "local",
                    "tokencache.journal.local.path",
                    "target/journal-it-" + ProcessHandle.current().pid());
        }
    }

    @TestHTTPResource(value = "/health/ready", management = true)
    URL ready;

    @TestHTTPResource(value = "/metrics", management = true)
    URL metrics;

    @BeforeEach
    void awaitManagementInterface() {
        ManagementInterface.awaitOpen(metrics);
    }

    @Test
    void shouldReportTheStateInTheAdminApi() {
        Map<String, Object> body = as("dev")
                .get("/v1/admin/journal")
                .then()
                .statusCode(200)
                .contentType("application/json")
                .header("Cache-Control", "no-store")
                .extract()
                .jsonPath()
                .getMap("");
        assertThat(body)
                .isEqualTo(Map.of(
                        "kind",
                        "local",
                        "state",
                        "empty",
                        "entries",
                        0,
                        "oldest_age",
                        0,
                        "replayed",
                        0,
                        "dropped",
                        0,
                        "failed",
                        0));
    }

    @Test
    void shouldReportTheStateInReadiness() {
        Map<String, Object> data = given().get(ready)
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getMap("checks.find { it.name == 'journal' }.data");
        assertThat(data).containsEntry("kind", "local").containsEntry("state", "empty");
    }

    @Test
    void shouldReportTheStateInMetrics() {
        assertThat(given().get(metrics).asString())
                .contains(
                        "tokencache_journal_entries 0.0",
                        "tokencache_journal_oldest_age_seconds 0.0",
                        "tokencache_journal_broken 0.0",
                        "tokencache_journal_full 0.0",
                        "tokencache_journal_written_total 0.0",
                        "tokencache_journal_replayed_total 0.0",
                        "tokencache_journal_dropped_total{reason=\"outlived\"} 0.0",
                        "tokencache_journal_dropped_total{reason=\"expired\"} 0.0",
                        "tokencache_journal_dropped_total{reason=\"taken\"} 0.0",
                        "tokencache_journal_failed_total{operation=\"write\"} 0.0");
    }
}
