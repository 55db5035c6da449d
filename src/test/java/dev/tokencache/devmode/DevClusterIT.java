package dev.tokencache.devmode;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DevClusterIT {

    private static final int PREFIX = 1179;
    private static final int LAST_PORT = 11_795;

    @AfterEach
    void stop() {
        DevCluster.running().ifPresent(EmbeddedCluster::close);
    }

    @Test
    void shouldKeepTheClusterAcrossAReload() {
        dev(true, "first").start(new StartupEvent());
        EmbeddedCluster before = DevCluster.running().orElseThrow();
        var processes = before.nodes().stream().map(RedisNode::processId).toList();

        dev(true, "first").start(new StartupEvent());

        assertThat(DevCluster.running().orElseThrow().nodes())
                .extracting(RedisNode::processId)
                .isEqualTo(processes);
        assertThat(before.nodes()).last().extracting(RedisNode::port).isEqualTo(LAST_PORT);
    }

    @Test
    void shouldReplaceTheClusterIfThePasswordChanges() {
        dev(true, "first").start(new StartupEvent());
        EmbeddedCluster before = DevCluster.running().orElseThrow();

        dev(true, "second").start(new StartupEvent());

        assertThat(before.folder()).doesNotExist();
        assertThat(DevCluster.running().orElseThrow().password()).isEqualTo("second");
    }

    @Test
    void shouldNameThePortInUseAndTheProperty() throws Exception {
        try (ServerSocket squatter = new ServerSocket(LAST_PORT, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> dev(true, "first").start(new StartupEvent()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(Integer.toString(squatter.getLocalPort()))
                    .hasMessageContaining("tokencache.dev.port-prefix");
        }
        assertThat(DevCluster.running()).isEmpty();
    }

    @Test
    void shouldStartNothingIfDisabled() {
        dev(false, "first").start(new StartupEvent());

        assertThat(DevCluster.running()).isEmpty();
    }

    private static DevCluster dev(boolean cluster, String password) {
        return new DevCluster(new Config(cluster, PREFIX, Optional.empty()), password, 8080);
    }

    private record Config(boolean cluster, int portPrefix, Optional<Path> redisServer) implements DevConfig {}
}
