package dev.tokencache.faults;

import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.RespException;
import dev.tokencache.testing.cluster.TestNode;
import java.util.ArrayList;
import java.util.List;

/** Holds connections to a node open until it accepts no more ({@code maxclients}). */
final class Squatters implements AutoCloseable {

    private static final int SPARE = 20;
    private static final int MAX_CONNECTIONS = 10_000;

    private final RespClient admin;
    private final String previousLimit;
    private final List<RespClient> connections = new ArrayList<>();

    private Squatters(TestNode node) {
        this.admin = node.connect();
        this.previousLimit =
                RespClient.textOf(admin.list("CONFIG", "GET", "maxclients").get(1));
    }

    /** Opens connections until the node refuses the next one. */
    static Squatters fill(TestNode node) {
        Squatters squatters = new Squatters(node);
        squatters.allow(squatters.connected() + SPARE);
        while (squatters.connect(node)) {
            if (squatters.connections.size() > MAX_CONNECTIONS) {
                throw new IllegalStateException("the node never reached maxclients");
            }
        }
        return squatters;
    }

    private boolean connect(TestNode node) {
        try {
            connections.add(node.connect());
            return true;
        } catch (RespException full) {
            return false;
        }
    }

    private long connected() {
        return admin.text("CLIENT", "LIST").lines().count();
    }

    private void allow(long connections) {
        admin.send("CONFIG", "SET", "maxclients", Long.toString(connections));
    }

    /** Closes all client connections of the node and accepts no new ones. */
    void evictAll() {
        // Replica and cluster bus connections are not of type "normal", so they stay open.
        allow(1);
        admin.send("CLIENT", "KILL", "TYPE", "normal");
    }

    /** Closes the connections and restores the limit. */
    @Override
    public void close() {
        admin.send("CONFIG", "SET", "maxclients", previousLimit);
        connections.forEach(RespClient::close);
        admin.close();
    }
}
