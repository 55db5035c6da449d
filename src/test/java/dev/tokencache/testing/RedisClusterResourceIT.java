package dev.tokencache.testing;

import dev.tokencache.testing.cluster.TestNode;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@QuarkusTest
@WithTestResource(value = RedisClusterResource.class, scope = TestResourceScope.GLOBAL)
class RedisClusterResourceIT {

    @Test
    void shouldConfigureHostsAndPassword() {
        assertThat(ConfigProvider.getConfig().getValue("quarkus.redis.hosts", String.class))
                .isEqualTo(RedisClusterResource.cluster().hosts());
        assertThat(ConfigProvider.getConfig().getValue("quarkus.redis.password", String.class))
                .isEqualTo(RedisClusterResource.cluster().password());
    }

    @Test
    void shouldShareOneClusterAndHealItBeforeAStart() {
        List<TestNode> nodes = RedisClusterResource.cluster().nodes();
        nodes.get(0).kill9();
        nodes.get(1).suspend();

        Map<String, String> secondStart = new RedisClusterResource().start();

        assertThat(secondStart)
                .containsEntry(
                        "quarkus.redis.hosts", RedisClusterResource.cluster().hosts());
        assertThat(nodes).hasSize(6).allMatch(TestNode::isRunning);
    }
}
