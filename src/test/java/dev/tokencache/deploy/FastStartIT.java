package dev.tokencache.deploy;

import dev.tokencache.testing.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs {@code src/main/docker/train} and starts the service with the archive that it creates. */
class FastStartIT {

    private static final String JAVA = ProcessHandle.current().info().command().orElse("java");
    private static final boolean HAS_AOT_CACHE = Runtime.version().feature() >= 25;

    @Test
    void shouldStartFromTheArchiveAlone(@TempDir Path folder) throws IOException {
        copy(Path.of(System.getProperty("tokencache.jar")).getParent(), folder);

        Path tmp = Files.createDirectory(folder.resolve("tmp"));
        ExternalTool.Result trained = ExternalTool.run(
                Map.of("JAVA", JAVA, "PORT", Integer.toString(freePorts()), "TMPDIR", tmp.toString()),
                List.of(Path.of("src/main/docker/train").toAbsolutePath().toString(), folder.toString()));

        assertThat(trained.exit()).as(trained.errors()).isZero();
        assertThat(trained.output()).startsWith(HAS_AOT_CACHE ? "app.aot: " : "app.jsa: ");
        assertThat(tmp).isEmptyDirectory();
        try (ServiceProcess service = ServiceProcess.launch(command(folder))) {
            service.awaitStarted();
            assertThat(service.output()).doesNotContain("shared archive", "AOT cache");
        }
    }

    /** The command of a service that refuses to start without a matching archive. */
    private static ProcessBuilder command(Path folder) {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(
                HAS_AOT_CACHE
                        ? List.of("-XX:AOTMode=on", "-XX:AOTCache=app.aot")
                        : List.of("-Xshare:on", "-XX:SharedArchiveFile=app.jsa"));
        ServiceProcess.callerAndKey().forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(List.of(
                "-Dquarkus.redis.hosts=redis://127.0.0.1:1",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=0",
                "-Dquarkus.management.host=127.0.0.1",
                "-Dquarkus.management.port=0",
                "-jar",
                "quarkus-run.jar"));
        return new ProcessBuilder(command).directory(folder.toFile());
    }

    /**
     * Returns the first of four consecutive free ports. All are below the range of outgoing connections, whose ports
     * stay in use for a while after a connection.
     */
    private static int freePorts() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(32_000, 32_700);
            if (IntStream.range(port, port + 4).allMatch(FastStartIT::isFree)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException inUse) {
            return false;
        }
    }

    private static void copy(Path source, Path target) throws IOException {
        try (Stream<Path> files = Files.walk(source)) {
            files.filter(Files::isRegularFile).forEach(file -> copyFile(file, target.resolve(source.relativize(file))));
        }
    }

    private static void copyFile(Path file, Path copy) {
        try {
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
