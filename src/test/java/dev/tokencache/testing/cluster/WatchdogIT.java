package dev.tokencache.testing.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class WatchdogIT {

    /** A program that starts a cluster and waits until it is killed. */
    static final class Victim {

        private Victim() {}

        @SuppressWarnings("SystemOut") // the test reads the folder from it
        public static void main(String[] arguments) throws InterruptedException {
            EmbeddedCluster cluster =
                    EmbeddedCluster.start(ClusterSpec.ofSixNodes("watchdog-it").withNodes(1, 0));
            System.out.println(cluster.folder());
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void shouldKillTheServersOfAKilledJvm() throws IOException {
        Process victim = startVictim();
        try {
            EmbeddedCluster cluster =
                    EmbeddedCluster.attach(Path.of(victim.inputReader().readLine()));
            List<ProcessHandle> servers = cluster.nodes().stream()
                    .map(node ->
                            ProcessHandle.of(node.processId().orElseThrow()).orElseThrow())
                    .toList();
            assertThat(servers).hasSize(1).allMatch(ProcessHandle::isAlive);

            victim.destroyForcibly();

            await().atMost(PATIENCE).until(() -> servers.stream().noneMatch(ProcessHandle::isAlive));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(cluster.folder()).doesNotExist());
        } finally {
            victim.destroyForcibly();
        }
    }

    private static Process startVictim() throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
