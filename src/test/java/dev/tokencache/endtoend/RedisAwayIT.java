package dev.tokencache.endtoend;

import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import io.restassured.response.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** While Redis is down, every answer is unknown; none is inactive. */
class RedisAwayIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void shouldAnswerUnknownWhileRedisIsDownAndRecoverAutomatically() {
        try (TestCluster cluster = TestCluster.start(ClusterSpec.ofSixNodes("away"));
                ServiceProcess service = ServiceProcess.start(ServiceProcess.defaults(cluster))) {
            ServiceApi api = ServiceApi.of(service);
            String token = api.tokenFor("alice");
            String jti = api.validate(token).path("jti");
            cluster.nodes().forEach(TestNode::kill9);

            assertThat(everyCallWith(api, token, jti)).allSatisfy(answer -> {
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.header("Retry-After")).isNotBlank();
                assertThat(answer.header("Cache-Control")).contains("no-store");
                assertThat(answer.asString())
                        .doesNotContain("127.0.0.1")
                        .doesNotContain("away")
                        .doesNotContain(token)
                        .doesNotContain("\tat ");
            });
            // A malformed token is detected without Redis. A batch is unknown as a whole only if every token in it is.
            api.forwardAuth("tc1_forged").then().statusCode(401);
            List<Object> verdicts = api.validate(List.of("tc1_forged", token))
                    .then()
                    .statusCode(200)
                    .extract()
                    .path("results.active");
            assertThat(verdicts).containsExactly(false, null);

            cluster.heal();
            Awaitility.await().atMost(PATIENCE).until(() -> api.validate(token).statusCode() == 200);
            // These servers stored nothing on disk, so Redis itself reports that the token does not exist.
            assertThat(api.isActive(token)).isFalse();
            assertThat(api.isActive(api.tokenFor("alice"))).isTrue();
            assertThat(service.output()).doesNotContain("away-password").doesNotContain(token);
        }
    }

    @Test
    void shouldStartWhileRedisIsDown() {
        try (TestCluster cluster = TestCluster.start(ClusterSpec.ofSixNodes("away"))) {
            cluster.nodes().forEach(TestNode::kill9);
            try (ServiceProcess service = ServiceProcess.start(ServiceProcess.defaults(cluster))) {
                ServiceApi api = ServiceApi.of(service);
                api.create(Map.of("sub", "alice")).then().statusCode(503);

                cluster.heal();

                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> api.create(Map.of("sub", "alice")).statusCode() == 201);
            }
        }
    }

    private static Stream<Response> everyCallWith(ServiceApi api, String token, String jti) {
        return Stream.of(
                api.create(Map.of("sub", "alice")),
                api.create(Map.of("sub", "alice", "token", "a-foreign-token-of-alice")),
                api.validate(token),
                api.validate("a-foreign-token-of-nobody"),
                api.validate(List.of(token, token)),
                api.renew(token),
                api.expire(token),
                api.delete(jti),
                api.read(jti),
                api.list("alice"),
                api.expireSubject("alice"),
                api.introspect(token),
                api.revoke(token),
                api.forwardAuth(token));
    }
}
