package dev.tokencache.redis.connection;

import dev.tokencache.redis.Time;
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
 * {@code WAIT} are collected and sent together with the next one, so many writes share one round. A write whose deadline
 * passes meanwhile ends then: as under-replicated if the master has replied, else with an unknown outcome.
 */
public final class WaitConnection {

    private final PipelinedConnection connection;
    private final Time time;
    private final int minReplicas;
    private final long timeoutNanos;
    private final Request wait;
    private List<ConnectionCommand> collected = new ArrayList<>();
    private List<HeldWrite> round = List.of();
    private boolean isWaiting;

    /** @param connection used for nothing else */
    WaitConnection(PipelinedConnection connection, Time time, int minReplicas, Duration timeout) {
        this.connection = connection;
        this.time = time;
        this.minReplicas = minReplicas;
        this.timeoutNanos = timeout.toNanos();
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
        round = writes;
        if (writes.stream().allMatch(HeldWrite::isEnded)) {
            endRound(writes, null);
        } else {
            connection.query(wait, timeoutNanos).onComplete(done -> endRound(writes, done.result()));
        }
    }

    /** @param acknowledged null if the {@code WAIT} failed: then the writes count as under-replicated */
    private void endRound(List<HeldWrite> writes, @Nullable Response acknowledged) {
        boolean isReplicated = acknowledged != null && acknowledged.toInteger() >= minReplicas;
        isWaiting = false;
        round = List.of();
        writes.forEach(write -> write.release(isReplicated));
        if (!isWaiting && !collected.isEmpty()) {
            sendCollected();
        }
    }

    /** Ends writes whose deadline has passed: those that are collected, and those that only wait for replicas. */
    void checkDeadlines() {
        long now = time.nanoTime();
        if (!collected.isEmpty()) {
            List<ConnectionCommand> expired =
                    collected.stream().filter(write -> write.isExpired(now)).toList();
            collected.removeAll(expired);
            expired.forEach(ConnectionCommand::onExpired);
        }
        round.stream().filter(write -> write.isExpired(now)).toList().forEach(write -> write.release(false));
    }

    /** Checks whether the node replies, unless the {@code WAIT} in flight shows that. */
    void heartbeat() {
        if (!isWaiting) {
            connection.heartbeat();
        }
    }

    /** A write whose reply is held back until its {@code WAIT} ends. All other outcomes pass through immediately. */
    private static final class HeldWrite extends ConnectionCommand {
        private final ConnectionCommand command;
        private boolean hasReply;
        private boolean isEnded;
        private @Nullable Response reply;

        HeldWrite(ConnectionCommand command) {
            this.command = command;
        }

        /** Whether the command has an outcome, so that it waits neither for the master nor for replicas. */
        boolean isEnded() {
            return isEnded;
        }

        @Override
        protected boolean isExpired(long nowNanos) {
            return command.isExpired(nowNanos);
        }

        @Override
        protected boolean hasAlternative(PipelinedConnection silent) {
            return command.hasAlternative(silent);
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
            if (hasReply && !isEnded) {
                isEnded = true;
                if (!isReplicated) {
                    command.onUnderReplicated();
                }
                command.onReply(reply);
            }
        }

        @Override
        public void onError(PipelinedConnection source, String message) {
            isEnded = true;
            command.onError(source, message);
        }

        @Override
        public void onNotSent() {
            isEnded = true;
            command.onNotSent();
        }

        @Override
        public void onOverload() {
            isEnded = true;
            command.onOverload();
        }

        @Override
        public void onLost() {
            isEnded = true;
            command.onLost();
        }

        @Override
        public void onExpired() {
            isEnded = true;
            command.onExpired();
        }
    }
}
