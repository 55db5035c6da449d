package dev.tokencache.deploy;

import dev.tokencache.token.Sha256;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code mvnw} does with the Maven that it downloads. */
class MavenWrapperTest {

    private static final String NAME = "apache-maven-3.9.99";

    private static final byte[] ARCHIVE = "an archive".getBytes(StandardCharsets.UTF_8);

    /** Creates a Maven that prints its arguments. */
    private static final String UNZIP = """
            #!/bin/sh
            mkdir -p "$4/%1$s/bin"
            echo 'echo "built $*"' > "$4/%1$s/bin/mvn"
            chmod +x "$4/%1$s/bin/mvn"
            """.formatted(NAME);

    @TempDir
    private Path folder;

    @BeforeEach
    void createProject() throws IOException {
        Files.copy(Path.of("mvnw"), folder.resolve("mvnw"));
        createProgram("mvn", "#!/bin/sh\nexit 1\n");
        createProgram("unzip", UNZIP);
        createProgram("curl", "#!/bin/sh\nfor last; do :; done\ncp \"${last#file://}\" \"$3\"\n");
        Files.write(folder.resolve(NAME + "-bin.zip"), ARCHIVE);
    }

    @Test
    void shouldRunAMavenWithTheConfiguredSha256() throws IOException {
        ExternalTool.Result result = run(HexFormat.of().formatHex(Sha256.hash(ARCHIVE)));
        assertThat(result.output()).isEqualTo("built verify\n");
    }

    @Test
    void shouldRefuseAMavenWithAnotherSha256() throws IOException {
        ExternalTool.Result result = run("0".repeat(64));
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors()).contains("the SHA-256 of " + NAME + "-bin.zip is not 0000");
        assertThat(folder.resolve("user/wrapper/dists")).isEmptyDirectory();
    }

    @Test
    void shouldRefuseAMavenWithoutAConfiguredSha256() throws IOException {
        assertThat(run("").exit()).isEqualTo(1);
    }

    private ExternalTool.Result run(String sum) throws IOException {
        Files.writeString(
                Files.createDirectories(folder.resolve(".mvn/wrapper")).resolve("maven-wrapper.properties"),
                "distributionUrl=file://" + folder.resolve(NAME + "-bin.zip") + "\ndistributionSha256Sum=" + sum
                        + "\n");
        return ExternalTool.run(
                Map.of(
                        "PATH",
                        folder.resolve("bin") + File.pathSeparator + System.getenv("PATH"),
                        "MAVEN_USER_HOME",
                        folder.resolve("user").toString()),
                List.of(folder.resolve("mvnw").toString(), "verify"));
    }

    private void createProgram(String name, String text) throws IOException {
        Path program =
                Files.writeString(Files.createDirectories(folder.resolve("bin")).resolve(name), text);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
