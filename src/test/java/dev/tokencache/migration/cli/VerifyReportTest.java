package dev.tokencache.migration.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tokencache.cli.AdminApi;
import dev.tokencache.cli.ExitCode;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class VerifyReportTest {

    private final VerifyReport report = new VerifyReport("all", Instant.ofEpochSecond(100));

    private void add(String json) throws IOException {
        report.add(AdminApi.JSON.readTree(json));
    }

    @Test
    void shouldSumAllParts() throws IOException {
        add("{\"scanned\":10,\"compared\":8,\"unknown\":0,\"mismatches\":{\"other_claims\":1},"
                + "\"findings\":[{\"jti\":\"x\",\"kind\":\"other_claims\"}]}");
        add("{\"scanned\":5,\"compared\":5,\"unknown\":0,\"mismatches\":{\"other_claims\":0},\"findings\":[]}");
        JsonNode json = report.json(Instant.ofEpochSecond(200));
        assertThat(json.path("scanned").asInt()).isEqualTo(15);
        assertThat(json.path("compared").asInt()).isEqualTo(13);
        assertThat(json.path("mismatches").path("other_claims").asInt()).isEqualTo(1);
        assertThat(json.path("findings")).hasSize(1);
        assertThat(json.path("findings_cut").asBoolean()).isFalse();
        assertThat(report.table()).anyMatch(line -> line.matches("identical +12"));
        assertThat(report.exitCode()).isEqualTo(ExitCode.NO);
    }

    @Test
    void shouldReportMissingRepliesAsUnavailable() throws IOException {
        add("{\"scanned\":10,\"compared\":8,\"unknown\":2,\"mismatches\":{},\"findings\":[]}");
        assertThat(report.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
    }

    @Test
    void shouldExitWithZeroWithoutMismatches() throws IOException {
        add("{\"scanned\":10,\"compared\":8,\"unknown\":0,\"mismatches\":{},\"findings\":[]}");
        assertThat(report.exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void shouldLimitTheFindings() throws IOException {
        String finding = "{\"jti\":\"x\",\"kind\":\"other_claims\"}";
        String part = "{\"mismatches\":{\"other_claims\":1000},\"findings\":["
                + String.join(",", java.util.Collections.nCopies(1000, finding)) + "]}";
        for (int i = 0; i < 11; i++) {
            add(part);
        }
        JsonNode json = report.json(Instant.ofEpochSecond(200));
        assertThat(json.path("findings")).hasSize(10_000);
        assertThat(json.path("findings_cut").asBoolean()).isTrue();
        assertThat(json.path("mismatches").path("other_claims").asInt()).isEqualTo(11_000);
    }

    @Test
    void shouldListRefusedRecordsWithoutCountingThemAsMismatches() throws IOException {
        String part = "{\"scanned\":3,\"compared\":1,\"unknown\":0,\"mismatches\":{},\"findings\":[],"
                + "\"refused\":{\"not_utf8\":1,\"wrong_type\":0},"
                + "\"refused_records\":[{\"hash\":\"a\",\"reason\":\"not_utf8\"}]}";
        add(part);
        add(part);

        JsonNode json = report.json(Instant.ofEpochSecond(200));
        assertThat(json.path("refused").path("not_utf8").asInt()).isEqualTo(2);
        assertThat(json.path("refused_records")).hasSize(2);
        assertThat(report.table()).anyMatch(line -> line.matches("refused: not utf8 +2"));
        assertThat(report.exitCode()).isEqualTo(ExitCode.OK);
    }
}
