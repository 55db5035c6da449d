package dev.tokencache.faults;

import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;
import java.util.List;

/**
 * Changes the password of all running nodes ({@code CONFIG SET requirepass}) over connections opened beforehand.
 * {@link #close} restores the old one.
 */
final class Passwords implements AutoCloseable {

    private static final String CHANGED = "changed";

    private final List<RespClient> nodes;
    private final String old;

    private Passwords(List<RespClient> nodes, String old) {
        this.nodes = nodes;
        this.old = old;
    }

    static Passwords of(TestCluster cluster) {
        return new Passwords(cluster.nodes().stream().map(TestNode::connect).toList(), cluster.password());
    }

    String changed() {
        return CHANGED;
    }

    void change() {
        require(CHANGED);
    }

    void restore() {
        require(old);
    }

    private void require(String password) {
        nodes.forEach(node -> {
            node.send("CONFIG", "SET", "masterauth", password);
            node.send("CONFIG", "SET", "requirepass", password);
        });
    }

    /** Closes all client connections except the ones of this object. */
    void dropClients() {
        nodes.forEach(node -> node.send("CLIENT", "KILL", "TYPE", "normal"));
    }

    @Override
    public void close() {
        restore();
        nodes.forEach(RespClient::close);
    }
}
