package dev.tokencache.operator.doctor.facts;

import dev.tokencache.operator.doctor.NodeFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RedisConfFilesTest {

    @TempDir
    private Path folder;

    private NodeFacts read(String... lines) throws IOException {
        return new RedisConfFiles()
                .read(List.of(Files.write(folder.resolve("redis.conf"), List.of(lines))))
                .get(0);
    }

    private Map<String, String> config(String... lines) throws IOException {
        return read(lines).config().orElse(Map.of());
    }

    @Test
    void shouldKnowTheDefaultsAndNothingElse() throws IOException {
        NodeFacts facts = read();

        assertThat(facts.config().orElse(Map.of()))
                .containsEntry("protected-mode", "yes")
                .containsEntry("cluster-node-timeout", "15000")
                .doesNotContainKey("maxmemory-samples");
        assertThat(facts.info().isKnown()).isFalse();
        assertThat(facts.view().reason()).isEqualTo("a configuration file does not show it");
        assertThat(facts.acl().orElse(List.of())).containsExactly("user default on nopass ~* &* +@all");
        assertThat(facts.address()).hasToString("redis.conf:6379");
    }

    @Test
    void shouldReadQuotesCommentsAndNamesOfOldVersions() throws IOException {
        assertThat(config("# maxmemory 1", "MaxMemory \"2gb\"", "  slaveof-no '' ", "cluster-slave-no-failover yes"))
                .containsEntry("maxmemory", "2gb")
                .containsEntry("cluster-replica-no-failover", "yes");
        assertThat(RedisConfFiles.words("a \"x\\x41\\n\\\"y\" 'it\\'s'")).containsExactly("a", "xA\n\"y", "it's");
        assertThat(config("save 900 1", "save 300 10")).containsEntry("save", "900 1 300 10");
        assertThat(config("save 900 1", "save \"\"")).containsEntry("save", "");
    }

    @Test
    void shouldReadIncludedFilesInTheirPlace() throws IOException {
        Files.writeString(folder.resolve("other.conf"), "maxclients 5\ntcp-backlog 7\n");

        assertThat(config("maxclients 4", "include other.conf", "tcp-backlog 8"))
                .containsEntry("maxclients", "5")
                .containsEntry("tcp-backlog", "8");
    }

    @Test
    void shouldReplacePasswordsByEqualFingerprints() throws IOException {
        NodeFacts facts = read(
                "requirepass secret-1",
                "masterauth \"secret-1\"",
                "tls-key-file-pass secret-2",
                "user alice on >secret-3 #" + "ab".repeat(32) + " ~tc:* +get");

        Map<String, String> config = facts.config().orElse(Map.of());
        assertThat(config.get("requirepass"))
                .isNotEmpty()
                .isEqualTo(config.get("masterauth"))
                .isNotEqualTo(config.get("tls-key-file-pass"));
        assertThat(facts.acl().orElse(List.of()))
                .containsExactly("user alice on # # ~tc:* +get", "user default on # ~* &* +@all");
        assertThat(facts.toString()).doesNotContain("secret-").doesNotContain("abab");
    }

    @Test
    void shouldReadTheAclFileInsteadOfItsOwnUsers() throws IOException {
        Files.writeString(
                folder.resolve("users.acl"), "user default off NoCommands\nuser alice on >secret-3 allkeys +get\n");

        assertThat(read("requirepass secret-1", "aclfile users.acl").acl().orElse(List.of()))
                .containsExactly("user alice on # ~* +get", "user default off -@all");
        assertThat(read("requirepass secret-1", "aclfile none.acl").acl().reason())
                .isEqualTo("the file of aclfile cannot be read here");
        Files.writeString(folder.resolve("users.acl"), "");
        assertThat(read("requirepass secret-1", "aclfile users.acl").acl().orElse(List.of()))
                .containsExactly("user default on nopass ~* &* +@all");
    }

    @Test
    void shouldNameTheFileThatCannotBeRead() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RedisConfFiles().read(List.of(folder.resolve("none"))))
                .withMessageContaining("none cannot be read");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("port 1", "requirepass \"x"))
                .withMessageContaining("redis.conf line 2 has unbalanced quotes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read("include redis.conf"))
                .withMessageContaining("includes itself");
        assertThatIllegalArgumentException().isThrownBy(() -> read("port many")).withMessageContaining("invalid port");
    }
}
