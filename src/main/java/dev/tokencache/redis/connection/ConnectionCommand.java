package dev.tokencache.redis.connection;

import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/**
 * A command to send on a {@link PipelinedConnection}. Each time it is sent, the connection calls exactly one of
 * {@link #onReply}, {@link #onError}, {@link #onNotSent}, {@link #onOverload} and {@link #onLost}, on its event loop.
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

    /** The node ran the command. */
    public abstract void onReply(@Nullable Response response);

    /** The node returned an error reply. */
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
}
