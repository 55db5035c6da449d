package dev.tokencache.faults;

import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.RespException;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import java.time.Duration;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * Makes a node answer LOADING for some seconds: {@code DEBUG RELOAD} of a large dataset with a delay for each key. The
 * node still answers the cluster bus meanwhile, so no replica is promoted.
 */
final class SlowReload {

    private static final int KEYS = 24;
    /** Larger than {@code loading-process-events-interval-bytes}: a loading server handles events after each such amount. */
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

    /** Reloads the data and returns when the node serves again. Fails if it never answered LOADING. */
    void run() {
        try (RespClient reloading = node.connect();
                RespClient querying = node.connect()) {
            reloading.timeout(PATIENCE);
            querying.timeout(PATIENCE);
            reloading.write("DEBUG", "RELOAD");
            Awaitility.await("LOADING").atMost(PATIENCE).until(() -> isLoading(querying));
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
