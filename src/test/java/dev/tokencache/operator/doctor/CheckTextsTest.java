package dev.tokencache.operator.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class CheckTextsTest {

    private static final Path RUNBOOK = Path.of("docs/runbooks/doctor.md");

    static Stream<String> codes() {
        return Checks.all().stream().map(Check::code);
    }

    @ParameterizedTest
    @MethodSource("codes")
    void everyCodeHasAllTexts(String code) {
        CheckTexts texts = CheckTexts.of(code);

        assertThat(List.of(texts.title(), texts.symptom(), texts.impact(), texts.fix()))
                .noneMatch(String::isBlank);
        assertThat(texts.severity()).isIn("error", "warn");
        assertThat(texts.url()).isEqualTo(RUNBOOK + "#" + code.toLowerCase());
    }

    @Test
    void theRunbookHasASectionForEachCode() throws IOException {
        List<String> headings = Pattern.compile("(?m)^## (TC\\d+)$")
                .matcher(Files.readString(RUNBOOK))
                .results()
                .map(heading -> heading.group(1))
                .toList();

        assertThat(headings).containsExactlyElementsOf(codes().toList());
    }

    @ParameterizedTest
    @MethodSource("codes")
    void aSectionHasTheFourParts(String code) throws IOException {
        String section =
                Files.readString(RUNBOOK).split("(?m)^## " + code + "$")[1].split("(?m)^## ")[0];

        assertThat(section).containsPattern("(?s)Symptom\\.\\*\\*.*Impact\\.\\*\\*.*Diagnosis.*[Ff]ix\\.\\*\\*");
    }
}
