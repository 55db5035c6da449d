package dev.tokencache.architecture;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.maven.artifact.versioning.DefaultArtifactVersion;
import org.apache.maven.artifact.versioning.InvalidVersionSpecificationException;
import org.apache.maven.artifact.versioning.VersionRange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares the libraries on the class path with {@code vulnerable-versions.txt}. */
class VulnerableVersionsTest {

    private static final String FILE = "/vulnerable-versions.txt";
    private static final String DATE = "date: ";

    /** @param exception why the service is not affected; empty if it must not use an affected version */
    private record Advisory(String library, VersionRange affected, String id, String source, String exception) {

        static Advisory parse(String line) {
            String[] columns = line.split(" \\| ", 5);
            assertThat(columns).as(line).hasSizeGreaterThanOrEqualTo(4);
            try {
                return new Advisory(
                        columns[0],
                        VersionRange.createFromVersionSpec(columns[1]),
                        columns[2],
                        columns[3],
                        columns.length > 4 ? columns[4] : "");
            } catch (InvalidVersionSpecificationException invalid) {
                throw new AssertionError(line, invalid);
            }
        }

        String artifact() {
            return library.substring(library.indexOf(':') + 1);
        }

        boolean affects(String version) {
            return affected.containsVersion(new DefaultArtifactVersion(version));
        }
    }

    @Test
    void shouldContainNoLibraryWithAKnownVulnerability() {
        System.out.printf("%s is %d days old%n", FILE.substring(1), ageInDays());
        assertThat(advisories().filter(advisory -> advisory.exception().isEmpty()))
                .isNotEmpty()
                .noneMatch(advisory -> advisory.affects(versionOf(advisory)));
    }

    @Test
    void shouldListNoExceptionThatIsNoLongerNeeded() {
        assertThat(advisories().filter(advisory -> !advisory.exception().isEmpty()))
                .allMatch(advisory -> advisory.affects(versionOf(advisory)));
    }

    @Test
    void shouldHaveADateThatIsNotInTheFuture() {
        assertThat(ageInDays()).isNotNegative();
    }

    @Test
    void shouldNameTheSourceOfEachAdvisory() {
        assertThat(advisories()).allSatisfy(advisory -> {
            assertThat(advisory.id()).matches("CVE-[0-9]{4}-[0-9]{4,}|GHSA(-[0-9a-z]{4}){3}");
            assertThat(advisory.source()).startsWith("https://");
        });
    }

    @Test
    void shouldRecognizeAnAffectedVersion() {
        Advisory advisory =
                Advisory.parse("g:a | [4.1.133.Final,4.1.138.Final),[5,6) | CVE-2026-89044 | https://a.example");
        assertThat(Stream.of("4.1.133.Final", "4.1.137.Final", "5.1")).allMatch(advisory::affects);
        assertThat(Stream.of("4.1.132.Final", "4.1.138.Final", "6")).noneMatch(advisory::affects);
    }

    /** The version on the class path. A library that left the class path must leave the file, too. */
    private static String versionOf(Advisory advisory) {
        Pattern name = Pattern.compile(Pattern.quote(advisory.artifact()) + "-([0-9].*)\\.jar");
        Optional<String> version = Stream.of(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> name.matcher(Path.of(entry).getFileName().toString()))
                .filter(Matcher::matches)
                .map(jar -> jar.group(1))
                .findFirst();
        assertThat(version).as(advisory.library() + " on the class path").isPresent();
        return version.get();
    }

    private static long ageInDays() {
        String date = lines().stream()
                .filter(line -> line.startsWith(DATE))
                .findFirst()
                .orElseThrow()
                .substring(DATE.length());
        return LocalDate.parse(date).until(LocalDate.now(ZoneOffset.UTC), ChronoUnit.DAYS);
    }

    private static Stream<Advisory> advisories() {
        return lines().stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#") && !line.startsWith(DATE))
                .map(Advisory::parse);
    }

    private static List<String> lines() {
        try (InputStream file = VulnerableVersionsTest.class.getResourceAsStream(FILE)) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
