package dev.tokencache.redis.connection;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code GET} of one key that records its outcomes. */
final class RecordingCommand extends ConnectionCommand {

    private final List<String> outcomes = new ArrayList<>();
    private final String key;
    private long deadlineNanos = Long.MAX_VALUE;
    private boolean hasAlternative;
    private Runnable afterReply = () -> {};

    RecordingCommand(String key) {
        this.key = key;
    }

    @Override
    protected Request request(NodeClock clock) {
        return Request.cmd(Command.GET, key);
    }

    RecordingCommand withDeadline(long nanos) {
        deadlineNanos = nanos;
        return this;
    }

    /** Another node can serve the command. */
    RecordingCommand withAlternative() {
        hasAlternative = true;
        return this;
    }

    /** The caller does something else after the reply. */
    RecordingCommand then(Runnable next) {
        afterReply = next;
        return this;
    }

    List<String> outcomes() {
        return outcomes;
    }

    @Override
    public void onReply(@Nullable Response response) {
        outcomes.add("reply " + response);
        afterReply.run();
    }

    @Override
    public void onError(PipelinedConnection source, String message) {
        outcomes.add("error " + message);
    }

    @Override
    public void onNotSent() {
        outcomes.add("not sent");
    }

    @Override
    public void onOverload() {
        outcomes.add("overload");
    }

    @Override
    public void onUnderReplicated() {
        outcomes.add("under-replicated");
    }

    @Override
    public void onLost() {
        outcomes.add("lost");
    }

    @Override
    public void onExpired() {
        outcomes.add("expired");
    }

    @Override
    protected boolean isExpired(long nowNanos) {
        return nowNanos >= deadlineNanos;
    }

    @Override
    protected boolean hasAlternative(PipelinedConnection silent) {
        return hasAlternative;
    }
}
