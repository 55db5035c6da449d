package dev.tokencache.redis.connection;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a master for writes that must reach replicas: each is answered only after a {@code WAIT}.
 *
 * <p>{@code WAIT} blocks its connection, and one covers all that was written on the connection before. So what comes
 * while one is under way is collected, and sent together with the next: many writes share one round of waiting. Confined
 * to one event loop.
 */
public final class WaitConnection {

    private final PipelinedConnection pipe;
    private final int minReplicas;
    private final Request wait;
    private List<ConnectionCommand> collected = new ArrayList<>();
    private boolean isWaiting;

    /**
     * A pipe that waits.
     *
     * @param pipe used for nothing else
     * @param minReplicas how many replicas must have a write
     * @param timeoutMillis the longest to wait for them
     */
    public WaitConnection(PipelinedConnection pipe, int minReplicas, long timeoutMillis) {
        this.pipe = pipe;
        this.minReplicas = minReplicas;
        this.wait = Request.cmd(Command.WAIT, minReplicas, timeoutMillis);
    }

    public PipelinedConnection pipe() {
        return pipe;
    }

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
        List<Held> held = new ArrayList<>(commands.size());
        for (ConnectionCommand command : commands) {
            Held write = new Held(command);
            held.add(write);
            pipe.send(write);
        }
        pipe.send(new Wait(held));
    }

    private void waited(List<Held> writes, boolean isReplicated) {
        isWaiting = false;
        writes.forEach(write -> write.release(isReplicated));
        if (!collected.isEmpty()) {
            sendCollected();
        }
    }

    /** A write whose answer is held back until the wait behind it is over. All other ends are told at once. */
    private static final class Held extends ConnectionCommand {
        private final ConnectionCommand command;
        private boolean isAnswered;
        private @Nullable Response answer;

        Held(ConnectionCommand command) {
            super(command.request());
            this.command = command;
        }

        @Override
        public void answered(@Nullable Response response) {
            isAnswered = true;
            answer = response;
        }

        void release(boolean isReplicated) {
            if (isAnswered) {
                if (!isReplicated) {
                    command.underReplicated();
                }
                command.answered(answer);
            }
        }

        @Override
        public void refused(PipelinedConnection by, String message) {
            command.refused(by, message);
        }

        @Override
        public void notSent() {
            command.notSent();
        }

        @Override
        public void overloaded() {
            command.overloaded();
        }

        @Override
        public void lost() {
            command.lost();
        }
    }

    /** The wait behind some writes. Without its answer they are written, and nobody knows how often. */
    private final class Wait extends ConnectionCommand {
        private final List<Held> writes;

        Wait(List<Held> writes) {
            super(wait);
            this.writes = writes;
        }

        @Override
        public void answered(@Nullable Response response) {
            waited(writes, response != null && response.toInteger() >= minReplicas);
        }

        @Override
        public void refused(PipelinedConnection by, String message) {
            waited(writes, false);
        }

        @Override
        public void notSent() {
            waited(writes, false);
        }

        @Override
        public void lost() {
            waited(writes, false);
        }
    }
}
