package dev.tokencache.redis.connection;

import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/**
 * A command to send on a {@link PipelinedConnection}. Each time it is sent, the connection calls exactly one of
 * {@link #onReply}, {@link #onError}, {@link #onNotSent}, {@link #onOverload}, {@link #onLost} and {@link #onExpired}, on its
 * event loop.
 */
public abstract class ConnectionCommand {

    private long sentAtNanos;

    /** The request to send now to a node with this clock. */
    protected abstract Request request(NodeClock clock);

    final void sentAt(long nanos) {
        sentAtNanos = nanos;
    }

    /** When the command was last sent, on the monotonic clock. */
    protected final long sentAt() {
        return sentAtNanos;
    }

    /** Whether the deadline of the command has passed: it must not be sent, and must not wait for a reply any longer. */
    protected boolean isExpired(long nowNanos) {
        return false;
    }

    /** How long the node may take for this command in addition to a usual reply, in nanoseconds. */
    long extraNanos() {
        return 0;
    }

    /**
     * Whether to send the command elsewhere instead of waiting for this node, which has been silent for a while. If so, the
     * connection calls {@link #onLost}, and ignores a late reply.
     */
    protected boolean hasAlternative(PipelinedConnection silent) {
        return false;
    }

    /** The node ran the command. */
    public abstract void onReply(@Nullable Response response);

    public abstract void onError(PipelinedConnection source, String message);

    /** The command was not sent; it is safe to send it elsewhere. */
    public abstract void onNotSent();

    /** The command was not sent, because too many commands are in flight on the connection. */
    public void onOverload() {
        onNotSent();
    }

    /** Called before {@link #onReply} if too few replicas acknowledged the write. */
    public void onUnderReplicated() {}

    /** The command was sent, then the connection was lost. Whether the node ran it is unknown. */
    public abstract void onLost();

    /** The deadline of the command passed before a reply. If the command was sent, whether the node ran it is unknown. */
    public void onExpired() {
        onLost();
    }
}
