package dev.tokencache.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.fail;

/** An installed web server, run as a foreground process. */
final class WebServer implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final long STOP_SECONDS = 15;

    private final Process process;
    private final Path log;

    private WebServer(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Whether the test runs as root: the configuration must then name the user of the workers. */
    static boolean asRoot() {
        return System.getProperty("user.name").equals("root");
    }

    /** Starts the web server and waits until it listens on a port. The folder is its home and has its output. */
    static WebServer start(Path folder, int port, String... command) {
        return start(folder, () -> isOpen(port), command);
    }

    static WebServer start(Path folder, BooleanSupplier listens, String... command) {
        try {
            Path log = folder.resolve("output.log");
            ProcessBuilder builder = new ProcessBuilder(List.of(command))
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().putAll(Map.of("HOME", folder.toString(), "XDG_DATA_HOME", folder.toString()));
            builder.environment().put("XDG_CONFIG_HOME", folder.toString());
            WebServer server = new WebServer(builder.start(), log);
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            server.await(listens);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void await(BooleanSupplier listens) {
        Awaitility.await("the start of the web server").atMost(START_TIMEOUT).until(() -> {
            if (!process.isAlive()) {
                return fail("The web server ended with %s:\n%s", process.exitValue(), output());
            }
            return listens.getAsBoolean();
        });
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The output so far. */
    String output() {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Terminates the web server, and kills it and its workers if it does not exit in time. */
    @Override
    public void close() {
        List<ProcessHandle> workers = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        workers.forEach(ProcessHandle::destroyForcibly);
    }
}
