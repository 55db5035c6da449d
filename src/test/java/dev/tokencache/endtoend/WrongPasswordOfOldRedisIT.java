package dev.tokencache.endtoend;

import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** There are two passwords while tokens move: whoever reads the log has to set the right one right. */
class WrongPasswordOfOldRedisIT {

    private static final String WRONG = "not-of-the-old-redis";

    @Test
    void shouldNameTheSettingThatIsWrong() {
        try (MigrationSite site = new MigrationSite(Map.of("tokencache.migration.legacy.password", WRONG))) {
            ServiceProcess service = site.startService();
            ServiceApi.of(service).validate("nobody-has-this-token").then().statusCode(503);

            Awaitility.await("a reason").atMost(Duration.ofSeconds(30)).until(() -> service.output()
                    .contains("reason=wrong password or user (tokencache.migration.legacy.password)"));
            assertThat(service.output())
                    .contains("A node of the old Redis is away")
                    .doesNotContain("quarkus.redis.password")
                    .doesNotContain(WRONG);
        }
    }
}
