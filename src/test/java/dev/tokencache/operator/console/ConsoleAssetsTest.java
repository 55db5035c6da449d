package dev.tokencache.operator.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConsoleAssetsTest {

    private static final Path FOLDER = Path.of("src/main/resources/console");
    private static final Path TEMPLATES = Path.of("src/main/resources/templates/console");
    private static final int MAX_BYTES = 100_000;

    private final Assets assets = new Assets();

    @Test
    void shouldServeTheLibrariesUnchanged() {
        assertThat(assets.integrity("htmx.min.js"))
                .isEqualTo("sha384-2OatzQy1H+Zd/IIrjr1TcuDGqLXeHhbooAyJY1KdQMKnr4LZ22k31GBLdYKHmVjg");
        assertThat(assets.integrity("sse.min.js"))
                .isEqualTo("sha384-A986SAtodyH8eg8x8irJnYUk7i9inVQqYigD6qZ9evobksGNIXfeFvDwLSHcp31N");
    }

    @Test
    void shouldBeSmall() throws IOException {
        long sum = 0;
        for (Path file : files(FOLDER)) {
            sum += Files.size(file);
        }
        assertThat(sum).isLessThan(MAX_BYTES);
    }

    @Test
    void shouldNameNoOtherHostInAPage() throws IOException {
        for (Path template : files(TEMPLATES)) {
            assertThat(addresses(Files.readString(template)))
                    .as(template.toString())
                    .allMatch(address -> address.matches("(/console/|#).*"));
        }
        assertThat(Files.readString(FOLDER.resolve("console.css"))).doesNotContain("url(", "@import");
    }

    /** The policy of the console forbids them, so they would not work. */
    @Test
    void shouldHaveNoScriptOrStyleInAPage() throws IOException {
        for (Path template : files(TEMPLATES)) {
            assertThat(Files.readString(template))
                    .as(template.toString())
                    .doesNotContainPattern("<script(?! src=)|<style|\\sstyle=|\\son[a-z]+=|hx-on|\\.raw|safe\\}");
        }
    }

    private static List<String> addresses(String template) {
        return Pattern.compile("(?:href|src|action|sse-connect)=\"([^\"]*)\"")
                .matcher(template)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
