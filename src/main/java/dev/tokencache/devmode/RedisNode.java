package dev.tokencache.devmode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One {@code redis-server} of an {@link EmbeddedCluster}, to be treated badly.
 *
 * <p>What is known of its process stands in its folder and nowhere else, so that it can be handled by any class loader:
 * live reload and tests have several.
 */
public final class RedisNode {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    /** Redis gives a failover up after five seconds. */
    private static final Duration FAILOVER = Duration.ofSeconds(6);

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

    /** Where it listens, on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** The id of its process, if that runs (or is suspended). */
    public Optional<Long> processId() {
        return process.handle().map(ProcessHandle::pid);
    }

    /** Whether its process exists, be it suspended or not. */
    public boolean isAlive() {
        return process.handle().isPresent();
    }

    /** Whether its process runs, so that it should answer. */
    public boolean isRunning() {
        return isAlive() && !Files.exists(suspendedMark());
    }

    /** A new connection, authenticated. */
    public RespClient connect() {
        return access.connect(port);
    }

    /** Kills it without a warning ({@code SIGKILL}); returns when it is gone. */
    public void kill9() {
        process.handle().ifPresent(handle -> {
            handle.destroyForcibly();
            Await.until(START_TIMEOUT, () -> !handle.isAlive(), () -> this + " survives SIGKILL");
        });
        process.delete();
        delete(suspendedMark());
    }

    /** Stops it in its tracks ({@code SIGSTOP}): its connections stay open and nothing answers. */
    public void suspend() {
        signal("STOP");
        write(suspendedMark(), "");
    }

    /** Lets it go on ({@code SIGCONT}). */
    public void resume() {
        signal("CONT");
        delete(suspendedMark());
    }

    /**
     * Kills it if need be, and starts it again on the same port, with what it knew of the cluster but without its data: a
     * master that is back before its replica was promoted makes that replica as empty as itself.
     */
    public void restart() {
        kill9();
        start();
    }

    /**
     * Lets a replica take its master's place without a loss ({@code CLUSTER FAILOVER}); returns when it has.
     *
     * @throws RespException if it is no replica, or not in touch with its master
     */
    public void failOver() {
        Await.until(
                START_TIMEOUT,
                () -> {
                    try (RespClient client = connect()) {
                        if (!isMaster(client)) {
                            client.send("CLUSTER", "FAILOVER");
                        }
                        return Await.isSoon(FAILOVER, () -> isMaster(client));
                    }
                },
                () -> this + " does not become a master: " + logTail());
    }

    private static boolean isMaster(RespClient client) {
        return RespClient.textOf(client.list("ROLE").get(0)).equals("master");
    }

    /**
     * Starts its process and waits until it answers.
     *
     * @throws PortInUseException if its port, or its bus port, belongs to something else
     * @throws IllegalStateException with the end of its log, if it does not come up
     */
    void start() {
        process.save(launch());
        Await.until(
                START_TIMEOUT,
                () -> {
                    if (!isAlive()) {
                        throw isRefusedItsPort()
                                ? new PortInUseException(port)
                                : new IllegalStateException(this + " does not start: " + logTail());
                    }
                    return answers();
                },
                () -> this + " does not answer: " + logTail());
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

    /** Whether it is this very process that answers at the port. */
    private boolean answers() {
        try (RespClient client = connect()) {
            return client.text("INFO", "server")
                    .contains("process_id:" + processId().orElse(0L) + "\r\n");
        } catch (UncheckedIOException notYet) {
            return false;
        } catch (RespException strangersAnswer) {
            return false;
        }
    }

    private boolean isRefusedItsPort() {
        String log = logTail();
        return log.contains("Address already in use") || log.contains("already in use");
    }

    private void signal(String signal) {
        long pid = processId().orElseThrow(() -> new IllegalStateException(this + " does not run"));
        try {
            int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill -" + signal + " " + pid + " answered " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What its log says last. */
    public String logTail() {
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

    private Path suspendedMark() {
        return folder.resolve("suspended");
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "redis-server at port " + port;
    }
}
