package dev.tokencache.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/** The commands of {@code docs/first-steps.md}. */
final class FirstSteps {

    private static final Path PAGE = Path.of("docs/first-steps.md");
    private static final Pattern SECTION = Pattern.compile("(?ms)^## ([^\n]+)\n(.*?)(?=^## |\\z)");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\n(.*?)^```$");

    /** A command, and in a comment a part of its output. */
    private static final Pattern EXPECTATION = Pattern.compile("(?m)^(\\S.*?) {2,}# (.*)$");

    private FirstSteps() {}

    /** The commands of all sections, as a script that fails if an output is not the expected one. */
    static String script() {
        return checked(sections().stream().map(section -> section.group(2)).toList());
    }

    /** The commands of one section. */
    static String script(String title) {
        return checked(sections().stream()
                .filter(section -> section.group(1).equals(title))
                .map(section -> section.group(2))
                .toList());
    }

    private static List<MatchResult> sections() {
        try {
            return SECTION.matcher(Files.readString(PAGE)).results().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String checked(List<String> sections) {
        assertThat(sections).isNotEmpty();
        StringBuilder script = new StringBuilder("""
                set -euo pipefail
                expect() {
                  [[ $2 == *"$1"* ]] || { echo "expected: $1, output: $2" >&2; exit 1; }
                }
                """);
        for (String section : sections) {
            BLOCK.matcher(section)
                    .results()
                    .forEach(block -> script.append(EXPECTATION
                            .matcher(block.group(1))
                            .replaceAll(line -> Matcher.quoteReplacement(
                                    "expect '%s' \"$(%s)\"".formatted(line.group(2), line.group(1))))));
        }
        return script.toString();
    }

    /** Signs {@code SHA256SUMS} in a folder with a key that exists only there, and stores the public key for the page's commands. */
    static void createKey(Path folder) {
        run(
                folder,
                "openssl ecparam -name prime256v1 -genkey -noout -out key.pem; openssl ec -in key.pem -pubout -out token-cache.pub");
    }

    /** Runs a script in a folder. */
    static ExternalTool.Result run(Path folder, String script) {
        return ExternalTool.run(Map.of(), List.of("bash", "-c", "cd '" + folder + "'\n" + script));
    }
}
