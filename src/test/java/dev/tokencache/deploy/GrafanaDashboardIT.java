package dev.tokencache.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.TestCluster;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks that the dashboard of {@code deploy/grafana} and the alerts of {@code deploy/prometheus} use existing metrics:
 * a service with all features enabled must export each metric and each label value.
 */
class GrafanaDashboardIT {

    private static final Path DASHBOARD = Path.of("deploy/grafana/token-cache.json");
    private static final Path ALERTS = Path.of("deploy/prometheus/alerts.yml");

    private static final Pattern SELECTOR =
            Pattern.compile("\\b((?:tokencache|jvm|process|http)_[a-z0-9_]+)(?:\\{([^}]*)})?");
    /** Metrics that appear when doctor has run on schedule: {@code DoctorScheduleTest}. */
    private static final String OF_DOCTOR = "tokencache_doctor_";

    private static final Pattern EQUALS = Pattern.compile("([a-z_]+=\"[^\"]*\")");

    private static String metrics;

    @BeforeAll
    static void readMetricsOfAServiceWithAllFeatures(@TempDir Path folder) {
        TestCluster cluster = RedisClusterResource.cluster();
        cluster.heal();
        Map<String, String> settings = ServiceProcess.defaults(cluster);
        settings.put("tokencache.near-cache.max-age", "10M");
        settings.put("tokencache.journal.kind", "local");
        settings.put("tokencache.journal.local.path", folder.resolve("journal").toString());
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            ServiceApi.of(service).tokenFor("dashboard");
            // The metrics of garbage collections appear with the first one.
            metrics = Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(10))
                    .until(
                            () -> RestAssured.get(service.managementUri().resolve("/q/metrics"))
                                    .asString(),
                            answer -> answer.contains("jvm_gc_pause_seconds"));
        }
    }

    private static List<String> expressionsOfTheDashboard() throws IOException {
        return texts(new JsonMapper().readTree(Files.readString(DASHBOARD)), "expr");
    }

    private static List<String> expressionsOfTheAlerts() throws IOException {
        return texts(new YAMLMapper().readTree(Files.readString(ALERTS)), "expr");
    }

    private static List<String> texts(JsonNode document, String field) {
        return document.findValues(field).stream().map(JsonNode::asText).toList();
    }

    @Test
    void shouldShowOnlyExistingMetrics() throws IOException {
        assertThat(expressionsOfTheDashboard())
                .hasSizeGreaterThan(30)
                .filteredOn(expression -> !expression.contains(OF_DOCTOR))
                .allSatisfy(GrafanaDashboardIT::usesExistingMetrics);
    }

    @Test
    void shouldAlertOnlyOnExistingMetrics() throws IOException {
        assertThat(expressionsOfTheAlerts())
                .hasSizeGreaterThan(10)
                .filteredOn(expression -> !expression.startsWith("up{"))
                .filteredOn(expression -> !expression.contains(OF_DOCTOR))
                // What a rule records. The expression of that rule is among these, too.
                .filteredOn(expression -> !expression.contains("job:tokencache_unknown:"))
                .allSatisfy(GrafanaDashboardIT::usesExistingMetrics);
    }

    private static void usesExistingMetrics(String expression) {
        Matcher selectors = SELECTOR.matcher(expression);
        int found = 0;
        while (selectors.find()) {
            found++;
            List<String> series = metrics.lines()
                    .filter(line -> line.matches(selectors.group(1) + "[{ ].*"))
                    .toList();
            assertThat(series).as(selectors.group(1)).isNotEmpty();
            if (selectors.group(2) != null) {
                EQUALS.matcher(selectors.group(2)).results().forEach(label -> assertThat(series)
                        .as(selectors.group())
                        .anyMatch(line -> line.contains(label.group(1))));
            }
        }
        assertThat(found).as("metrics in " + expression).isPositive();
    }

    /** A metric without a panel would go unnoticed when it breaks. */
    @Test
    void shouldShowEachOfOurMetrics() throws IOException {
        Set<String> ours = new HashSet<>();
        metrics.lines()
                .filter(line -> line.startsWith("tokencache_"))
                .map(line -> line.replaceFirst("[{ ].*", ""))
                .map(name -> name.replaceFirst("_(bucket|count|sum|max)$", ""))
                .forEach(ours::add);
        String shown = String.join("\n", expressionsOfTheDashboard());

        assertThat(ours).hasSizeGreaterThan(20).allMatch(shown::contains);
    }

    @Test
    void shouldBeAValidDashboard() throws IOException {
        JsonNode dashboard = new JsonMapper().readTree(Files.readString(DASHBOARD));
        List<Integer> ids = StreamSupport.stream(dashboard.at("/panels").spliterator(), false)
                .map(panel -> panel.at("/id").asInt())
                .toList();

        assertThat(dashboard.at("/uid").asText()).isEqualTo("token-cache");
        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id > 0);
        assertThat(dashboard.at("/panels")).allSatisfy(panel -> {
            assertThat(panel.at("/title").asText()).isNotEmpty();
            assertThat(panel.at("/gridPos/x").asInt() + panel.at("/gridPos/w").asInt())
                    .isLessThanOrEqualTo(24);
        });
        assertThat(ShippedFile.of("compose/compose.yaml").text())
                .contains("../grafana/token-cache.json:/var/lib/grafana/dashboards/token-cache.json:ro");
        assertThat(ShippedFile.of("grafana/provider.yml").text()).contains("path: /var/lib/grafana/dashboards\n");
    }
}
