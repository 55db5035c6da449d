package dev.tokencache.testing;

import dev.tokencache.testing.cluster.RespClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import redis.embedded.core.ExecutableProvider;

/** A single {@code redis-server} on 127.0.0.1 with a password: the old Redis of a migration. */
public final class OldRedis implements AutoCloseable {

    public static final String PASSWORD = "of-the-old-redis";

    /** The password of its sentinels. */
    public static final String SENTINEL_PASSWORD = "of-the-sentinels";

    private final Path executable;
    private final Path folder;
    private final int port;
    private Process process;

    private OldRedis(Path executable, Path folder, int port) {
        this.executable = executable;
        this.folder = folder;
        this.port = port;
        this.process = run();
    }

    /** Starts a server that stores its data in a file, so the data survives {@link #kill9} and {@link #restart}. */
    public static OldRedis start() {
        try {
            Path folder = Files.createTempDirectory("token-cache-old-redis-");
            Path executable = ExecutableProvider.newJarResourceProvider(folder.toFile())
                    .get()
                    .toPath();
            OldRedis redis = new OldRedis(executable, folder, freePort());
            redis.awaitUp();
            return redis;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process run() {
        List<String> command = List.of(
                executable.toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--requirepass",
                PASSWORD,
                "--masterauth",
                PASSWORD,
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
                "--save",
                "",
                "--dir",
                folder.toString());
        return run(command, "redis.log");
    }

    private Process run(List<String> command, String log) {
        try {
            Process started = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve(log).toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitUp() {
        Awaitility.await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
            try (RespClient client = connect()) {
                return "PONG".equals(client.send("PING"));
            }
        });
    }

    public int port() {
        return port;
    }

    /** For {@code tokencache.migration.legacy.hosts}. */
    public String host() {
        return "redis://127.0.0.1:" + port;
    }

    public RespClient connect() {
        return RespClient.connect(port, PASSWORD);
    }

    /** Starts another server that replicates this one. */
    public OldRedis replica() {
        OldRedis replica = start();
        try (RespClient client = replica.connect()) {
            client.send("REPLICAOF", "127.0.0.1", Integer.toString(port));
        }
        return replica;
    }

    /** Starts a sentinel with a password that monitors this server as {@code mymaster}. */
    public Sentinel sentinel() {
        return sentinel("requirepass " + SENTINEL_PASSWORD);
    }

    /** Starts a sentinel without a password that monitors this server as {@code mymaster}. */
    public Sentinel openSentinel() {
        return sentinel("protected-mode no");
    }

    private Sentinel sentinel(String access) {
        try {
            int sentinelPort = freePort();
            Path config = Files.write(
                    folder.resolve("sentinel.conf"),
                    List.of(
                            "port " + sentinelPort,
                            "bind 127.0.0.1",
                            "dir " + folder,
                            access,
                            "sentinel monitor mymaster 127.0.0.1 " + port + " 1",
                            "sentinel auth-pass mymaster " + PASSWORD,
                            "sentinel down-after-milliseconds mymaster 10000",
                            "sentinel failover-timeout mymaster 3000"));
            Process started = run(List.of(executable.toString(), config.toString(), "--sentinel"), "sentinel.log");
            return new Sentinel(started, sentinelPort);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A sentinel process. */
    public record Sentinel(Process process, int port) implements AutoCloseable {

        public String host() {
            return "redis://127.0.0.1:" + port;
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    public void kill9() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public void restart() {
        process = run();
        awaitUp();
    }

    @Override
    public void close() {
        kill9();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
