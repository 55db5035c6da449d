package dev.tokencache.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tokencache.token.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code src/main/release/complete} on small files, and the commands with which a user verifies its result. */
class ReleaseScriptTest {

    private static final String ARCHIVE = "token-cache-1.2.3.zip";
    private static final String PROVENANCE = "token-cache-1.2.3.intoto.json";

    /** A repository with one commit, and what the build made. */
    private static final String PROJECT = """
            mkdir -p src/main/release target/release
            echo target > .gitignore
            echo '  <version>1.2.3</version>' > pom.xml
            cp "$complete" src/main/release
            git init -q
            git config user.name tester
            git config user.email tester@mail.example
            git remote add origin https://tester:secret@git.example/token-cache
            git add .
            git commit -qm all
            echo '{}' > target/release/token-cache-1.2.3.cdx.json
            mkdir token-cache-1.2.3
            zip() { python3 -m zipfile -c "$@"; }
            zip target/release/token-cache-1.2.3.zip token-cache-1.2.3
            rmdir token-cache-1.2.3
            """;

    @TempDir
    private Path folder;

    private Path release;

    @BeforeEach
    void createProject() {
        ExternalTool.require("openssl");
        List.of("git", "unzip", "python3").forEach(ExternalTool::require);
        Path script = Path.of("src/main/release/complete").toAbsolutePath();
        ExternalTool.Result made = FirstSteps.run(folder, "set -e\ncomplete='" + script + "'\n" + PROJECT);
        assertThat(made.exit()).as(made.errors()).isZero();
        release = folder.resolve("target/release");
        FirstSteps.createKey(release);
    }

    @Test
    void shouldSignWhatAUserVerifies() throws IOException {
        complete("https://ci.example/runs/7 target/release/key.pem");
        assertThat(verify().exit()).isZero();

        Files.writeString(release.resolve("SHA256SUMS"), "\n", StandardOpenOption.APPEND);
        assertThat(verify().output()).doesNotContain("Verified OK");
        assertThat(verify().exit()).isNotZero();
    }

    @Test
    void shouldNotVerifyAnArchiveThatChanged() throws IOException {
        complete("https://ci.example/runs/7 target/release/key.pem");
        Files.writeString(release.resolve(ARCHIVE), "\n", StandardOpenOption.APPEND);
        assertThat(verify().exit()).isNotZero();
    }

    @Test
    void shouldStateCommitBuilderAndDigests() throws IOException {
        Path executable = Files.writeString(folder.resolve("target/token-cache-1.2.3-runner"), "native");
        assertThat(executable.toFile().setExecutable(true)).isTrue();
        complete("https://ci.example/runs/7");

        JsonNode statement =
                new ObjectMapper().readTree(release.resolve(PROVENANCE).toFile());
        assertThat(statement.path("_type").asText()).isEqualTo("https://in-toto.io/Statement/v1");
        assertThat(statement.path("predicateType").asText()).isEqualTo("https://slsa.dev/provenance/v1");
        assertThat(statement.path("subject")).hasSize(3);
        for (JsonNode subject : statement.path("subject")) {
            byte[] file =
                    Files.readAllBytes(release.resolve(subject.path("name").asText()));
            assertThat(subject.path("digest").path("sha256").asText())
                    .isEqualTo(HexFormat.of().formatHex(Sha256.hash(file)));
        }
        JsonNode definition = statement.path("predicate").path("buildDefinition");
        assertThat(definition.path("buildType").asText()).isNotEmpty();
        assertThat(definition.path("externalParameters").path("commands")).hasSize(2);
        JsonNode source = definition.path("resolvedDependencies").path(0);
        assertThat(source.path("uri").asText()).isEqualTo("git+https://git.example/token-cache");
        assertThat(source.path("digest").path("gitCommit").asText())
                .isEqualTo(FirstSteps.run(folder, "git rev-parse HEAD").output().strip());
        assertThat(statement
                        .path("predicate")
                        .path("runDetails")
                        .path("builder")
                        .path("id")
                        .asText())
                .isEqualTo("https://ci.example/runs/7");
        assertThat(Files.readString(release.resolve("SHA256SUMS")))
                .contains(ARCHIVE, PROVENANCE, "token-cache-1.2.3.cdx.json", "token-cache-1.2.3-linux-");
        assertThat(release.resolve("SHA256SUMS.sig")).doesNotExist();
    }

    @Test
    void shouldRefuseAWorkTreeWithChanges() throws IOException {
        Files.writeString(folder.resolve("pom.xml"), "changed");
        ExternalTool.Result refused = FirstSteps.run(folder, "src/main/release/complete mailto:tester@mail.example");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.errors()).contains("the work tree has changes");
    }

    private void complete(String arguments) {
        ExternalTool.Result result = FirstSteps.run(folder, "src/main/release/complete " + arguments);
        assertThat(result.exit()).as(result.errors()).isZero();
    }

    /** The commands of the page for users. */
    private ExternalTool.Result verify() {
        return FirstSteps.run(
                release, FirstSteps.script("Verify the download").replace("token-cache-1.0.0", "token-cache-1.2.3"));
    }
}
