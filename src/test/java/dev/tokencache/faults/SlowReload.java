package dev.tokencache.faults;

import dev.tokencache.devmode.RespClient;
import dev.tokencache.devmode.RespException;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import java.time.Duration;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * Makes a node answer LOADING for some seconds, by {@code DEBUG RELOAD}: a big dataset, and a server that takes its time
 * with every key. It stays in touch with the other nodes meanwhile, so that nobody takes its place.
 */
final class SlowReload {

    private static final int KEYS = 24;
    /** While it loads, a server looks up each time it has read so much ({@code loading-process-events-interval-bytes}). */
    private static final String VALUE = "x".repeat(2 * 1024 * 1024 + 1);

    private static final long LOADING_MICROS = 3_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TestCluster cluster;
    private final TestNode node;
    private final String tag;

    /** @param tag key of a slot that the node is the master of */
    SlowReload(TestCluster cluster, TestNode node, String tag) {
        this.cluster = cluster;
        this.node = node;
        this.tag = tag;
    }

    void fill() {
        try (RespClient client = node.connect()) {
            client.send("CONFIG", "SET", "rdbcompression", "no");
            IntStream.range(0, KEYS).forEach(i -> client.send("SET", filler(i), VALUE));
            long microsPerKey = LOADING_MICROS / client.number("DBSIZE");
            client.send("CONFIG", "SET", "key-load-delay", Long.toString(microsPerKey));
        }
    }

    private String filler(int i) {
        return tag + "filler-" + i;
    }

    /** Returns when the node is back. Fails if it never said LOADING. */
    void run() {
        try (RespClient reloading = node.connect();
                RespClient asking = node.connect()) {
            reloading.timeout(PATIENCE);
            asking.timeout(PATIENCE);
            reloading.write("DEBUG", "RELOAD");
            Awaitility.await("LOADING").atMost(PATIENCE).until(() -> isLoading(asking));
            reloading.read();
        }
    }

    private boolean isLoading(RespClient client) {
        try {
            client.send("EXISTS", filler(0));
            return false;
        } catch (RespException error) {
            return error.code().equals("LOADING");
        }
    }

    void clean() {
        try (RespClient client = node.connect()) {
            client.send("CONFIG", "SET", "key-load-delay", "0");
            client.send("CONFIG", "SET", "rdbcompression", "yes");
        }
        try (RespClient master = cluster.masterOf(cluster.slotOf(tag)).connect()) {
            IntStream.range(0, KEYS).forEach(i -> master.send("DEL", filler(i)));
        }
    }
}
