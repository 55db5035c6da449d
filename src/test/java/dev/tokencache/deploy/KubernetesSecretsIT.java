package dev.tokencache.deploy;

import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests the files that {@code deploy/kubernetes/make-secrets} creates and the output that it prints. */
class KubernetesSecretsIT {

    private static final Path TEMPLATES = Path.of("deploy/kubernetes/secret-templates");

    @TempDir
    private Path parent;

    private Path folder() {
        return parent.resolve("secrets");
    }

    @Test
    void shouldCreateSecretsThatOnlyTheirOwnerCanRead() throws Exception {
        DeploymentSecrets secrets = DeploymentSecrets.make(folder(), "login=issue,revoke", "web=validate");

        assertThat(secrets.files())
                .containsOnlyKeys(
                        "callers.properties",
                        "caller-login",
                        "caller-web",
                        "token-keys.properties",
                        "redis.properties",
                        "redis-password",
                        "redis-operator-password",
                        "redis-doctor-password",
                        "kustomization.yaml");
        assertThat(mode(folder())).isEqualTo("rwx------");
        for (String file : secrets.files().keySet()) {
            assertThat(mode(folder().resolve(file))).as(file).isEqualTo("rw-------");
        }
    }

    private static String mode(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void shouldStoreOnlyTheHashOfACallersSecret() throws Exception {
        DeploymentSecrets secrets = DeploymentSecrets.make(folder(), "login=issue,revoke");
        Properties callers = secrets.properties("callers.properties");

        assertThat(secrets.ofCaller("login")).matches("[0-9a-f]{64}");
        assertThat(callers)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "tokencache.callers.login.secret-sha256",
                        sha256(secrets.ofCaller("login")),
                        "tokencache.callers.login.roles",
                        "issue,revoke"));
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldCreateDifferentSecretsEachTime() {
        Set<String> secrets = DeploymentSecrets.make(folder(), "login=issue").all();
        Set<String> others =
                DeploymentSecrets.make(parent.resolve("others"), "login=issue").all();

        assertThat(secrets).hasSize(5).doesNotContainAnyElementsOf(others);
    }

    @Test
    void shouldAddACallerAndChangeNothingElse() {
        Map<String, String> before =
                DeploymentSecrets.make(folder(), "login=issue").files();

        DeploymentSecrets secrets = DeploymentSecrets.make(folder(), "login=issue,admin", "web=validate");

        assertThat(secrets.properties("callers.properties"))
                .hasSize(4)
                .containsEntry("tokencache.callers.login.roles", "issue")
                .containsEntry("tokencache.callers.web.roles", "validate");
        Map<String, String> after = new TreeMap<>(secrets.files());
        after.keySet().retainAll(before.keySet());
        after.put("callers.properties", before.get("callers.properties"));
        assertThat(after).isEqualTo(before);
    }

    @Test
    void shouldPrintNoSecret() {
        ExternalTool.Result made = DeploymentSecrets.run("--journal", folder().toString(), "login=issue");

        Set<String> secrets = new DeploymentSecrets(folder()).all();
        assertThat(secrets).hasSize(6);
        assertThat(made.output() + made.errors())
                .contains("caller-login")
                .doesNotContain(secrets.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"login", "login=", "login=root", "login=issue;id", "Login=issue", "a.b=issue", "=issue"})
    void shouldRefuseAnInvalidCallerAndCreateNothing(String caller) {
        ExternalTool.Result refused = DeploymentSecrets.run(folder().toString(), "web=validate", caller);

        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.errors()).contains(caller);
        assertThat(folder()).doesNotExist();
    }

    @Test
    void shouldRenderToKubernetesSecretsWithTheSameFiles() {
        ExternalTool.require("kubectl");
        ExternalTool.Result made = DeploymentSecrets.run("--journal", folder().toString(), "login=issue");
        assertThat(made.exit()).isZero();
        Map<String, String> files = new DeploymentSecrets(folder()).files();

        Map<String, Secret> secrets = KubernetesManifests.render(folder()).all(Secret.class).stream()
                .collect(Collectors.toMap(secret -> secret.getMetadata().getName(), secret -> secret));

        assertThat(secrets.keySet())
                .containsExactlyInAnyOrder(
                        "token-cache-callers", "token-cache-token-keys", "token-cache-redis", "token-cache-journal");
        assertThat(text(secrets, "token-cache-callers", "callers.properties"))
                .isEqualTo(files.get("callers.properties"));
        assertThat(text(secrets, "token-cache-token-keys", "token-keys.properties"))
                .isEqualTo(files.get("token-keys.properties"));
        assertThat(text(secrets, "token-cache-redis", "redis.properties")).isEqualTo(files.get("redis.properties"));
        assertThat(text(secrets, "token-cache-redis", "password")).isEqualTo(files.get("redis-password"));
        assertThat(text(secrets, "token-cache-redis", "operator-password"))
                .isEqualTo(files.get("redis-operator-password"));
        assertThat(text(secrets, "token-cache-redis", "doctor-password")).isEqualTo(files.get("redis-doctor-password"));
        assertThat(text(secrets, "token-cache-journal", "journal.properties"))
                .isEqualTo(files.get("journal.properties"));
        assertThat(secrets.values())
                .flatExtracting(secret -> secret.getData().keySet())
                .noneMatch(key -> key.toString().startsWith("caller-"));
    }

    private static String text(Map<String, Secret> secrets, String name, String key) {
        // Some versions of kubectl wrap the base64 text.
        return new String(
                Base64.getMimeDecoder().decode(secrets.get(name).getData().get(key)), StandardCharsets.UTF_8);
    }

    /** The templates are for operators who create their secrets with other tools. */
    @Test
    void shouldHaveTemplatesWithTheSameKeys() {
        DeploymentSecrets secrets = DeploymentSecrets.make(folder(), "login=issue");
        DeploymentSecrets templates = new DeploymentSecrets(TEMPLATES);

        for (String file : List.of("callers.properties", "token-keys.properties", "redis.properties")) {
            assertThat(names(templates, file)).as(file).isEqualTo(names(secrets, file));
        }
        assertThat(templates.files()).containsKey("redis-password");
    }

    private static Set<String> names(DeploymentSecrets secrets, String file) {
        return secrets.properties(file).stringPropertyNames().stream()
                .map(name -> name.replaceAll("\\.(<id>|login)\\.", ".*.").replaceAll("\\.(<kid>|k1)$", ".*"))
                .collect(Collectors.toSet());
    }
}
