package dev.tokencache.endtoend;

import dev.tokencache.testing.ServiceApi;
import dev.tokencache.testing.ServiceProcess;
import dev.tokencache.testing.SystemPackage;
import dev.tokencache.testing.cluster.ClusterSpec;
import dev.tokencache.testing.cluster.TestCluster;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The packaged service with the installed redis-server, as an operator runs both. */
class DebianRedisIT {

    private static final Path REDIS_SERVER = Path.of("/usr/bin/redis-server");

    @Test
    void shouldServeFromSixInstalledServers() {
        SystemPackage.require("redis-server", REDIS_SERVER.toString());
        ClusterSpec spec = ClusterSpec.ofSixNodes("debian").withExecutable(REDIS_SERVER);
        try (TestCluster cluster = TestCluster.start(spec);
                ServiceProcess service = ServiceProcess.start(ServiceProcess.settings(cluster))) {
            ServiceApi api = ServiceApi.of(service);

            for (String sub : List.of("alice", "bob", "carol", "dave", "zoë 🦊")) {
                String token = api.tokenFor(sub);
                assertThat(api.isActive(token)).isTrue();
                api.renew(token).then().statusCode(200);
                api.expire(token).then().statusCode(204);
                assertThat(api.isActive(token)).isFalse();
                String second = api.tokenFor(sub);
                api.expireSubject(sub).then().statusCode(200);
                assertThat(api.isActive(second)).isFalse();
            }
        }
    }
}
