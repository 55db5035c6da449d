package dev.tokencache.ops;

import dev.tokencache.testing.ServiceProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Starts the packaged service as an operator does, with invalid settings. */
class StartupRefusalIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** A valid configuration. */
    private static Map<String, String> configuration() {
        return new TreeMap<>(Map.of(
                "tokencache.callers.login.secret-sha256", "0".repeat(64),
                "tokencache.callers.login.roles", "issue",
                "tokencache.token.keys.k1", "A".repeat(43) + "=",
                "tokencache.token.active-key", "k1",
                "quarkus.redis.hosts", "redis://127.0.0.1:1"));
    }

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource(
            nullValues = "absent",
            delimiter = '|',
            value = {
                "tokencache.token.keys.k1|QUFBQQ==|tokencache.token.keys.k1 has 4 bytes",
                "tokencache.token.max-ttl|1S|tokencache.token.max-ttl must be",
                "quarkus.redis.client-type|sentinel|quarkus.redis.client-type must be cluster or standalone",
                "quarkus.redis.hosts|absent|quarkus.redis.hosts is not set",
                "tokencache.journal.max-entries|0|tokencache.journal.max-entries must be from 1 to",
                "tokencache.near-cache.max-entries|0|tokencache.near-cache.max-entries must be from 1 to",
                "tokencache.journal.kind|shared|quarkus.datasource.journal.jdbc.url is not set",
            })
    void shouldRefuseToStartInOneLine(String property, @Nullable String value, String message) {
        Map<String, String> configuration = configuration();
        if (value == null) {
            configuration.remove(property);
        } else {
            configuration.put(property, value);
        }
        assertThat(outputOfFailedStart(configuration))
                .hasSize(1)
                .first()
                .asString()
                .contains(message)
                .doesNotContain("hunter2", "Exception");
    }

    @Test
    void shouldReportAllProblemsInOneLine() {
        Map<String, String> configuration = configuration();
        configuration.putAll(Map.of(
                "tokencache.callers.login.secret-sha256", "hunter2",
                "tokencache.callers.login.roles", "issue,root",
                "tokencache.redis.command-timeout", "0s",
                "tokencache.identity.keys.k1", "hunter2",
                "tokencache.seal.keys.k1", "hunter2"));
        assertThat(outputOfFailedStart(configuration))
                .singleElement()
                .asString()
                .contains(
                        "tokencache.callers.login.secret-sha256 is not a SHA-256",
                        "tokencache.callers.login.roles names the unknown role \"root\"",
                        "tokencache.redis.command-timeout must be from",
                        "tokencache.identity.keys.k1 is neither a PEM nor the path of a readable file",
                        "tokencache.seal.keys.k1 has 5 bytes")
                .doesNotContain("hunter2", "Exception");
    }

    @Test
    void shouldRefuseToStartWithoutAnyCaller() {
        Map<String, String> configuration = configuration();
        configuration.keySet().removeIf(property -> property.startsWith("tokencache.callers."));
        assertThat(outputOfFailedStart(configuration))
                .singleElement()
                .asString()
                .contains("tokencache.callers.<id>.secret-sha256 is not set");
    }

    private static List<String> outputOfFailedStart(Map<String, String> configuration) {
        try (ServiceProcess service = ServiceProcess.launch(configuration)) {
            assertThat(service.awaitExit(TIMEOUT)).isNotZero();
            return service.output().lines().toList();
        }
    }
}
