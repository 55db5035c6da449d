package dev.tokencache.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Every file that names the version of this project names the one of {@code pom.xml}. */
class VersionTest {

    private static final Pattern PROJECT = Pattern.compile("(?m)^  <version>(.*)</version>$");

    /** The version in the name of an image, a file or a folder. */
    private static final Pattern NAMED = Pattern.compile("token-cache[-:](\\d+\\.\\d+\\.\\d+(?:-[A-Z]\\w*)?)");

    private static final Pattern OUR_TAG = Pattern.compile("(?m)^- name: token-cache\n {2}newTag: (.*)$");
    private static final Pattern DESCRIBED = Pattern.compile("(?m)^info:\n(?: {2}.*\n)*? {2}version: (.*)$");
    private static final Pattern RELEASED = Pattern.compile("(?m)^## \\[(\\d.*?)\\]");

    @Test
    void shouldBeARelease() throws IOException {
        assertThat(version()).matches("\\d+\\.\\d+\\.\\d+");
    }

    @Test
    void shouldBeTheSameInEveryFile() throws IOException {
        for (Path file : files()) {
            String text = Files.readString(file);
            assertThat(found(NAMED, text)).as(file.toString()).allMatch(version()::equals);
            assertThat(found(OUR_TAG, text)).as(file.toString()).allMatch(version()::equals);
        }
        assertThat(files().stream()
                        .filter(file -> file.endsWith("kustomization.yaml"))
                        .map(VersionTest::text))
                .filteredOn(text -> OUR_TAG.matcher(text).find())
                .hasSizeGreaterThanOrEqualTo(3);
        assertThat(found(DESCRIBED, text(Path.of("src/main/resources/META-INF/openapi.yaml"))))
                .containsExactly(version());
        assertThat(text(Path.of("src/main/java/dev/tokencache/ops/Main.java")))
                .contains("version = \"token-cache " + version() + "\"");
    }

    @Test
    void shouldBeTheLatestInTheChangelog() throws IOException {
        assertThat(found(RELEASED, text(Path.of("CHANGELOG.md")))).first().isEqualTo(version());
    }

    private static String version() throws IOException {
        return found(PROJECT, Files.readString(Path.of("pom.xml"))).get(0);
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> deploy = Files.walk(Path.of("deploy"));
                Stream<Path> docs = Files.walk(Path.of("docs"));
                Stream<Path> docker = Files.walk(Path.of("src/main/docker"))) {
            return Stream.of(Stream.of(Path.of("README.md"), Path.of("bench/builds")), deploy, docs, docker)
                    .flatMap(paths -> paths)
                    .filter(path ->
                            Files.isRegularFile(path) && !path.toString().endsWith(".png"))
                    .toList();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }
}
