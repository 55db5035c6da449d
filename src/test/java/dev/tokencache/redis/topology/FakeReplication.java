package dev.tokencache.redis.topology;

import org.jspecify.annotations.Nullable;

/** The replication state of a {@link FakeCluster} node. */
public final class FakeReplication {

    private boolean isMaster;
    private boolean isLinkUp = true;
    private boolean isSyncing;
    private long offset = 1000;
    private @Nullable String history = "history";

    private FakeReplication(boolean isMaster) {
        this.isMaster = isMaster;
    }

    static FakeReplication ofMaster() {
        return new FakeReplication(true);
    }

    static FakeReplication ofReplica() {
        return new FakeReplication(false);
    }

    /** Sets how much of the stream the node has. */
    public FakeReplication offset(long newOffset) {
        offset = newOffset;
        return this;
    }

    /** Sets the id of the stream; null for Redis before 4.0, which has none. */
    public FakeReplication history(@Nullable String newHistory) {
        history = newHistory;
        return this;
    }

    /** Ends the link of a replica to its master. */
    public FakeReplication loseLink() {
        isLinkUp = false;
        return this;
    }

    /** Restores the link of a replica to its master. */
    public FakeReplication restoreLink() {
        isLinkUp = true;
        return this;
    }

    /** Starts a full synchronization. */
    public FakeReplication sync() {
        isSyncing = true;
        return this;
    }

    void promote() {
        isMaster = true;
    }

    /** The reply to {@code INFO replication}. */
    String info() {
        return "# Replication\r\n"
                + (isMaster ? "role:master\r\nmaster_repl_offset:" + offset : replica())
                + (history == null ? "" : "\r\nmaster_replid:" + history)
                + "\r\n";
    }

    private String replica() {
        return "role:slave\r\nmaster_link_status:" + (isLinkUp ? "up" : "down") + "\r\nmaster_sync_in_progress:"
                + (isSyncing ? 1 : 0) + "\r\nslave_repl_offset:" + offset;
    }
}
