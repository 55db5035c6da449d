package dev.tokencache.redis.connection;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a master for writes that must reach replicas: it reports a reply only after the {@code WAIT} that follows
 * the write. Belongs to one event loop.
 *
 * <p>{@code WAIT} blocks its connection, and one {@code WAIT} covers every earlier write on it. Writes that arrive during a
 * {@code WAIT} are collected and sent together with the next one, so many writes share one round.
 */
public final class WaitConnection {

    private final PipelinedConnection connection;
    private final int minReplicas;
    private final Request wait;
    private List<ConnectionCommand> collected = new ArrayList<>();
    private boolean isWaiting;

    /**
     * @param connection used for nothing else
     * @param minReplicas how many replicas must acknowledge a write
     * @param timeout how long to wait for them
     */
    WaitConnection(PipelinedConnection connection, int minReplicas, Duration timeout) {
        this.connection = connection;
        this.minReplicas = minReplicas;
        this.wait = Request.cmd(Command.WAIT, minReplicas, timeout.toMillis());
    }

    PipelinedConnection connection() {
        return connection;
    }

    /** Sends the write, or collects it for the next round. */
    public void send(ConnectionCommand command) {
        collected.add(command);
        if (!isWaiting) {
            sendCollected();
        }
    }

    private void sendCollected() {
        List<ConnectionCommand> commands = collected;
        collected = new ArrayList<>();
        isWaiting = true;
        List<HeldWrite> writes = new ArrayList<>(commands.size());
        for (ConnectionCommand command : commands) {
            HeldWrite write = new HeldWrite(command);
            writes.add(write);
            connection.send(write);
        }
        connection.query(wait).onComplete(done -> endRound(writes, done.result()));
    }

    /** @param acknowledged null if the {@code WAIT} failed: then the writes count as under-replicated */
    private void endRound(List<HeldWrite> writes, @Nullable Response acknowledged) {
        boolean isReplicated = acknowledged != null && acknowledged.toInteger() >= minReplicas;
        isWaiting = false;
        writes.forEach(write -> write.release(isReplicated));
        if (!collected.isEmpty()) {
            sendCollected();
        }
    }

    /** A write whose reply is held back until its {@code WAIT} ends. All other outcomes pass through immediately. */
    private static final class HeldWrite extends ConnectionCommand {
        private final ConnectionCommand command;
        private boolean hasReply;
        private @Nullable Response reply;

        HeldWrite(ConnectionCommand command) {
            this.command = command;
        }

        @Override
        protected Request request(NodeClock clock) {
            command.sentAt(sentAt());
            return command.request(clock);
        }

        @Override
        public void onReply(@Nullable Response response) {
            hasReply = true;
            reply = response;
        }

        void release(boolean isReplicated) {
            if (hasReply) {
                if (!isReplicated) {
                    command.onUnderReplicated();
                }
                command.onReply(reply);
            }
        }

        @Override
        public void onError(PipelinedConnection source, String message) {
            command.onError(source, message);
        }

        @Override
        public void onNotSent() {
            command.onNotSent();
        }

        @Override
        public void onOverload() {
            command.onOverload();
        }

        @Override
        public void onLost() {
            command.onLost();
        }
    }
}
