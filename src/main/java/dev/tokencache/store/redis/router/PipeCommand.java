package dev.tokencache.store.redis.router;

import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import org.jspecify.annotations.Nullable;

/**
 * A command on its way through one {@link NodePipe}. Exactly one of its ends is called, on the pipe's event loop.
 */
abstract class PipeCommand {

    private final Request request;
    private long sentAtNanos;

    PipeCommand(Request request) {
        this.request = request;
    }

    final Request request() {
        return request;
    }

    final void sentAt(long nanos) {
        sentAtNanos = nanos;
    }

    final long sentAt() {
        return sentAtNanos;
    }

    /** The node ran the command. */
    abstract void answered(@Nullable Response response);

    /** The node refused the command, or its answer is an error. */
    abstract void refused(NodePipe by, String message);

    /** The command was not sent: it may go elsewhere. */
    abstract void notSent();

    /** As {@link #notSent}, because the node has too much to do already. */
    void overloaded() {
        notSent();
    }

    /** Called before {@link #answered} if too few replicas have what the command wrote. */
    void underReplicated() {}

    /** The command was sent, and then the connection was lost: nobody knows what became of it. */
    abstract void lost();
}
