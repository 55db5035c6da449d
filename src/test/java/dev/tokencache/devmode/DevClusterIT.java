package dev.tokencache.devmode;

import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.RespException;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class DevClusterIT {

    private static final int PREFIX = 1179;
    private static final int FIRST_PORT = 11_790;
    private static final int LAST_PORT = 11_795;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Starts the cluster of dev mode and waits until it is killed. */
    static final class Victim {

        private Victim() {}

        @SuppressWarnings("SystemOut") // the test reads the folder from it
        public static void main(String[] arguments) throws InterruptedException {
            dev(true, "victim").start(new StartupEvent());
            System.out.println("folder=" + DevCluster.running().orElseThrow());
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    @AfterEach
    void stop() {
        DevCluster.running().ifPresent(RedisServers::stop);
    }

    private static DevCluster dev(boolean cluster, String password) {
        return new DevCluster(new Config(cluster, PREFIX, Optional.empty()), password, 8080);
    }

    private record Config(boolean cluster, int portPrefix, Optional<Path> redisServer) implements DevConfig {}

    private static List<ProcessHandle> servers(Path folder) {
        return IntStream.rangeClosed(FIRST_PORT, LAST_PORT)
                .mapToObj(port -> folder.resolve(port + "/pid"))
                .map(DevClusterIT::server)
                .toList();
    }

    private static ProcessHandle server(Path pid) {
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                    .orElseThrow();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void shouldServeAllSlotsByThreeMastersWithAReplicaEach() {
        dev(true, "first").start(new StartupEvent());

        try (RespClient node = RespClient.connect(LAST_PORT, "first")) {
            assertThat(node.list("CLUSTER", "SLOTS")).hasSize(3).allSatisfy(range -> assertThat((List<?>) range)
                    .hasSize(4));
        }
    }

    @Test
    void shouldKeepTheClusterAcrossAReload() {
        dev(true, "first").start(new StartupEvent());
        List<ProcessHandle> before = servers(DevCluster.running().orElseThrow());

        dev(true, "first").start(new StartupEvent());

        assertThat(servers(DevCluster.running().orElseThrow())).isEqualTo(before);
    }

    @Test
    void shouldRestartAServerThatHasEnded() {
        dev(true, "first").start(new StartupEvent());
        Path folder = DevCluster.running().orElseThrow();
        ProcessHandle killed = servers(folder).get(5);

        killed.destroyForcibly();

        await().atMost(PATIENCE).until(() -> !killed.isAlive());
        dev(true, "first").start(new StartupEvent());
        assertThat(servers(folder)).allMatch(ProcessHandle::isAlive).doesNotContain(killed);
    }

    @Test
    void shouldReplaceTheClusterIfThePasswordChanges() {
        dev(true, "first").start(new StartupEvent());
        List<ProcessHandle> before = servers(DevCluster.running().orElseThrow());

        dev(true, "second").start(new StartupEvent());

        assertThat(before).noneMatch(ProcessHandle::isAlive);
        RespClient.connect(FIRST_PORT, "second").close();
        assertThatThrownBy(() -> RespClient.connect(FIRST_PORT, "first")).isInstanceOf(RespException.class);
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
    void shouldRefuseAPasswordThatItCannotWrite() {
        assertThatThrownBy(() -> dev(true, "two words").start(new StartupEvent()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("quarkus.redis.password")
                .hasMessageNotContaining("two words");
    }

    @Test
    void shouldStartNothingIfDisabled() {
        dev(false, "first").start(new StartupEvent());

        assertThat(DevCluster.running()).isEmpty();
    }

    @Test
    void shouldKillTheServersOfAKilledJvm() throws IOException {
        Process victim = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            Path folder = victim.inputReader()
                    .lines()
                    .filter(line -> line.startsWith("folder="))
                    .map(line -> Path.of(line.substring("folder=".length())))
                    .findFirst()
                    .orElseThrow();
            List<ProcessHandle> servers = servers(folder);
            assertThat(servers).hasSize(6).allMatch(ProcessHandle::isAlive);

            victim.destroyForcibly();

            await().atMost(PATIENCE).until(() -> servers.stream().noneMatch(ProcessHandle::isAlive));
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(folder).doesNotExist());
        } finally {
            victim.destroyForcibly();
        }
    }
}
