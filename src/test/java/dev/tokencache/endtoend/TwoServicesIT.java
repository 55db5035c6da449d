package dev.tokencache.endtoend;

import dev.tokencache.testing.RedisClusterResource;
import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.TestCluster;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Two services on one cluster: each immediately sees the writes of the other. */
class TwoServicesIT {

    private static ServiceProcess first;
    private static ServiceProcess second;
    private static ServiceApi one;
    private static ServiceApi other;

    private final String sub = "two-services-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        TestCluster cluster = RedisClusterResource.cluster();
        cluster.heal();
        first = ServiceProcess.start(ServiceProcess.settings(cluster));
        second = ServiceProcess.start(ServiceProcess.settings(cluster));
        one = ServiceApi.of(first);
        other = ServiceApi.of(second);
    }

    @AfterAll
    static void stop() {
        first.close();
        second.close();
    }

    @Test
    void shouldValidateOnOneTheTokenThatTheOtherCreated() {
        assertThat(other.isActive(one.tokenFor(sub))).isTrue();
        assertThat(one.isActive(other.tokenFor(sub))).isTrue();
    }

    @Test
    void shouldRefuseOnOneTheTokenThatTheOtherExpired() {
        String token = one.tokenFor(sub);
        assertThat(other.isActive(token)).isTrue();

        one.expire(token).then().statusCode(204);

        assertThat(other.isActive(token)).isFalse();
        other.forwardAuth(token).then().statusCode(401);
    }

    @Test
    void shouldKeepTheOrderOfCreationAndSubjectExpiryAcrossServices() {
        // Without pauses, so most calls are within one second and often within one millisecond.
        for (int round = 0; round < 50; round++) {
            String before = one.tokenFor(sub);
            other.expireSubject(sub).then().statusCode(200);
            String after = one.tokenFor(sub);

            assertThat(other.isActive(before))
                    .as("created before, round %d", round)
                    .isFalse();
            assertThat(other.isActive(after))
                    .as("created after, round %d", round)
                    .isTrue();
        }
    }

    @Test
    void shouldGiveAForeignTokenToOneOfTwoSubjectsOnly() {
        String token = "foreign-" + UUID.randomUUID();

        one.create(Map.of("sub", sub, "token", token)).then().statusCode(201);

        other.create(Map.of("sub", sub + "-other", "token", token)).then().statusCode(409);
        assertThat(other.introspect(token).then().statusCode(200).extract().<String>path("sub"))
                .isEqualTo(sub);
    }
}
