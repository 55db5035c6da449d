package dev.tokencache.testing.cluster;

import dev.tokencache.redis.RedisErrorException;
import dev.tokencache.testing.cluster.Ports.PortInUseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One {@code redis-server} of an {@link EmbeddedCluster}.
 *
 * <p>Its folder is the only place that holds state about its process. Classes of any class loader can therefore control it: live
 * reload and tests use several.
 */
public final class RedisNode {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final int LOG_LINES = 20;

    private final Path executable;
    private final Path folder;
    private final int port;
    private final NodeAccess access;
    private final ProcessFile process;

    RedisNode(Path executable, Path folder, int port, NodeAccess access) {
        this.executable = executable;
        this.folder = folder;
        this.port = port;
        this.access = access;
        this.process = new ProcessFile(folder.resolve(ProcessFile.NAME));
    }

    public int port() {
        return port;
    }

    public Optional<Long> processId() {
        return process.handle().map(ProcessHandle::pid);
    }

    public boolean isAlive() {
        return process.handle().isPresent();
    }

    /** Opens a connection, not authenticated yet. */
    public Socket open() throws IOException {
        return access.open(port);
    }

    NodeClient connect() {
        return new NodeClient(access, port);
    }

    /** Kills the process ({@code SIGKILL}) and waits until it has ended. */
    public void kill() {
        process.handle().ifPresent(handle -> {
            handle.destroyForcibly();
            Await.until(START_TIMEOUT, () -> !handle.isAlive(), () -> this + " survives SIGKILL");
        });
        process.delete();
    }

    /** Kills the process if it is alive, and starts it again on the same port, without its data. */
    public void restart() {
        kill();
        start();
    }

    /** Starts the process and waits until it replies. Throws as {@link EmbeddedCluster#start}. */
    void start() {
        process.save(launch());
        Await.until(
                START_TIMEOUT,
                () -> {
                    if (!isAlive()) {
                        throw logTail().contains("already in use")
                                ? new PortInUseException(port)
                                : new IllegalStateException(this + " does not start: " + logTail());
                    }
                    return replies();
                },
                () -> this + " does not reply: " + logTail());
    }

    private Process launch() {
        try {
            Files.createDirectories(folder);
            List<String> command = new ArrayList<>(List.of(
                    executable.toString(),
                    folder.resolveSibling(EmbeddedCluster.CONFIGURATION).toString()));
            command.addAll(List.of(access.portArguments(port)));
            return new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log().toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + executable, e);
        }
    }

    /** Whether this process, and not another server, replies at the port. */
    private boolean replies() {
        try (NodeClient client = connect()) {
            return client.send("INFO", "server")
                    .contains("process_id:" + processId().orElse(0L) + "\r\n");
        } catch (UncheckedIOException | RedisErrorException notYetOrAnother) {
            return false;
        }
    }

    String logTail() {
        try {
            List<String> lines =
                    Files.exists(log()) ? Files.readAllLines(log(), StandardCharsets.ISO_8859_1) : List.of();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path log() {
        return folder.resolve("redis.log");
    }

    @Override
    public String toString() {
        return "redis-server at port " + port;
    }
}
