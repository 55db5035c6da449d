package dev.tokencache.endtoend;

import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.TestCertificate;
import dev.tokencache.testing.cluster.TestCluster;
import io.restassured.RestAssured;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The API over TLS, with PEM files or a key store. */
class ServiceTlsIT {

    @TempDir
    Path folder;

    @Test
    void shouldServeTlsWithPemFiles() {
        TestCertificate certificate = TestCertificate.create(folder);
        assertServesTls(Map.of(
                "quarkus.tls.api.key-store.pem.0.cert",
                certificate.certificate().toString(),
                "quarkus.tls.api.key-store.pem.0.key",
                certificate.key().toString()));
    }

    @Test
    void shouldServeTlsWithAKeyStore() {
        assertServesTls(Map.of(
                "quarkus.tls.api.key-store.p12.path",
                TestCertificate.keyStore(folder).toString(),
                "quarkus.tls.api.key-store.p12.password",
                TestCertificate.PASSWORD));
    }

    private static void assertServesTls(Map<String, String> keyStore) {
        TestCluster cluster = RedisClusterResource.cluster();
        cluster.heal();
        Map<String, String> settings = ServiceProcess.settings(cluster);
        settings.putAll(keyStore);
        settings.put("quarkus.http.tls-configuration-name", "api");
        settings.put("quarkus.http.ssl-port", "0");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            String token = ServiceApi.of(service).tokenFor("alice");

            String subject = RestAssured.given()
                    .relaxedHTTPSValidation()
                    .header("Authorization", "Bearer " + token)
                    .get(service.tlsUri().resolve("/v1/auth"))
                    .then()
                    .statusCode(200)
                    .extract()
                    .header("X-Auth-Subject");

            assertThat(subject).isEqualTo("alice");
        }
    }
}
