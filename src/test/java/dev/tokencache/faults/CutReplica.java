package dev.tokencache.faults;

import dev.tokencache.testing.cluster.RespClient;
import dev.tokencache.testing.cluster.TestCluster;
import dev.tokencache.testing.cluster.TestNode;

/** Stops replication to a running replica by giving it a wrong password for its master. */
final class CutReplica implements AutoCloseable {

    private final RespClient replica;
    private final String password;

    private CutReplica(RespClient replica, String password) {
        this.replica = replica;
        this.password = password;
    }

    static CutReplica cut(TestCluster cluster, TestNode master, TestNode node) {
        RespClient replica = node.connect();
        replica.send("CONFIG", "SET", "masterauth", "wrong");
        try (RespClient client = master.connect()) {
            client.send("CLIENT", "KILL", "TYPE", "slave");
        }
        FaultSite.await("the replica to lose its master", () -> replica.text("INFO", "replication")
                .contains("master_link_status:down"));
        return new CutReplica(replica, cluster.password());
    }

    boolean isPromoted() {
        return FaultSite.isMaster(replica);
    }

    /** Restores the password, so the replica can connect to its master again. */
    @Override
    public void close() {
        replica.send("CONFIG", "SET", "masterauth", password);
        replica.close();
    }
}
