package dev.tokencache.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The alerts of {@code deploy/prometheus} and their runbook sections. */
class PrometheusAlertsIT {

    private static final Path FOLDER = Path.of("deploy/prometheus");
    private static final Path RUNBOOK = Path.of("docs/runbooks/alerts.md");

    /** The fields of an alert that this test checks. */
    record Alert(String name, String severity, String summary, String runbook) {}

    static List<Alert> alerts() throws IOException {
        JsonNode groups = new YAMLMapper()
                .readTree(Files.readString(FOLDER.resolve("alerts.yml")))
                .at("/groups");
        return StreamSupport.stream(groups.spliterator(), false)
                .flatMap(group -> StreamSupport.stream(group.at("/rules").spliterator(), false))
                .filter(rule -> rule.has("alert"))
                .map(rule -> new Alert(
                        rule.at("/alert").asText(),
                        rule.at("/labels/severity").asText(),
                        rule.at("/annotations/summary").asText(),
                        rule.at("/annotations/runbook").asText()))
                .toList();
    }

    private static ExternalTool.Result promtool(String... arguments) {
        ExternalTool.require("promtool");
        String[] command = new String[arguments.length + 1];
        command[0] = "promtool";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return ExternalTool.run(command);
    }

    @Test
    void shouldPassTheirUnitTests() {
        ExternalTool.Result result = promtool(
                "test",
                "rules",
                FOLDER.resolve("alerts.test.yml").toString(),
                FOLDER.resolve("slow-alerts.test.yml").toString());

        assertThat(result.exit()).as(result.output() + result.errors()).isZero();
    }

    @Test
    void shouldEachHaveAUnitTest() throws IOException {
        String tests = Files.readString(FOLDER.resolve("alerts.test.yml"))
                + Files.readString(FOLDER.resolve("slow-alerts.test.yml"));

        // A test in which the alert fires: the expected annotations name the runbook.
        assertThat(alerts()).hasSizeGreaterThan(10).allSatisfy(alert -> assertThat(tests)
                .contains("runbook: " + alert.runbook()));
    }

    @Test
    void shouldBeLoadedByThePrometheusOfCompose() {
        String configuration = "deploy/compose/prometheus.yml";

        ExternalTool.Result result = promtool("check", "config", "--syntax-only", configuration);

        assertThat(result.exit()).as(result.errors()).isZero();
        assertThat(ShippedFile.of("compose/prometheus.yml").text())
                .contains("rule_files: [/etc/prometheus/alerts.yml]");
        assertThat(ShippedFile.of("compose/compose.yaml").text())
                .contains("../prometheus/alerts.yml:/etc/prometheus/alerts.yml:ro");
    }

    @Test
    void shouldBeTheSameOnKubernetes() throws IOException {
        ExternalTool.Result made = ExternalTool.run(FOLDER.resolve("make-rule").toString());

        assertThat(made.exit()).isZero();
        assertThat(Files.readString(Path.of("deploy/kubernetes/monitoring/alerts.yaml")))
                .isEqualTo(made.output());
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void shouldHaveASectionInTheRunbook(Alert alert) throws IOException {
        assertThat(alert.name()).startsWith("TokenCache");
        assertThat(alert.severity()).isIn("critical", "warning");
        assertThat(alert.summary()).isNotEmpty();
        assertThat(alert.runbook()).isEqualTo(RUNBOOK + "#" + alert.name().toLowerCase(Locale.ROOT));
        String severity = alert.severity().substring(0, 1).toUpperCase(Locale.ROOT)
                + alert.severity().substring(1);
        assertThat(Files.readString(RUNBOOK)).contains("\n## " + alert.name() + "\n\n" + severity + ". ");
    }

    @Test
    void shouldHaveNoSectionForAnUnknownAlert() throws IOException {
        List<String> sections = Files.readString(RUNBOOK)
                .lines()
                .filter(line -> line.startsWith("## "))
                .map(line -> line.substring(3))
                .toList();

        assertThat(sections)
                .containsExactlyElementsOf(alerts().stream().map(Alert::name).toList());
    }
}
