package dev.tokencache.warmup;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Requests on many connections at the same time. Each round sends one on each of some connections and then reads all responses, so
 * that the event loops have many events to handle, as under load. There are more in the next round while rounds are short, and half as
 * many after a long one: a cold service on a busy machine must still reply to others, and to itself. Not thread-safe.
 */
final class LoopbackTraffic implements AutoCloseable {

    /** How long others may have to wait for a round. */
    static final Duration LONG = Duration.ofMillis(20);

    private final OwnPort port;
    private final List<byte[]> requests;
    private final int maxConnections;
    private final LongSupplier nanoTime;
    private final List<LoopbackConnection> connections = new ArrayList<>();
    private int width = 1;
    private int next;

    /** @param nanoTime a monotonic clock */
    LoopbackTraffic(OwnPort port, List<byte[]> requests, int maxConnections, LongSupplier nanoTime) {
        this.port = port;
        this.requests = requests;
        this.maxConnections = maxConnections;
        this.nanoTime = nanoTime;
    }

    /** Sends the next requests of the list, each on its own connection, and returns how many were answered. */
    int round() throws IOException {
        // Not before: the service closes a connection that sends nothing.
        while (connections.size() < width) {
            connections.add(LoopbackConnection.open(port));
        }
        long start = nanoTime.getAsLong();
        List<LoopbackConnection> used = connections.subList(0, width);
        for (LoopbackConnection connection : used) {
            connection.send(requests.get(next));
            next = (next + 1) % requests.size();
        }
        for (LoopbackConnection connection : used) {
            connection.receive();
        }
        boolean isLong = nanoTime.getAsLong() - start > LONG.toNanos();
        int answered = width;
        width = isLong ? Math.max(1, width / 2) : Math.min(maxConnections, width + 1);
        return answered;
    }

    @Override
    public void close() throws IOException {
        for (LoopbackConnection connection : connections) {
            connection.close();
        }
    }
}
