package dev.tokencache.warmup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Requests on many connections at the same time. Each round sends one on each connection and then reads all responses, so that the
 * event loops find many events at once, as under load. Not thread-safe.
 */
final class LoopbackTraffic implements AutoCloseable {

    private final List<byte[]> requests;
    private final List<LoopbackConnection> connections = new ArrayList<>();
    private int next;

    private LoopbackTraffic(List<byte[]> requests) {
        this.requests = requests;
    }

    /** Opens the connections. Throws {@link IOException} if the service does not accept one. */
    static LoopbackTraffic open(OwnPort port, List<byte[]> requests, int connections) throws IOException {
        LoopbackTraffic traffic = new LoopbackTraffic(requests);
        try {
            for (int i = 0; i < connections; i++) {
                traffic.connections.add(LoopbackConnection.open(port));
            }
        } catch (IOException | RuntimeException e) {
            traffic.close();
            throw e;
        }
        return traffic;
    }

    /** Sends the next requests of the list, one on each connection, and returns how many were answered. */
    int round() throws IOException {
        for (LoopbackConnection connection : connections) {
            connection.send(requests.get(next));
            next = (next + 1) % requests.size();
        }
        for (LoopbackConnection connection : connections) {
            connection.receive();
        }
        return connections.size();
    }

    @Override
    public void close() throws IOException {
        for (LoopbackConnection connection : connections) {
            connection.close();
        }
    }
}
