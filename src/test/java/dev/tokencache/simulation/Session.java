package dev.tokencache.simulation;

import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.HashSlot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client's connection as its simulated node sees it. Runs one command after the other; {@code WAIT} blocks the next. */
final class Session {

    private static final Duration MAX_REPLICA_LAG = Duration.ofSeconds(10);

    private record Received(List<String> words, Consumer<@Nullable Object> answer) {}

    private final SimulatedNode.Run run;
    private final Runnable onEnd;
    private final Queue<Received> received = new ArrayDeque<>();
    private boolean isBlocked;
    private boolean isReadOnly;
    private boolean isAsking;
    private long lastWrite;

    Session(SimulatedNode.Run run, Runnable onEnd) {
        this.run = run;
        this.onEnd = onEnd;
    }

    /** The process of the node ended. */
    void end() {
        onEnd.run();
    }

    void close() {
        run.closed(this);
        received.clear();
    }

    boolean isOver() {
        return run.process().hasEnded();
    }

    void receive(List<String> words, Consumer<@Nullable Object> answer) {
        run.process().run(() -> {
            received.add(new Received(words, answer));
            runReceived();
        });
    }

    private void runReceived() {
        while (!isBlocked && !received.isEmpty()) {
            Received next = received.remove();
            String command = next.words.get(0).toUpperCase(Locale.ROOT);
            if (command.equals("WAIT")) {
                await(next);
            } else {
                next.answer.accept(reply(command, next.words));
            }
        }
    }

    private @Nullable Object reply(String command, List<String> words) {
        boolean wasAsking = isAsking;
        isAsking = false;
        try {
            return reply(command, words, wasAsking);
        } catch (RedisError error) {
            return error;
        }
    }

    private @Nullable Object reply(String command, List<String> words, boolean asking) {
        switch (command) {
            case "TIME":
                return time();
            case "INFO":
                return run.replication().info();
            default:
                if (run.isLoading()) {
                    throw new RedisError("LOADING Redis is loading the dataset in memory");
                }
        }
        return switch (command) {
            case "PING" -> new Replies.Status("PONG");
            case "READONLY" -> {
                isReadOnly = true;
                yield Replies.OK;
            }
            case "ASKING" -> {
                isAsking = true;
                yield Replies.OK;
            }
            case "CLUSTER" -> cluster(words.get(1).toUpperCase(Locale.ROOT));
            case "EVAL", "EVALSHA" -> script(command, words, asking);
            default -> data(command, words, asking);
        };
    }

    private List<Object> time() {
        long millis = run.process().clock().millis();
        return List.of(Long.toString(millis / 1000), Long.toString(millis % 1000 * 1000));
    }

    private Object cluster(String what) {
        return switch (what) {
            case "MYID" -> run.node().id();
            case "NODES" -> run.bus().nodes();
            case "SLOTS" -> run.bus().slots();
            case "INFO" -> run.bus().info();
            default -> throw new RedisError("ERR unknown subcommand '" + what + "'");
        };
    }

    private @Nullable Object data(String command, List<String> words, boolean asking) {
        route(words.get(1), !Database.isWrite(command), asking);
        if (Database.isWrite(command)) {
            checkReplicas();
        }
        if (Database.needsMemory(command)) {
            checkMemory();
        }
        Object reply = run.data().run(words(command, words));
        replicate();
        return reply;
    }

    private static List<String> words(String command, List<String> words) {
        List<String> upper = new ArrayList<>(words);
        upper.set(0, command);
        return upper;
    }

    private @Nullable Object script(String command, List<String> words, boolean asking) {
        int keys = Integer.parseInt(words.get(2));
        List<String> key = words.subList(3, 3 + keys);
        List<String> arguments = words.subList(3 + keys, words.size());
        route(key.get(0), false, asking);
        boolean[] hasWritten = {false};
        LuaScripts.Commands commands = called -> scriptCommand(called, hasWritten);
        try {
            return command.equals("EVAL")
                    ? run.scripts().eval(words.get(1), key, arguments, commands)
                    : run.scripts().evalSha(words.get(1), key, arguments, commands);
        } finally {
            replicate();
        }
    }

    private @Nullable Object scriptCommand(List<String> words, boolean[] hasWritten) {
        String command = words.get(0);
        if (command.equals("TIME")) {
            return time();
        }
        if (command.equals("PUBLISH")) {
            return 0L;
        }
        if (Database.isWrite(command)) {
            checkReplicas();
        }
        if (Database.needsMemory(command) && !hasWritten[0]) {
            checkMemory();
        }
        hasWritten[0] |= Database.isWrite(command);
        return run.data().run(words);
    }

    /** Refuses or redirects a command whose key this node does not serve; see {@code getNodeByQuery} of Redis. */
    private void route(String key, boolean isRead, boolean asking) {
        int slot = HashSlot.of(key.getBytes(StandardCharsets.ISO_8859_1));
        ClusterBus bus = run.bus();
        Endpoint master = bus.masterOf(slot);
        if (master == null) {
            throw new RedisError("CLUSTERDOWN Hash slot not served");
        }
        if (!bus.isOk()) {
            throw new RedisError("CLUSTERDOWN The cluster is down");
        }
        if (bus.owns(slot)) {
            Endpoint target = run.node().migrationOf(slot);
            if (target != null && !run.data().has(key)) {
                throw new RedisError("ASK " + slot + " " + target);
            }
        } else if (!(asking && run.node().isImporting(slot)) && !(isReadOnly && isRead && bus.replicates(slot))) {
            throw new RedisError("MOVED " + slot + " " + master);
        }
    }

    private void checkReplicas() {
        int needed = run.node().minReplicasToWrite();
        if (needed > 0 && run.replication().goodReplicas(MAX_REPLICA_LAG) < needed) {
            throw new RedisError("NOREPLICAS Not enough good replicas to write.");
        }
    }

    private void checkMemory() {
        if (run.node().isOutOfMemory()) {
            throw new RedisError("OOM command not allowed when used memory > 'maxmemory'.");
        }
    }

    private void replicate() {
        List<List<String>> changes = run.data().takeChanges();
        if (!changes.isEmpty()) {
            run.replication().append(changes);
            lastWrite = run.replication().offset();
        }
    }

    private void await(Received wait) {
        int replicas = Integer.parseInt(wait.words.get(1));
        Duration timeout = Duration.ofMillis(Long.parseLong(wait.words.get(2)));
        Replication replication = run.replication();
        if (run.isLoading()) {
            wait.answer.accept(new RedisError("LOADING Redis is loading the dataset in memory"));
        } else if (replication.isReplica()) {
            wait.answer.accept(new RedisError("ERR WAIT cannot be used with replica instances."));
        } else if (replication.replicasAt(lastWrite) >= replicas) {
            wait.answer.accept((long) replication.replicasAt(lastWrite));
        } else {
            isBlocked = true;
            replication.await(lastWrite, replicas, timeout, () -> {
                isBlocked = false;
                wait.answer.accept(
                        replication.isReplica()
                                ? new RedisError(
                                        "UNBLOCKED force unblock from blocking operation, instance state changed")
                                : (Object) (long) replication.replicasAt(lastWrite));
                runReceived();
            });
        }
    }
}
