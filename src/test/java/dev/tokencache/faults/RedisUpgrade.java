package dev.tokencache.faults;

import dev.tokencache.testing.SystemPackage;
import dev.tokencache.testing.cluster.EmbeddedCluster;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.embedded.core.ExecutableProvider;

/**
 * A rolling upgrade from one {@code redis-server} to another by {@code deploy/redis/roll-node}: by default from the embedded
 * one to Debian's. {@code -Drolling-upgrade.from} and {@code -Drolling-upgrade.to} name others.
 */
final class RedisUpgrade implements AutoCloseable {

    private static final Path SCRIPT = Path.of("deploy/redis/roll-node").toAbsolutePath();
    private static final Path NEW = Path.of(System.getProperty("rolling-upgrade.to", "/usr/bin/redis-server"));
    private static final Pattern VERSION = Pattern.compile("v=([0-9.]+)");
    private static final int PATIENCE_SECONDS = 120;

    /** Runs the {@code redis-server} that the file {@code path} names. */
    private static final String WRAPPER = "#!/bin/sh\nexec \"$(cat '%s')\" \"$@\"\n";

    private final Path folder;
    private final Path path;
    private final Path executable;

    private RedisUpgrade(Path folder) throws IOException {
        this.folder = folder;
        this.path = Files.writeString(folder.resolve("path"), old(folder).toString());
        this.executable = Files.writeString(folder.resolve("redis-server"), WRAPPER.formatted(path));
        Files.setPosixFilePermissions(executable, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    static RedisUpgrade prepare() {
        try {
            return new RedisUpgrade(Files.createTempDirectory("token-cache-upgrade-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path old(Path folder) throws IOException {
        String given = System.getProperty("rolling-upgrade.from", "");
        return given.isEmpty()
                ? ExecutableProvider.newJarResourceProvider(folder.toFile())
                        .get()
                        .toPath()
                : Path.of(given);
    }

    /** The executable of all nodes: it starts the old server at first, and the new one after {@link #run}. */
    Path executable() {
        return executable;
    }

    /** Upgrades all nodes: of each shard first the replica, then the master. */
    void run(TestCluster cluster, Iterable<TestNode> masters) {
        SystemPackage.require("redis-server", NEW.toString(), "/usr/bin/redis-cli");
        try {
            Files.writeString(path, NEW.toString());
            String version = version();
            for (TestNode master : masters) {
                roll(cluster, cluster.replicasOf(master).get(0), version);
                roll(cluster, master, version);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String version() throws IOException {
        Process process = new ProcessBuilder(NEW.toString(), "--version").start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher version = VERSION.matcher(output);
        if (!version.find()) {
            throw new IllegalStateException("no version: " + output);
        }
        return version.group(1);
    }

    /** Runs the script. Its command asks this process for the restart by a file, and waits until that is deleted. */
    private void roll(TestCluster cluster, TestNode node, String version) throws IOException {
        Path request = folder.resolve("restart");
        Path log = folder.resolve("roll-node.log");
        ProcessBuilder builder = new ProcessBuilder(
                        SCRIPT.toString(),
                        "127.0.0.1:" + node.port(),
                        version,
                        "sh",
                        "-c",
                        "touch " + request + "; while [ -e " + request + " ]; do sleep 0.1; done")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("REDISCLI_AUTH", cluster.password());
        builder.environment().put("REDIS_PATIENCE", Integer.toString(PATIENCE_SECONDS));
        Process script = builder.start();
        try {
            FaultSite.await(
                    "roll-node to ask for the restart of " + node, () -> Files.exists(request) || !script.isAlive());
            if (script.isAlive()) {
                node.restart();
                Files.delete(request);
            }
            if (!script.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || script.exitValue() != 0) {
                throw new IllegalStateException("roll-node failed:\n" + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            script.destroyForcibly();
        }
    }

    @Override
    public void close() {
        EmbeddedCluster.delete(folder);
    }
}
