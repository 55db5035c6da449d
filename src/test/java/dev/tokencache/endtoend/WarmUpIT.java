package dev.tokencache.endtoend;

import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.TestCertificate;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The warm-up of a whole service. That it makes one fast is measured by {@code bench/warm-up}. */
class WarmUpIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String WARMED_UP = "Warmed up in \\d+ ms by [1-9]\\d* requests";

    @TempDir
    Path folder;

    private static Map<String, String> settings(String max) {
        RedisClusterResource.cluster().heal();
        Map<String, String> settings = new HashMap<>(ServiceProcess.settings(RedisClusterResource.cluster()));
        settings.put("tokencache.warm-up.max", max);
        return settings;
    }

    /** Readiness waits for the last request only as long as configured. */
    private static void awaitLine(ServiceProcess service, String pattern) {
        await(pattern).atMost(PATIENCE).untilAsserted(() -> assertThat(service.output())
                .containsPattern(pattern));
    }

    private static Response ready(ServiceProcess service) {
        return RestAssured.get(service.managementUri().resolve("/q/health/ready"));
    }

    private static void awaitReady(ServiceProcess service) {
        await("readiness").atMost(PATIENCE).until(() -> ready(service).statusCode() == 200);
    }

    @Test
    void shouldBeReadyAfterRequestsThatAreNotCounted() {
        Map<String, String> settings = settings("8s");
        settings.put("tokencache.near-cache.max-age", "5s");
        settings.put("tokencache.forward-auth.require-caller", "true");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            assertThat(ready(service).statusCode()).isEqualTo(503);
            assertThat(ready(service).jsonPath().getString("checks.find { it.name == 'warm-up' }.status"))
                    .isEqualTo("DOWN");
            String token = ServiceApi.of(service).tokenFor("alice");
            assertThat(token).as("of a caller during the warm-up").isNotEmpty();

            awaitReady(service);

            awaitLine(service, WARMED_UP);
            String metrics = RestAssured.get(service.managementUri().resolve("/q/metrics"))
                    .asString();
            assertThat(metrics.lines())
                    .contains(
                            "tokencache_validations_total{verdict=\"active\"} 0.0",
                            "tokencache_validations_total{verdict=\"inactive\"} 0.0",
                            "tokencache_validations_total{verdict=\"unknown\"} 0.0",
                            "tokencache_store_seconds_count{operation=\"validate\"} 0.0",
                            "tokencache_store_seconds_count{operation=\"create\"} 1.0",
                            "tokencache_near_cache_hits_total 0.0",
                            "tokencache_near_cache_misses_total 0.0");
            assertThat(metrics.lines().filter(line -> line.startsWith("tokencache_callers_refused_total{")))
                    .allMatch(line -> line.endsWith(" 0.0"));
            assertThat(service.output()).doesNotContain("warm-up-").doesNotContain("down status");
        }
    }

    @Test
    void shouldWarmUpOverTlsIfNothingElseIsAccepted() {
        TestCertificate certificate = TestCertificate.create(folder);
        Map<String, String> settings = settings("8s");
        settings.put(
                "quarkus.tls.api.key-store.pem.0.cert",
                certificate.certificate().toString());
        settings.put("quarkus.tls.api.key-store.pem.0.key", certificate.key().toString());
        settings.put("quarkus.http.tls-configuration-name", "api");
        settings.put("quarkus.http.ssl-port", "0");
        settings.put("quarkus.http.insecure-requests", "redirect");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            awaitReady(service);
            awaitLine(service, WARMED_UP);
        }
    }

    @Test
    void shouldBeReadyWithoutRedis() {
        Map<String, String> settings = settings("2s");
        settings.put("quarkus.redis.hosts", "redis://127.0.0.1:1");
        try (ServiceProcess service = ServiceProcess.start(settings)) {
            awaitReady(service);
            awaitLine(service, "Not warmed up, because Redis is not reachable");
        }
    }
}
