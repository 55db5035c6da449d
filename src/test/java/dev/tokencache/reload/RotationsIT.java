package dev.tokencache.reload;

import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.TestCertificate;
import dev.tokencache.testing.TokenSettings;
import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The steps of docs/runbooks/rotations.md, on one service with steady traffic: no request fails. */
class RotationsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String USER = "rotated";
    private static final String CALLER = "steady";
    private static final String ROLES = "issue,validate";

    @TempDir
    static Path folder;

    private static TestCluster cluster;
    private static ServiceProcess service;
    private static ServiceApi api;
    private static String password = "first-password";

    @BeforeAll
    static void start() {
        cluster = RedisClusterResource.cluster();
        cluster.heal();
        onEachNode("ACL", "SETUSER", USER, "on", ">" + password, "~*", "&*", "+@all");
        write("secrets/callers.properties", callers(Map.of(CALLER, "first"), ROLES));
        write("secrets/token-keys.properties", keys("first", "first"));
        write("secrets/redis.properties", "tokencache.redis.password-file=" + folder.resolve("redis-password") + "\n");
        write("redis-password", password + "\n");
        useCertificate("first", "cert.pem", "key.pem");
        service = ServiceProcess.start(settings());
        api = ServiceApi.of(service);
        api.tokenFor("the-connections-are-open");
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(ServiceProcess.PATIENCE);
        settings.put("quarkus.config.locations", "file:" + folder.resolve("secrets"));
        settings.put("quarkus.redis.hosts", cluster.hosts().replace("redis://", "redis://" + USER + "@"));
        settings.put(
                "quarkus.tls.api.key-store.pem.0.cert",
                folder.resolve("cert.pem").toString());
        settings.put(
                "quarkus.tls.api.key-store.pem.0.key", folder.resolve("key.pem").toString());
        settings.put("quarkus.http.tls-configuration-name", "api");
        settings.put("quarkus.http.ssl-port", "0");
        return settings;
    }

    @AfterAll
    static void stop() {
        if (service != null) {
            service.close();
        }
        onEachNode("ACL", "DELUSER", USER);
    }

    private static void onEachNode(String... command) {
        cluster.nodes().forEach(node -> {
            try (RespClient client = node.connect()) {
                client.send(command);
            }
        });
    }

    /** Replaces a file in one step, as most tools do. */
    private static void write(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Path written = Files.writeString(file.resolveSibling("." + file.getFileName() + ".new"), text);
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The usual caller, and one with some secrets. */
    private static String callers(Map<String, String> secrets, String roles) {
        Map<String, String> properties = new HashMap<>(ServiceProcess.callerAndKey());
        properties.keySet().removeIf(name -> !name.startsWith("tokencache.callers."));
        secrets.forEach((caller, list) -> {
            properties.put("tokencache.callers." + caller + ".roles", roles);
            properties.put("tokencache.callers." + caller + ".secret-sha256", hashes(list));
        });
        return text(properties);
    }

    private static String hashes(String secrets) {
        return List.of(secrets.split(",")).stream()
                .map(secret -> ServiceProcess.caller("x", secret, ROLES).get("tokencache.callers.x.secret-sha256"))
                .collect(Collectors.joining(","));
    }

    private static String keys(String kids, String active) {
        Map<String, String> properties = new HashMap<>();
        for (String kid : kids.split(",")) {
            properties.put("tokencache.token.keys." + kid, (kid + "A".repeat(64)).substring(0, 64));
        }
        properties.put("tokencache.token.active-key", active);
        return text(properties);
    }

    private static String text(Map<String, String> properties) {
        return properties.entrySet().stream()
                .map(property -> property.getKey() + "=" + property.getValue() + "\n")
                .collect(Collectors.joining());
    }

    private static TestCertificate certificate(String name) {
        try {
            return TestCertificate.create(Files.createDirectories(folder.resolve("certificate-" + name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void useCertificate(String name, String certificateFile, String keyFile) {
        TestCertificate created = certificate(name);
        copy(created.certificate(), certificateFile);
        copy(created.key(), keyFile);
    }

    private static void copy(Path source, String name) {
        try {
            write(name, Files.readString(source));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SteadyRequests load() {
        List<String> tokens =
                IntStream.range(0, 12).mapToObj(i -> api.tokenFor("known-" + i)).toList();
        SteadyRequests load = new SteadyRequests(service.baseUri(), service.tlsUri(), tokens, CALLER, "first");
        load.awaitServed(20);
        return load;
    }

    private static void assertReloaded(String... kinds) {
        Response response = api.reload();
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
        assertThat(response.<List<String>>path("changed")).containsExactly(kinds);
        assertThat(response.<List<String>>path("restart_required")).isEmpty();
    }

    private static void awaitLog(String text) {
        Awaitility.await(text).atMost(PATIENCE).until(() -> service.output().contains(text));
    }

    private static String metrics() {
        return RestAssured.get(service.managementUri().resolve("/q/metrics")).asString();
    }

    private static int statusOf(String secret) {
        return RestAssured.given()
                .baseUri(service.baseUri().toString())
                .auth()
                .preemptive()
                .basic(CALLER, secret)
                .formParam("token", "x".repeat(20))
                .post("/oauth2/introspect")
                .statusCode();
    }

    @Test
    void shouldRotateTheSecretOfACaller() throws Exception {
        try (SteadyRequests load = load()) {
            write("secrets/callers.properties", callers(Map.of(CALLER, "first,second"), ROLES));
            new ProcessBuilder("kill", "-HUP", Long.toString(service.processId()))
                    .start()
                    .waitFor();
            Awaitility.await("both secrets").atMost(PATIENCE).until(() -> statusOf("second") == 200);
            load.awaitServed(20);

            load.use(CALLER, "second");
            load.awaitServed(20);
            write("secrets/callers.properties", callers(Map.of(CALLER, "second"), ROLES));
            assertReloaded("callers");

            assertThat(statusOf("first")).isEqualTo(401);
            load.awaitServed(20);
        }
        write("secrets/callers.properties", callers(Map.of(CALLER, "first"), ROLES));
        assertReloaded("callers");
        assertThat(service.output()).contains("kinds=callers");
    }

    @Test
    void shouldRotateTheTokenKey() {
        String old = api.tokenFor("of-the-old-key");
        try (SteadyRequests load = load()) {
            write("secrets/token-keys.properties", keys("first,second", "first"));
            assertReloaded("token_keys");
            load.awaitServed(20);

            write("secrets/token-keys.properties", keys("first,second", "second"));
            assertReloaded("token_keys");

            String created = api.tokenFor("of-the-new-key");
            assertThat(created.substring(4, 8)).isNotEqualTo(old.substring(4, 8));
            assertThat(api.isActive(created)).isTrue();
            load.awaitServed(40);
        }
        assertThat(api.isActive(old)).isTrue();
        write("secrets/token-keys.properties", keys("second", "second"));
        assertReloaded("token_keys");
        assertThat(api.isActive(old)).isFalse();
    }

    @Test
    void shouldIntroduceAndRotateTheSealKey() {
        String old = api.tokenFor("of-the-time-without-seals");
        try (SteadyRequests load = load()) {
            for (String step : List.of(sealKeys(), sealing("first"), sealing("second"))) {
                write("secrets/seal-keys.properties", step);
                assertReloaded("seal_keys");
                load.awaitServed(40);
                assertThat(api.isActive(old)).isTrue();
            }
        }
        assertThat(metrics()).contains("tokencache_seal_failures_total{reason=\"unverified\"} 0.0");
        // The other tests continue without an active key.
        write("secrets/seal-keys.properties", sealKeys());
        assertReloaded("seal_keys");
    }

    private static String sealKeys() {
        return "tokencache.seal.keys.first=" + TokenSettings.secret(1) + "\ntokencache.seal.keys.second="
                + TokenSettings.secret(2) + "\n";
    }

    private static String sealing(String kid) {
        return sealKeys() + "tokencache.seal.active-key=" + kid + "\n";
    }

    /** Redis closes the old connections, so each new one finds the new password only if a refused login reads it. */
    @Test
    void shouldRotateThePasswordOfRedisWithoutAStepOnOurSide() {
        try (SteadyRequests load = load()) {
            onEachNode("ACL", "SETUSER", USER, "resetpass", ">second-password");
            write("redis-password", "second-password\n");
            onEachNode("CLIENT", "KILL", "USER", USER);
            load.awaitServed(100);

            awaitLog("kinds=redis");
        }
        assertThat(service.output()).doesNotContain("first-password").doesNotContain("second-password");
    }

    /** The key follows the certificate after a while. Until it is there, the service uses the old pair. */
    @Test
    void shouldRotateTheCertificateOfTheApi() {
        TestCertificate next = certificate("second");
        try (SteadyRequests load = load()) {
            String before = load.certificate();

            copy(next.certificate(), "cert.pem");
            Response refused = api.reload();
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.<List<String>>path("violations.field")).containsExactly("quarkus.tls.api");
            assertThat(load.certificate()).isEqualTo(before);
            load.awaitServed(20);

            copy(next.key(), "key.pem");
            awaitLog("kinds=certificates");
            Awaitility.await("the new certificate").atMost(PATIENCE).until(() -> !load.certificate()
                    .equals(before));
            load.awaitServed(20);
        }
    }

    @Test
    void shouldChangeNothingAndNameThePropertyIfAValueIsInvalid() {
        String valid = callers(Map.of(CALLER, "first"), ROLES);
        try (SteadyRequests load = load()) {
            write("secrets/callers.properties", callers(Map.of(CALLER, "hunter2"), "root"));

            Response refused = api.reload();

            String property = "tokencache.callers.steady.roles";
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.contentType()).startsWith("application/problem+json");
            assertThat(refused.<List<String>>path("violations.field")).containsExactly(property);
            assertThat(metrics())
                    .contains("tokencache_reload_failures_total{property=\"" + property + "\"} ")
                    .contains("tokencache_config_last_reload_successful 0");
            load.awaitServed(20);
        } finally {
            write("secrets/callers.properties", valid);
        }
        assertReloaded();
        assertThat(metrics())
                .contains("tokencache_config_last_reload_successful 1")
                .containsPattern("tokencache_config_fingerprint\\{kind=\"token_keys\"} [1-9]");
    }
}
