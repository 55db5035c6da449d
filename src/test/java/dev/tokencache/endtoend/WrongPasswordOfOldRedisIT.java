package dev.tokencache.endtoend;

import dev.tokencache.testing.OldRedis;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** During a migration there are two Redis passwords: the log must name the setting that is wrong. */
class WrongPasswordOfOldRedisIT {

    private static final String WRONG = "not-of-the-old-redis";

    @Test
    void shouldNameTheWrongSetting() {
        try (MigrationSite site = new MigrationSite(Map.of("tokencache.migration.legacy.password", WRONG))) {
            ServiceProcess service = site.startService();
            ServiceApi.of(service).validate("nobody-has-this-token").then().statusCode(503);

            Awaitility.await("a reason").atMost(Duration.ofSeconds(30)).until(() -> service.output()
                    .contains("reason=wrong password or user (tokencache.migration.legacy.password)"));
            assertThat(service.output())
                    .contains("Node of the old Redis unreachable")
                    .doesNotContain("quarkus.redis.password")
                    .doesNotContain(WRONG);
        }
    }

    @Test
    void shouldNameTheWrongSettingOfTheSentinels() {
        String password = "wrong password or user (tokencache.migration.legacy.sentinel-password), reply=WRONGPASS";
        assertThat(logOfSentinels(Map.of("tokencache.migration.legacy.sentinel-password", WRONG), password))
                .doesNotContain("legacy.password", WRONG, OldRedis.SENTINEL_PASSWORD);
        logOfSentinels(
                Map.of(), "a password is required (tokencache.migration.legacy.sentinel-password), reply=NOAUTH");
        logOfSentinels(
                Map.of(
                        "tokencache.migration.legacy.sentinel-password",
                        OldRedis.SENTINEL_PASSWORD,
                        "tokencache.migration.legacy.master-name",
                        "nobody"),
                "the sentinels monitor no master of that name (tokencache.migration.legacy.master-name)");
    }

    /** The log of the service up to that reason. Others may come first, because the sentinel is queried immediately. */
    private static String logOfSentinels(Map<String, String> more, String reason) {
        try (OldRedis master = OldRedis.start();
                OldRedis.Sentinel sentinel = master.sentinel()) {
            Map<String, String> settings = new HashMap<>(Map.of(
                    "tokencache.migration.legacy.client-type",
                    "sentinel",
                    "tokencache.migration.legacy.hosts",
                    sentinel.host()));
            settings.putAll(more);
            try (MigrationSite site = new MigrationSite(settings)) {
                ServiceProcess service = site.startService();
                String line = "No sentinel of the old Redis reports its master; reason=" + reason;
                Awaitility.await("a reason").atMost(Duration.ofSeconds(30)).until(() -> service.output()
                        .contains(line));
                assertThat(service.output()).containsOnlyOnce(line);
                return service.output();
            }
        }
    }
}
