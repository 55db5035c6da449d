package dev.tokencache.redis.connection;

import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/**
 * A command on its way through one {@link PipelinedConnection}. Exactly one of its ends is called, on the pipe's event loop.
 */
public abstract class ConnectionCommand {

    private final Request request;
    private long sentAtNanos;

    public ConnectionCommand(Request request) {
        this.request = request;
    }

    public final Request request() {
        return request;
    }

    public final void sentAt(long nanos) {
        sentAtNanos = nanos;
    }

    public final long sentAt() {
        return sentAtNanos;
    }

    /** The node ran the command. */
    public abstract void answered(@Nullable Response response);

    /** The node refused the command, or its answer is an error. */
    public abstract void refused(PipelinedConnection by, String message);

    /** The command was not sent: it may go elsewhere. */
    public abstract void notSent();

    /** As {@link #notSent}, because the node has too much to do already. */
    public void overloaded() {
        notSent();
    }

    /** Called before {@link #answered} if too few replicas have what the command wrote. */
    public void underReplicated() {}

    /** The command was sent, and then the connection was lost: nobody knows what became of it. */
    public abstract void lost();
}
