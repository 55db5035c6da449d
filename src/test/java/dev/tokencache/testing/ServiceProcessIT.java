package dev.tokencache.testing;

import io.restassured.RestAssured;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ServiceProcessIT {

    private static final Map<String, String> SETTINGS = ServiceProcess.settings(RedisClusterResource.cluster());

    @Test
    void shouldStartAndStopTwoServices() {
        try (ServiceProcess one = ServiceProcess.start(SETTINGS);
                ServiceProcess two = ServiceProcess.start(SETTINGS)) {
            assertThat(one.baseUri()).isNotEqualTo(two.baseUri());
            assertThat(RestAssured.get(one.baseUri().resolve("/no-such-path")).statusCode())
                    .isEqualTo(404);

            assertThat(one.stop()).isEqualTo(143);
            assertThat(one.isAlive()).isFalse();
            assertThat(two.isAlive()).isTrue();
            assertThat(two.kill9()).isEqualTo(137);
        }
    }

    @Test
    void shouldReturnTheExitCodeAndOutputOfAFailedStart() {
        Map<String, String> broken = Map.of("quarkus.http.port", "no-number");

        try (ServiceProcess service = ServiceProcess.launch(broken)) {
            assertThat(service.awaitExit(Duration.ofSeconds(60))).isEqualTo(1);
            assertThat(service.output()).contains("quarkus.http.port");
        }
        assertThatThrownBy(() -> ServiceProcess.start(broken)).hasMessageContaining("quarkus.http.port");
    }
}
