package dev.tokencache.devmode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Six servers on 127.0.0.1, three masters with a replica each, in a folder that holds all their state. A shell process restarts
 * a server that has ended. It kills all of them and deletes the folder when this JVM ends, even if the JVM is killed.
 *
 * @param ports those of the masters first
 */
record RedisServers(List<Integer> ports, String password) {

    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;
    private static final int BUS_OFFSET = 10_000;
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int REPLY_MILLIS = 5_000;
    private static final int POLL_MILLIS = 50;
    static final String CONFIGURATION = "redis.conf";

    /** Blocks on standard input, which ends with the JVM. Ignores the signals of a closed terminal. */
    private static final String SUPERVISOR = """
            trap '' HUP INT TERM
            cd "$1" || exit
            for node in */; do
              (cd "$node" && while [ -e ../redis.conf ]; do
                "$2" ../redis.conf --port "${node%/}" >> redis.log 2>&1 &
                echo $! > pid
                wait $!
                [ -e ../redis.conf ] && sleep 1
              done) &
            done
            read -r never
            rm -f redis.conf
            for pid in */pid; do kill -9 "$(cat "$pid")"; done
            wait
            rm -rf "$1"
            """;

    /** A port of a node, or of its cluster bus, that another program uses. */
    OptionalInt portInUse() {
        return ports.stream()
                .flatMapToInt(port -> IntStream.of(port, port + BUS_OFFSET))
                .filter(port -> !isFree(port))
                .findFirst();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException inUse) {
            return false;
        }
    }

    /**
     * Starts the servers and returns their folder.
     *
     * @param executable the {@code redis-server} to run, or null for the default
     */
    Path start(@Nullable Path executable) {
        try {
            Path folder = Files.createTempDirectory("token-cache-redis-");
            Files.writeString(folder.resolve(CONFIGURATION), configuration());
            for (int i = 0; i < ports.size(); i++) {
                Path node = Files.createDirectory(folder.resolve(ports.get(i).toString()));
                Files.writeString(node.resolve("nodes.conf"), nodes(i));
            }
            Path server = RedisExecutable.find(executable, folder);
            new ProcessBuilder("sh", "-c", SUPERVISOR, "supervisor", folder.toString(), server.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    // Keeps the process reachable: its pipe would be closed on garbage collection.
                    .onExit();
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String configuration() {
        return """
                # %s
                bind 127.0.0.1
                requirepass "%s"
                masterauth "%s"
                cluster-enabled yes
                cluster-node-timeout 2000
                cluster-require-full-coverage no
                repl-diskless-sync-delay 0
                save ""
                """.formatted(ports, password, password);
    }

    /** The cluster as a node has stored it, so that the nodes need not be introduced to each other. */
    private String nodes(int myself) {
        StringBuilder nodes = new StringBuilder();
        for (int i = 0; i < ports.size(); i++) {
            boolean isMaster = i < MASTERS;
            nodes.append("%040x 127.0.0.1:%d@%d ".formatted(ports.get(i), ports.get(i), ports.get(i) + BUS_OFFSET))
                    .append(i == myself ? "myself," : "")
                    .append(isMaster ? "master -" : "slave %040x".formatted(ports.get(i - MASTERS)))
                    .append(" 0 0 %d connected".formatted(i + 1))
                    .append(isMaster ? " %d-%d\n".formatted(SLOTS * i / MASTERS, SLOTS * (i + 1) / MASTERS - 1) : "\n");
        }
        return nodes + "vars currentEpoch " + ports.size() + " lastVoteEpoch 0\n";
    }

    /** Whether the servers in a folder are these. */
    boolean areIn(Path folder) {
        try {
            return Files.readString(folder.resolve(CONFIGURATION)).equals(configuration());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the servers in a folder. */
    static void stop(Path folder) {
        try {
            Files.delete(folder.resolve(CONFIGURATION));
            try (var nodes = Files.newDirectoryStream(folder, Files::isDirectory)) {
                for (Path node : nodes) {
                    String pid = Files.readString(node.resolve("pid")).strip();
                    ProcessHandle.of(Long.parseLong(pid)).ifPresent(server -> {
                        server.destroyForcibly();
                        server.onExit().join();
                    });
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws IllegalStateException with the logs, if the cluster does not become healthy in time */
    void awaitHealthy(Path folder) {
        long deadline = System.nanoTime() + TIMEOUT_MILLIS * 1_000_000L;
        try {
            while (!ports.stream().allMatch(this::isHealthy)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException(
                            "the Redis Cluster of dev mode does not become healthy: " + logs(folder));
                }
                Thread.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private String logs(Path folder) {
        return ports.stream()
                .map(port -> {
                    try {
                        return Files.readString(folder.resolve(port + "/redis.log"));
                    } catch (IOException none) {
                        return "";
                    }
                })
                .distinct()
                .toList()
                .toString();
    }

    private boolean isHealthy(int port) {
        try (Socket node = new Socket(InetAddress.getLoopbackAddress(), port)) {
            node.setSoTimeout(REPLY_MILLIS);
            String commands = "AUTH " + password + "\r\nCLUSTER INFO\r\nINFO replication\r\nQUIT\r\n";
            node.getOutputStream().write(commands.getBytes(StandardCharsets.US_ASCII));
            String replies = new String(node.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return replies.contains("cluster_state:ok")
                    && replies.contains("cluster_slots_ok:" + SLOTS)
                    && (replies.contains("role:master") || replies.contains("master_link_status:up"));
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "RedisServers" + ports;
    }
}
