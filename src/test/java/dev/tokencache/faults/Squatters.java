package dev.tokencache.faults;

import dev.tokencache.devmode.RespClient;
import dev.tokencache.devmode.RespException;
import dev.tokencache.testing.cluster.TestNode;
import java.util.ArrayList;
import java.util.List;

/** Strangers who open connections to a node until it takes no more ({@code maxclients}), and keep them. */
final class Squatters implements AutoCloseable {

    private static final int SPARE = 20;
    private static final int MANY = 10_000;

    private final RespClient admin;
    private final String before;
    private final List<RespClient> connections = new ArrayList<>();

    private Squatters(TestNode node) {
        this.admin = node.connect();
        this.before =
                RespClient.textOf(admin.list("CONFIG", "GET", "maxclients").get(1));
    }

    /** Takes every place that a node has left. */
    static Squatters fill(TestNode node) {
        Squatters squatters = new Squatters(node);
        squatters.allow(squatters.connected() + SPARE);
        while (squatters.isLetIn(node)) {
            if (squatters.connections.size() > MANY) {
                throw new IllegalStateException("the node never says that it is full");
            }
        }
        return squatters;
    }

    private boolean isLetIn(TestNode node) {
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

    /** Throws the node's clients out, squatters and all, and leaves no place for them to come back to. */
    void evictAll() {
        // The replica and the other nodes' links are no clients of that sort, and stay.
        allow(1);
        admin.send("CLIENT", "KILL", "TYPE", "normal");
    }

    /** Leaves, and lets as many in as before. */
    @Override
    public void close() {
        admin.send("CONFIG", "SET", "maxclients", before);
        connections.forEach(RespClient::close);
        admin.close();
    }
}
