package dev.tokencache.faults;

import dev.tokencache.devmode.RedisNode;
import dev.tokencache.devmode.RespClient;
import dev.tokencache.devmode.RespException;
import java.time.Duration;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * Makes a node answer LOADING for some seconds, by {@code DEBUG RELOAD}: a big dataset, and a server that takes its time
 * with every key. It stays in touch with the other nodes meanwhile, so that nobody takes its place.
 */
final class SlowReload {

    private static final int KEYS = 12;
    /** The server answers its clients after so many bytes read, see {@code loading-process-events-interval-bytes}. */
    private static final String VALUE = "x".repeat(2 * 1024 * 1024 + 1);

    private static final String MICROS_PER_KEY = "60000";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final RedisNode node;
    private final String tag;

    /** @param key of which the node is the master */
    SlowReload(RedisNode node, String key) {
        this.node = node;
        this.tag = key;
    }

    void fill() {
        try (RespClient client = node.connect()) {
            client.send("CONFIG", "SET", "rdbcompression", "no");
            IntStream.range(0, KEYS).forEach(i -> client.send("SET", filler(i), VALUE));
            client.send("CONFIG", "SET", "key-load-delay", MICROS_PER_KEY);
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
            IntStream.range(0, KEYS).forEach(i -> client.send("DEL", filler(i)));
            client.send("CONFIG", "SET", "rdbcompression", "yes");
        }
    }
}
