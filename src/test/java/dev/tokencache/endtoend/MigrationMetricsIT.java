package dev.tokencache.endtoend;

import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The metrics of a service with a migration and a journal, as the runbooks name them. */
class MigrationMetricsIT {

    /** A metric and its label in a runbook. */
    private static final Pattern METRIC =
            Pattern.compile("`(\\w+_total|tokencache_\\w+|\\w*backfill_\\w+|_\\w+)(?:\\{([^}]*)})?`");

    @TempDir
    static Path journal;

    private static List<String> metrics;

    @BeforeAll
    static void readMetrics() {
        try (MigrationSite site = new MigrationSite(
                Map.of("tokencache.journal.kind", "local", "tokencache.journal.local.path", journal.toString()))) {
            ServiceProcess service = site.startService();
            ServiceApi.known(() -> ServiceApi.of(service).validate("nobody-has-this-token"))
                    .then()
                    .statusCode(200);
            metrics = RestAssured.get(service.managementUri() + "/q/metrics")
                    .asString()
                    .lines()
                    .toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"migrate-from-standalone.md", "upgrade-to-new-cluster.md"})
    void shouldExportTheMetricsOfTheRunbook(String runbook) throws IOException {
        List<MatchResult> monitored = METRIC.matcher(Files.readString(Path.of("docs/runbooks", runbook)))
                .results()
                .toList();

        assertThat(monitored).hasSizeGreaterThan(2).allSatisfy(metric -> {
            assertThat(metric.group(1))
                    .as("the full name, for readers who search for it")
                    .startsWith("tokencache_");
            assertThat(metrics).as(metric.group()).anyMatch(line -> isOf(line, metric.group(1), metric.group(2)));
        });
    }

    /** @param label {@code ...} in it stands for any value; null for no label */
    private static boolean isOf(String line, String name, @Nullable String label) {
        return line.matches(name + "[{ ].*") && (label == null || line.contains(label.replace("...", "")));
    }
}
