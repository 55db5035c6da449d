package dev.tokencache.endtoend;

import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.SystemPackage;
import dev.tokencache.testing.TestCertificate;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A single Redis server that listens for TLS only, and a service that authenticates as an ACL user. */
class StandaloneTlsIT {

    private static final Path REDIS_SERVER = Path.of("/usr/bin/redis-server");
    private static final String USER = "token-cache";
    private static final String PASSWORD = "acl-password";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path folder;

    private static TestCertificate certificate;
    private static Process server;
    private static int port;

    @BeforeAll
    static void startServer() throws IOException {
        SystemPackage.require("redis-server", REDIS_SERVER.toString());
        certificate = TestCertificate.create(folder);
        port = freePort();
        Path config = Files.write(
                folder.resolve("redis.conf"),
                List.of(
                        "bind 127.0.0.1",
                        "port 0",
                        "tls-port " + port,
                        "tls-cert-file " + certificate.certificate(),
                        "tls-key-file " + certificate.key(),
                        "tls-ca-cert-file " + certificate.certificate(),
                        "tls-auth-clients no",
                        "user default off",
                        "user " + USER + " on >" + PASSWORD + " ~tc:* +@all",
                        "save \"\"",
                        "dir " + folder));
        Path log = folder.resolve("redis.log");
        server = new ProcessBuilder(REDIS_SERVER.toString(), config.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Awaitility.await().atMost(PATIENCE).until(() -> Files.readString(log).contains("Ready to accept connections"));
    }

    @AfterAll
    static void stopServer() throws InterruptedException {
        if (server != null) {
            server.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldStoreTokensThere() {
        try (ServiceProcess service = ServiceProcess.start(settings(PASSWORD, true))) {
            ServiceApi api = ServiceApi.of(service);

            String token = api.tokenFor("alice");

            assertThat(api.isActive(token)).isTrue();
            ServiceApi.known(() -> api.expire(token)).then().statusCode(204);
            assertThat(api.isActive(token)).isFalse();
        }
    }

    @Test
    void shouldNotTrustAnUnknownAuthorityAndLogNoSecret() {
        try (ServiceProcess service = ServiceProcess.start(settings(PASSWORD, false))) {
            ServiceApi.of(service).create(Map.of("sub", "alice")).then().statusCode(503);

            Awaitility.await().atMost(PATIENCE).until(() -> service.output().contains("TLS"));
            assertThat(service.output()).doesNotContain(PASSWORD);
        }
    }

    @Test
    void shouldAnswerUnknownWithAWrongPasswordAndLogWhyWithoutThePassword() {
        try (ServiceProcess service = ServiceProcess.start(settings("not-" + PASSWORD, true))) {
            ServiceApi.of(service).create(Map.of("sub", "alice")).then().statusCode(503);

            Awaitility.await().atMost(PATIENCE).until(() -> service.output().contains("wrong password or user"));
            assertThat(service.output()).doesNotContain(PASSWORD);
        }
    }

    @Test
    void shouldLogThatAPortExpectsTlsIfTheUrlDoesNotSaySo() {
        Map<String, String> plain = settings(PASSWORD, true);
        plain.computeIfPresent("quarkus.redis.hosts", (name, host) -> host.replace("rediss://", "redis://"));
        try (ServiceProcess service = ServiceProcess.start(plain)) {
            Awaitility.await().atMost(PATIENCE).until(() -> service.output().contains("the port may expect TLS"));
            assertThat(service.output()).doesNotContain(PASSWORD);
        }
    }

    private Map<String, String> settings(String password, boolean trusted) {
        Map<String, String> settings = new HashMap<>(ServiceProcess.callerAndKey());
        settings.putAll(ServiceProcess.PATIENCE);
        settings.put("quarkus.redis.hosts", "rediss://" + USER + ":" + password + "@127.0.0.1:" + port);
        settings.put("quarkus.redis.client-type", "standalone");
        settings.put("quarkus.redis.tls.hostname-verification-algorithm", "HTTPS");
        if (trusted) {
            settings.put(
                    "quarkus.redis.tls.trust-certificate-pem.certs",
                    certificate.certificate().toString());
            settings.put("quarkus.redis.tls.trust-certificate-pem.enabled", "true");
        }
        return settings;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
