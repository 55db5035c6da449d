package dev.tokencache.operator.doctor;

import dev.tokencache.operator.doctor.Finding.Status;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DiagnosisTest {

    private static final ClusterFacts FACTS =
            new ClusterFacts(Instant.ofEpochSecond(1_800_000_000), List.of(), Reading.unknown("no service"));

    private static Check finds(String code, Status status) {
        return new Check(code, facts -> List.of(new Finding(code, status, "cluster", "seen")));
    }

    private static final Check FAILING = new Check("TC103", facts -> {
        throw new IllegalStateException("secret");
    });

    @Test
    void shouldListTheWorstFirst() {
        Diagnosis diagnosis = Diagnosis.of(
                FACTS,
                List.of(finds("TC101", Status.WARN), finds("TC102", Status.UNKNOWN), finds("TC201", Status.ERROR)));

        assertThat(diagnosis.findings()).extracting(Finding::code).containsExactly("TC201", "TC101", "TC102");
        assertThat(diagnosis.json().path("status").asText()).isEqualTo("error");
    }

    @Test
    void shouldReportACheckThatFailsAsUnknown() {
        Diagnosis diagnosis = Diagnosis.of(FACTS, List.of(FAILING, finds("TC101", Status.WARN)));

        assertThat(diagnosis.findings())
                .contains(new Finding("TC103", Status.UNKNOWN, "cluster", "the check failed: IllegalStateException"))
                .hasSize(2);
    }

    @Test
    void shouldBeOkWithoutFindings() {
        assertThat(Diagnosis.of(FACTS, List.of()).json())
                .hasToString("{\"read_at\":1800000000,\"nodes\":0,\"status\":\"ok\",\"checks\":[],\"findings\":[]}");
    }

    @Test
    void shouldWriteEachMemberOfAFinding() {
        assertThat(Diagnosis.of(FACTS, List.of(finds("TC201", Status.ERROR)))
                        .json()
                        .path("findings")
                        .get(0)
                        .propertyStream()
                        .map(member -> member.getKey()))
                .containsExactly(
                        "code",
                        "title",
                        "severity",
                        "status",
                        "subject",
                        "symptom",
                        "impact",
                        "evidence",
                        "fix",
                        "url");
    }

    @Test
    void shouldSelectChecksByTheirCodes() {
        List<Check> all = List.of(finds("TC101", Status.WARN), finds("TC102", Status.WARN), FAILING);

        assertThat(Diagnosis.select(all, List.of(), List.of())).isEqualTo(all);
        assertThat(Diagnosis.select(all, List.of("tc102", "TC103"), List.of("TC103")))
                .containsExactly(all.get(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Diagnosis.select(all, List.of("TC999"), List.of()))
                .withMessage("only");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Diagnosis.select(all, List.of(), List.of("x")))
                .withMessage("skip");
    }
}
