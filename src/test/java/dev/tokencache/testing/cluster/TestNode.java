package dev.tokencache.testing.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A node of a {@link TestCluster}, with the faults that a test can inject. Stateless: its files hold its state. */
public final class TestNode {

    private static final int SLOTS = 16384;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    /** Redis gives up a manual failover after five seconds. */
    private static final Duration FAILOVER = Duration.ofSeconds(6);

    private final RedisNode node;
    /** Who the node is, and its data, if it persists them. */
    private static final List<String> MEMORY = List.of("nodes.conf", "dump.rdb", "appendonly.aof", "appendonlydir");

    private final Path folder;
    private final String password;
    /** Exists while the process is suspended. It is a file because tests are loaded by several class loaders. */
    private final Path suspended;

    TestNode(RedisNode node, Path folder, String password) {
        this.node = node;
        this.password = password;
        this.folder = folder;
        this.suspended = folder.resolve("suspended");
    }

    /** The port on 127.0.0.1. */
    public int port() {
        return node.port();
    }

    /** The id of the process, if it is alive. */
    public Optional<Long> processId() {
        return node.processId();
    }

    /** Whether the process exists, suspended or not. */
    public boolean isAlive() {
        return node.isAlive();
    }

    /** Whether the process exists and is not suspended. */
    public boolean isRunning() {
        return isAlive() && !Files.exists(suspended);
    }

    /** Opens an authenticated connection. */
    public RespClient connect() {
        try {
            return new RespClient(node.open()).login(password);
        } catch (IOException e) {
            throw new UncheckedIOException("port " + port(), e);
        }
    }

    /** Kills the process ({@code SIGKILL}) and waits until it has ended. */
    public void kill9() {
        node.kill();
        deleteMarker();
    }

    /** Suspends the process ({@code SIGSTOP}): its connections stay open, and it sends no replies. */
    public void suspend() {
        signal("STOP");
        try {
            Files.writeString(suspended, "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Resumes the process ({@code SIGCONT}). */
    public void resume() {
        signal("CONT");
        deleteMarker();
    }

    /**
     * Kills the process if it is alive, and starts it again on the same port. It remembers the cluster but has lost its
     * data. A master that returns before its replica is promoted makes the replica empty, too.
     */
    public void restart() {
        kill9();
        node.restart();
    }

    /** Restarts the process at the same address as a new node, without cluster, slots and data. */
    public void restartAsStranger() {
        kill9();
        moveMemory(folder, stored());
        node.restart();
    }

    /** As {@link #restartAsStranger}, and lets it serve all slots as the only node of another cluster, with a high epoch. */
    public void restartAsAnotherCluster() {
        restartAsStranger();
        try (RespClient client = connect()) {
            client.send("CLUSTER", "SET-CONFIG-EPOCH", "99");
            Stream<String> slots = IntStream.range(0, SLOTS).mapToObj(Integer::toString);
            client.send(Stream.concat(Stream.of("CLUSTER", "ADDSLOTS"), slots).toArray(String[]::new));
            Awaitility.await(this + " to serve all slots").atMost(TIMEOUT).until(() -> client.text("CLUSTER", "INFO")
                    .contains("cluster_state:ok"));
        }
    }

    /** Ends {@link #restartAsStranger}: restarts the process as the node that it was. */
    public void restartAsBefore() {
        kill9();
        moveMemory(stored(), folder);
        node.restart();
    }

    private Path stored() {
        return folder.resolve("stored");
    }

    private static void moveMemory(Path from, Path to) {
        try {
            Files.createDirectories(to);
            for (String name : MEMORY) {
                if (Files.exists(to.resolve(name))) {
                    EmbeddedCluster.delete(to.resolve(name));
                }
                if (Files.exists(from.resolve(name))) {
                    Files.move(from.resolve(name), to.resolve(name));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Promotes this replica without data loss ({@code CLUSTER FAILOVER}), and waits until it is a master.
     *
     * @throws RespException if it is not a replica, or not connected to its master
     */
    public void failOver() {
        Awaitility.await(this + " to become a master")
                .atMost(TIMEOUT)
                .pollDelay(Duration.ZERO)
                .until(this::tryFailOver);
    }

    private boolean tryFailOver() {
        try (RespClient client = connect()) {
            if (!isMaster(client)) {
                client.send("CLUSTER", "FAILOVER");
            }
            Awaitility.await()
                    .atMost(FAILOVER)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> isMaster(client));
            return true;
        } catch (ConditionTimeoutException givenUp) {
            return false;
        }
    }

    private static boolean isMaster(RespClient client) {
        return RespClient.textOf(client.list("ROLE").get(0)).equals("master");
    }

    private void signal(String signal) {
        long pid = processId().orElseThrow(() -> new IllegalStateException(this + " is not alive"));
        try {
            int exit = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill -" + signal + " " + pid + " failed: exit status " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void deleteMarker() {
        try {
            Files.deleteIfExists(suspended);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return node.toString();
    }
}
