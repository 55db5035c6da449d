package dev.tokencache.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokencache.testing.CommandLineProcess;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.RespClient;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.tokencache.endtoend.MigrationSite.backfill;
import static dev.tokencache.endtoend.MigrationSite.change;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

/** The backfill of live sessions from an old Redis and the comparison of both sides, by the command line. */
class BackfillIT {

    private static final int KEYS = 3000;

    @TempDir
    Path folder;

    private static String token(int number) {
        return "session-of-the-old-system-" + number;
    }

    private static void fill(MigrationSite site, int keys) {
        try (RespClient others = site.old.connect()) {
            // An fsync per write would take seconds.
            others.send("CONFIG", "SET", "appendfsync", "everysec");
            for (int i = 0; i < keys; i++) {
                others.send("SET", "sess:" + token(i), "{\"sub\":\"person-" + i + "\",\"n\":" + i + "}", "EX", "5000");
            }
            others.send("SET", "cart:of-another-program", "x");
            others.send("CONFIG", "SET", "appendfsync", "always");
        }
    }

    /** {@link MigrationWalkIT} tests all formats. */
    @Test
    void shouldCopyAllLiveSessions() throws IOException {
        try (MigrationSite site = new MigrationSite(Map.of())) {
            ServiceProcess service = site.startService();
            fill(site, KEYS);
            change(service, "{\"phase\":\"mirror\"}").statusCode(200);

            CommandLineProcess.Ended before = verify(service, "--sample", "100");
            assertThat(before.exitCode()).as(before.output()).isEqualTo(1);
            assertThat(before.output()).contains("missing in cluster");

            CommandLineProcess.Ended copied = CommandLineProcess.run(service, "migrate", "backfill");
            assertThat(copied.exitCode()).as(copied.output()).isZero();
            JsonPath backfill = backfill(service);
            assertThat(backfill.getString("status")).isEqualTo("complete");
            assertThat(backfill.getLong("copied") + backfill.getLong("present")).isGreaterThanOrEqualTo(KEYS);
            assertThat(backfill.getLong("failed")).isZero();
            assertThat(backfill.getLong("scanned"))
                    .isEqualTo(backfill.getLong("copied") + backfill.getLong("present") + backfill.getLong("skipped"));

            CommandLineProcess.Ended after = verify(service, "--all");
            assertThat(after.exitCode()).as(after.output()).isZero();
            JsonNode report = report();
            assertThat(report.path("mode").asText()).isEqualTo("all");
            assertThat(report.path("compared").asLong()).isGreaterThanOrEqualTo(KEYS);
            assertThat(report.path("findings")).isEmpty();

            change(service, "{\"phase\":\"ramp\",\"read_percent\":100,\"force\":true}")
                    .statusCode(200);
            site.old.kill9();
            long renewableUntil = System.currentTimeMillis() / 1000 + 5000;
            Awaitility.await("the service reads from the cluster")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> ServiceApi.of(service).validate(token(0)).statusCode() == 200);
            for (int i = 0; i < KEYS; i += 500) {
                ServiceApi.of(service)
                        .validate(token(i))
                        .then()
                        .statusCode(200)
                        .body("active", equalTo(true), "sub", equalTo("person-" + i))
                        .body("exp", lessThanOrEqualTo((int) renewableUntil));
            }
        }
    }

    private CommandLineProcess.Ended verify(ServiceProcess service, String... extent) {
        List<String> arguments = new ArrayList<>(List.of("migrate", "verify"));
        arguments.addAll(List.of(extent));
        arguments.addAll(List.of("--report", folder.resolve("report.json").toString()));
        return CommandLineProcess.run(service, arguments.toArray(String[]::new));
    }

    private JsonNode report() throws IOException {
        return new ObjectMapper().readTree(Files.readString(folder.resolve("report.json")));
    }

    @Test
    void shouldReportDifferences() throws IOException {
        try (MigrationSite site = new MigrationSite(Map.of())) {
            ServiceProcess service = site.startService();
            fill(site, 100);
            change(service, "{\"phase\":\"mirror\"}").statusCode(200);
            assertThat(CommandLineProcess.run(service, "migrate", "backfill").exitCode())
                    .isZero();
            try (RespClient others = site.old.connect()) {
                others.send("SET", "sess:" + token(1), "{\"sub\":\"somebody-else\",\"n\":1}", "EX", "5000");
                others.send("SET", "sess:" + token(2), "{\"sub\":\"person-2\",\"n\":7}", "EX", "5000");
                others.send("EXPIRE", "sess:" + token(3), "9000");
                others.send("SET", "sess:" + token(1000), "{\"sub\":\"person-1000\"}", "EX", "5000");
                others.send("DEL", "sess:" + token(4));
            }
            ServiceApi.of(service).expire(token(5)).then().statusCode(204);

            CommandLineProcess.Ended ended = verify(service, "--all");

            assertThat(ended.exitCode()).as(ended.output()).isEqualTo(1);
            JsonNode mismatches = report().path("mismatches");
            assertThat(mismatches.path("other_subject").asInt()).isEqualTo(1);
            assertThat(mismatches.path("other_claims").asInt()).isEqualTo(1);
            assertThat(mismatches.path("other_expiry").asInt()).isEqualTo(1);
            assertThat(mismatches.path("missing_in_cluster").asInt()).isEqualTo(1);
            assertThat(report().path("findings")).hasSize(4);
            assertThat(report().path("compared").asInt()).isEqualTo(99);
        }
    }

    @Test
    void shouldPauseAndResumeAndRespectTheRateLimit() {
        try (MigrationSite site = new MigrationSite(Map.of())) {
            ServiceProcess service = site.startService();
            fill(site, KEYS);
            change(service, "{\"phase\":\"mirror\"}").statusCode(200);
            long startedAt = System.nanoTime();
            backfill(service, "{\"action\":\"start\",\"keys_per_second\":50}").statusCode(200);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> backfill(service).getLong("scanned") > 100);
            long scanned = backfill(service).getLong("scanned");
            double seconds = (System.nanoTime() - startedAt) / 1e9;
            assertThat(scanned).isLessThan((long) (50 * (seconds + 2)));

            assertThat(CommandLineProcess.run(service, "migrate", "backfill", "pause")
                            .exitCode())
                    .isZero();
            Awaitility.await("the runner stops").atMost(Duration.ofSeconds(60)).until(() -> service.output()
                    .contains("Backfill ended on this instance"));
            long paused = backfill(service).getLong("scanned");
            assertThat(paused).isLessThan(KEYS);
            assertThat(backfill(service).getString("status")).isEqualTo("paused");

            CommandLineProcess.Ended resumed =
                    CommandLineProcess.run(service, "migrate", "backfill", "resume", "--keys-per-second", "0");
            assertThat(resumed.exitCode()).as(resumed.output()).isZero();
            assertThat(backfill(service).getLong("scanned")).isEqualTo(KEYS);
            assertThat(backfill(service).getLong("run")).isEqualTo(1);
        }
    }
}
