package dev.tokencache.endtoend;

import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import io.restassured.RestAssured;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.tokencache.endtoend.MigrationSite.change;
import static dev.tokencache.endtoend.MigrationSite.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

/** The migration phases, as operators change them over HTTP. */
class MigrationAdminIT {

    private MigrationSite site;
    private ServiceProcess service;

    @BeforeEach
    void start() {
        site = new MigrationSite(Map.of());
        service = site.startService();
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void shouldAllowOneStepForwardAndAnyNumberBackAndNoBackfillInThePhaseLegacy() {
        status(service)
                .statusCode(200)
                .header("Cache-Control", "no-store")
                .body("phase", equalTo("legacy"), "by", nullValue(), "comparisons", equalTo(0))
                .body("backfill.status", equalTo("idle"), "may_advance.ok", equalTo(false))
                .body("mismatches.size()", equalTo(5), "errors.legacy", equalTo(0), "errors.cluster", equalTo(0));
        refused(
                MigrationSite.backfill(service, "{\"action\":\"start\"}"),
                "phase legacy allows no copies; mirror, ramp and cluster do");
        refused(MigrationSite.backfill(service, "{\"action\":\"pause\"}"), "no run is in progress");
        refused(
                change(service, "{\"phase\":\"ramp\"}"),
                "the phase cannot change from legacy to ramp: only one step forward or any number back, and done is"
                        + " final");
        change(service, "{\"phase\":\"mirror\",\"mirror_percent\":20}")
                .statusCode(200)
                .body("phase", equalTo("mirror"), "mirror_percent", equalTo(20))
                .body("by", equalTo(ServiceProcess.CALLER), "version", equalTo(1));
        change(service, "{\"phase\":\"ramp\"}").statusCode(200).body("read_percent", equalTo(1));
        change(service, "{\"read_percent\":50}")
                .statusCode(200)
                .body("phase", equalTo("ramp"), "read_percent", equalTo(50), "mirror_percent", equalTo(20));
        change(service, "{\"read_percent\":51}")
                .statusCode(409)
                .contentType("application/problem+json")
                .body("type", equalTo("urn:token-cache:problem:migration-refused"))
                .body("reasons", hasSize(2), "reasons[0]", containsString("comparisons"))
                .body("detail", containsString("; "));
        change(service, "{\"read_percent\":51,\"force\":true}").statusCode(200).body("read_percent", equalTo(51));
        change(service, "{\"phase\":\"legacy\"}").statusCode(200).body("phase", equalTo("legacy"));
        assertThat(service.output())
                .contains("Migration changed; from=ramp to=ramp read_percent=51 mirror_percent=20 by="
                        + ServiceProcess.CALLER + " forced=true")
                .contains("action=change_migration caller=" + ServiceProcess.CALLER + " phase=legacy result=done")
                .contains("action=change_migration caller=" + ServiceProcess.CALLER + " result=refused");
    }

    private static void refused(io.restassured.response.ValidatableResponse response, String reason) {
        response.statusCode(409).body("reasons", hasItem(reason), "status", equalTo(409));
    }

    @Test
    void shouldNameInvalidFields() {
        bad("{\"phase\":\"mirrored\"}", "phase");
        bad("{\"phase\":3}", "phase");
        bad("{}", "phase");
        bad("{\"read_percent\":101}", "read_percent");
        bad("{\"read_percent\":5}", "read_percent");
        bad("{\"mirror_percent\":-1}", "mirror_percent");
        bad("{\"mirror_percent\":\"5\"}", "mirror_percent");
        bad("{\"phase\":\"mirror\",\"force\":\"yes\"}", "force");
        bad("{\"phase\":\"mirror\",\"hurry\":true}", "hurry");
        MigrationSite.backfill(service, "{\"action\":\"run\"}")
                .statusCode(400)
                .body("violations.field", hasItem("action"));
        MigrationSite.backfill(service, "{\"keys_per_second\":-1}")
                .statusCode(400)
                .body("violations.field", hasItem("keys_per_second"));
        verify("{\"position\":\"nowhere\"}").statusCode(400).body("violations.field", hasItem("position"));
        verify("{\"position\":\"a:0\",\"keys\":1001}").statusCode(400).body("violations.field", hasItem("keys"));
    }

    private void bad(String body, String field) {
        change(service, body).statusCode(400).body("violations.field", hasItem(field));
    }

    private io.restassured.response.ValidatableResponse verify(String body) {
        return MigrationSite.admin(service)
                .body(body)
                .post("/v1/admin/migration/verify")
                .then();
    }

    @Test
    void shouldShowTheStateInReadinessAndMetrics() {
        change(service, "{\"phase\":\"mirror\",\"mirror_percent\":30}").statusCode(200);
        Awaitility.await("the replica follows")
                .atMost(Duration.ofSeconds(30))
                .until(() -> MigrationSite.readiness(service).getString("phase").equals("mirror"));
        assertThat(MigrationSite.readiness(service).getInt("mirror_percent")).isEqualTo(30);
        assertThat(MigrationSite.readiness(service).getInt("version")).isEqualTo(1);
        Awaitility.await("the first check of the backfill")
                .atMost(Duration.ofSeconds(30))
                .until(() -> RestAssured.get(service.managementUri() + "/q/metrics")
                        .asString()
                        .contains("tokencache_migration_backfill_running 0.0"));
        RestAssured.get(service.managementUri() + "/q/metrics")
                .then()
                .body(containsString("tokencache_migration_phase{phase=\"mirror\"} 1.0"))
                .body(containsString("tokencache_migration_phase{phase=\"legacy\"} 0.0"))
                .body(containsString("tokencache_migration_mirror_percent 30.0"))
                .body(containsString("tokencache_migration_mismatches_total{kind=\"missing_in_cluster\"} 0.0"))
                .body(containsString("tokencache_migration_errors_total{side=\"legacy\"} 0.0"))
                .body(not(containsString(Integer.toString(site.old.port()))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"legacy", "ramp"})
    void shouldGiveTheSameVerdictOnEveryRouteWhateverARecordContains(String phase) {
        if (phase.equals("ramp")) {
            change(service, "{\"phase\":\"mirror\"}").statusCode(200);
            change(service, "{\"phase\":\"ramp\",\"read_percent\":50}").statusCode(200);
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> MigrationSite.readiness(service)
                    .getString("phase")
                    .equals(phase));
        }
        try (RespClient others = site.old.connect()) {
            List<String> active = List.of(
                    "{\"sub\":\"e\",\"bio\":\"hi \\ud83d\",\"n\":1}",
                    "{\"sub\":\"e\",\"n\":1,\"n\":2}",
                    "{\"sub\":\"e\",\"n\":1e999999,\"deep\":" + "[".repeat(2000) + "]".repeat(2000) + "}");
            for (int i = 0; i < active.size(); i++) {
                others.send("SET", "sess:an-active-session-" + i, active.get(i), "EX", "600");
                assertVerdict("an-active-session-" + i, true);
            }
            others.send("SET", "sess:an-inactive-session-0", "NaN", "EX", "600");
            others.send("SET", "sess:an-inactive-session-1", "", "EX", "600");
            others.send("RPUSH", "sess:an-inactive-session-2", "{\"sub\":\"e\"}");
            others.send("SET", "sess:an-inactive-session-3", "{\"sub\":\"" + "x".repeat(1500) + "\"}");
            others.send(
                    "EVAL", "redis.call('SET', KEYS[1], '{\"sub\":\"Jos\\233\"}')", "1", "sess:an-inactive-session-4");
            for (int i = 0; i < 5; i++) {
                assertVerdict("an-inactive-session-" + i, false);
            }
        }
        String position = MigrationSite.admin(service)
                .get("/v1/admin/migration/verify")
                .then()
                .statusCode(200)
                .extract()
                .path("starts[0].position");
        verify("{\"position\":\"" + position + "\",\"keys\":1000}")
                .statusCode(200)
                .body("refused.unreadable", equalTo(2), "refused.wrong_type", equalTo(1))
                .body("refused.bad_subject", equalTo(1), "refused.not_utf8", equalTo(1))
                .body("refused_records", hasSize(5));
        RestAssured.get(service.managementUri() + "/q/metrics")
                .then()
                .body(containsString("tokencache_migration_refused_records_total{reason=\"not_utf8\"}"));
    }

    private void assertVerdict(String token, boolean isActive) {
        MigrationSite.admin(service)
                .body("{\"token\":\"" + token + "\"}")
                .post("/v1/tokens/validate")
                .then()
                .statusCode(200)
                .body("active", equalTo(isActive));
        MigrationSite.admin(service)
                .contentType("application/x-www-form-urlencoded")
                .formParam("token", token)
                .post("/oauth2/introspect")
                .then()
                .statusCode(200)
                .body("active", equalTo(isActive));
        RestAssured.given()
                .header("Authorization", "Bearer " + token)
                .get(service.baseUri() + "/v1/auth")
                .then()
                .statusCode(isActive ? 200 : 401);
    }

    /** Writes that the old master had not replicated yet may be lost, so the backfill must be repeated. */
    @Test
    void shouldRequireAnotherBackfillAfterAPromotion() {
        TestCluster cluster = RedisClusterResource.cluster();
        change(service, "{\"phase\":\"mirror\"}").statusCode(200);
        completeBackfill();
        assertThat(reasons()).noneMatch(reason -> reason.contains("backfill"));

        cluster.replicasOf(cluster.masterOf(0)).get(0).failOver();
        Awaitility.await("the promotion to be noticed")
                .atMost(Duration.ofSeconds(60))
                .until(() -> reasons().stream().anyMatch(reason -> reason.contains("backfill")));
        cluster.awaitHealthy();

        completeBackfill();
        assertThat(reasons()).noneMatch(reason -> reason.contains("backfill"));
    }

    private void completeBackfill() {
        MigrationSite.backfill(service, "{\"action\":\"start\"}").statusCode(200);
        Awaitility.await("the completion of the backfill")
                .atMost(Duration.ofSeconds(60))
                .until(() -> MigrationSite.backfill(service).getString("status").equals("complete"));
    }

    private List<String> reasons() {
        return status(service).statusCode(200).extract().jsonPath().getList("may_advance.reasons");
    }
}
